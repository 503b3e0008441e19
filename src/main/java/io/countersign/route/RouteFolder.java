package io.countersign.route;

import io.countersign.tls.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The route files of a home folder, looked at again and again. A file counts as changed, or as gone, once it looks the same
 * twice in a row, so that one that is still being written is left alone; one whose last line has no end, only after some more
 * looks.
 */
final class RouteFolder {
    private static final int LOOKS_OF_A_CUT_FILE = 10;

    private final List<Path> folders;
    private final Set<Path> known = new HashSet<>();
    private final Map<Path, Seen> seen = new HashMap<>();
    private final Map<String, Integer> same = new HashMap<>();
    private Map<String, Object> last = Map.of();

    private record Seen(Reading reading, Object content) {}

    /**
     * What there is.
     *
     * @param files by location
     * @param unusable by location, why it cannot be a route file
     * @param unsettled the locations of which nothing can be said yet
     */
    record Look(Map<String, RouteFile> files, Map<String, String> unusable, Set<String> unsettled) {}

    RouteFolder(Path routes) {
        this.folders = List.of(routes, routes.resolve("templates"), routes.resolve("partners"));
    }

    /** @throws IOException where a folder cannot be listed, which says nothing of its files */
    Look look() throws IOException {
        if (!Files.isDirectory(folders.get(0))) {
            throw new NoSuchFileException(folders.get(0).toString());
        }
        Map<String, Object> now = new TreeMap<>();
        Set<Path> present = new HashSet<>();
        for (Path folder : folders) {
            if (Files.exists(folder)) {
                known.add(folder);
            } else if (known.contains(folder)) {
                throw new NoSuchFileException(folder.toString()); // a mistake rather than a wish to remove all of it
            }
            for (Path file : RouteFile.paths(folder)) {
                present.add(file);
                now.put(RouteFile.locationOf(RouteFile.name(file)), content(file));
            }
        }
        seen.keySet().retainAll(present);
        Map<String, RouteFile> files = new TreeMap<>();
        Map<String, String> unusable = new TreeMap<>();
        now.forEach((location, content) -> {
            if (content instanceof RouteFile file) {
                files.put(location, file);
            } else {
                unusable.put(location, content.toString());
            }
        });
        return new Look(files, unusable, unsettled(now));
    }

    private Set<String> unsettled(Map<String, Object> now) {
        Set<String> unsettled = new HashSet<>(now.keySet());
        unsettled.addAll(last.keySet());
        for (String location : Set.copyOf(unsettled)) {
            Object content = now.get(location);
            int looks = Objects.equals(last.get(location), content) ? same.getOrDefault(location, 0) + 1 : 0;
            same.put(location, looks);
            if (looks >= (isCutShort(content) ? LOOKS_OF_A_CUT_FILE : 1)) {
                unsettled.remove(location);
            }
        }
        same.keySet().retainAll(now.keySet());
        last = now;
        return unsettled;
    }

    /** Without the end of its last line; half a route may well parse, and must not run. */
    private static boolean isCutShort(@Nullable Object content) {
        return content instanceof RouteFile file && !file.content().endsWith("\n");
    }

    /** A route file, or the text that says why it cannot be one. */
    private Object content(Path file) {
        Seen before = seen.get(file);
        if (before != null && before.reading().isCurrent()) {
            return before.content();
        }
        Reading reading = new Reading();
        reading.note(file);
        Object content;
        try {
            content = RouteFile.read(file);
        } catch (IOException why) {
            content = String.valueOf(why.getMessage());
        }
        seen.put(file, new Seen(reading, content));
        return content;
    }
}
