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

/**
 * The route files of a home folder, looked at again and again. A file counts as changed, or as gone, once it looks the same
 * twice in a row, so that one that is still being written is left alone.
 */
final class RouteFolder {
    private final List<Path> folders;
    private final Map<Path, Seen> seen = new HashMap<>();
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
        Set<String> unsettled = new HashSet<>(now.keySet());
        unsettled.addAll(last.keySet());
        Map<String, Object> before = last;
        unsettled.removeIf(location -> Objects.equals(before.get(location), now.get(location)));
        last = now;
        return new Look(files, unusable, unsettled);
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
