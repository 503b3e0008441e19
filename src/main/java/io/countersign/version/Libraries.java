package io.countersign.version;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The libraries on a class path, and their versions: by the names of their archives, {@code ARTIFACT-VERSION.jar}, as Maven and
 * our distribution name them; or else by what Maven leaves in an archive. Nothing here ever fails; what cannot be told is unknown.
 */
public final class Libraries {
    private static final Pattern ARCHIVE = Pattern.compile(".*/([^/!]+?)-(\\d[^/!]*)[.]jar!/.*");

    private final ClassLoader loader;
    private final Map<String, String> archives;

    private Libraries(ClassLoader loader, Map<String, String> archives) {
        this.loader = loader;
        this.archives = archives;
    }

    /** Those that this program itself is loaded with. */
    public static Libraries onClassPath() {
        return of(Libraries.class.getClassLoader());
    }

    static Libraries of(ClassLoader loader) {
        Map<String, String> archives = new HashMap<>();
        try {
            for (URL manifest : Collections.list(loader.getResources("META-INF/MANIFEST.MF"))) {
                Matcher archive = ARCHIVE.matcher(manifest.toString());
                if (archive.matches()) {
                    archives.putIfAbsent(archive.group(1), archive.group(2));
                }
            }
        } catch (IOException unreadable) {
            // Then there are the archives' own words.
        }
        return new Libraries(loader, archives);
    }

    /** @param artifact {@code GROUP:ARTIFACT} */
    Optional<Release> version(String artifact) {
        String name = artifact.substring(artifact.indexOf(':') + 1);
        return Optional.ofNullable(archives.get(name))
                .or(() -> packed(artifact.replace(':', '/')))
                .flatMap(Libraries::release);
    }

    private Optional<String> packed(String path) {
        try (InputStream told = loader.getResourceAsStream("META-INF/maven/" + path + "/pom.properties")) {
            Properties properties = new Properties();
            if (told != null) {
                properties.load(told);
            }
            return Optional.ofNullable(properties.getProperty("version"));
        } catch (IOException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<Release> release(String version) {
        try {
            return Optional.of(Release.of(version));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }
}
