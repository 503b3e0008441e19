package io.countersign.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Folders of which something was tried out, so that it need not be tried for each file: as long as each is the same folder. One
 * that is removed, replaced, or mounted over is to be tried again.
 */
final class Proven {
    private final Set<Same> folders = ConcurrentHashMap.newKeySet();

    /** A folder as it was, by its file system and its number there. */
    private record Same(Path folder, Object key) {}

    boolean has(Path folder) {
        try {
            return folders.contains(now(folder));
        } catch (IOException gone) {
            return false;
        }
    }

    void add(Path folder) throws IOException {
        folders.add(now(folder));
    }

    /** None of them is any more. */
    void forget() {
        folders.clear();
    }

    /** Where file systems give no such number (Windows), its creation has to do. */
    private static Same now(Path folder) throws IOException {
        BasicFileAttributes now = Files.readAttributes(folder, BasicFileAttributes.class);
        Object key = now.fileKey();
        return new Same(folder, key == null ? now.creationTime() : key);
    }
}
