package io.countersign.version;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * How what this runs on stands against what is known.
 *
 * @param java the JDK
 * @param known what it and the libraries have, of what is known
 * @param unknown libraries whose version nobody can tell
 * @param looked how many libraries were compared
 */
public record Standing(Release java, List<Known> known, Set<String> unknown, int looked) {
    /**
     * Something that this runs on, and what it has.
     *
     * @param name {@code JDK}, or a library by its artifact
     */
    public record Known(String name, Release version, Advisory advisory) {
        /** In one line: what, which version, and since which it is mended. */
        @Override
        public String toString() {
            return name + " " + version + " is older than one with known fixes: " + reason();
        }

        /** What it has. */
        public String reason() {
            return String.join(", ", advisory.ids()) + " (" + advisory.what() + "); fixed: " + advisory.fixed();
        }

        public boolean isJdk() {
            return advisory.artifacts().contains(Advisory.JDK);
        }
    }

    /** Of this very program. It fails open: where the list cannot be read, nothing is known against it, and that is said. */
    public static Standing here() {
        return here(Advisories::shipped);
    }

    static Standing here(Supplier<Advisories> list) {
        Release java = Release.of(Runtime.version());
        try {
            return of(list.get(), java, Libraries.onClassPath());
        } catch (RuntimeException unreadable) {
            return new Standing(java, List.of(), Set.of("all, since the list of advisories cannot be read"), 0);
        }
    }

    static Standing of(Advisories advisories, Release java, Libraries libraries) {
        List<Known> known = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>();
        for (Advisory advisory : advisories.all()) {
            for (String artifact : advisory.artifacts()) {
                boolean jdk = artifact.equals(Advisory.JDK);
                Optional<Release> version = jdk ? Optional.of(java) : libraries.version(artifact);
                if (version.isEmpty()) {
                    unknown.add(artifact);
                } else if (advisory.affects(version.get())) {
                    String name = jdk ? "JDK" : artifact.substring(artifact.indexOf(':') + 1);
                    known.add(new Known(name, version.get(), advisory));
                }
            }
        }
        return new Standing(java, known, unknown, (int) advisories.libraries().count() - unknown.size());
    }

    /** What nothing was done about. */
    public List<Known> open() {
        return known.stream().filter(one -> !one.advisory().isDealtWith()).toList();
    }

    /** What does no harm to us. */
    public List<Known> dealtWith() {
        return known.stream().filter(one -> one.advisory().isDealtWith()).toList();
    }

    /** Warns of what nothing was done about, a line each; the rest is for whoever looks closer. */
    public void tell(Logger log) {
        open().forEach(one -> log.warn("{}", one));
        dealtWith().forEach(one -> log.debug("{}; {}", one, one.advisory().here()));
        if (!unknown.isEmpty()) {
            log.info("versions unknown, and not compared with known vulnerabilities: {}", String.join(", ", unknown));
        }
    }
}
