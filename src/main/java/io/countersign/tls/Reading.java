package io.countersign.tls;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which files were read for something, and what they held then: so that a change is noticed by content, also where a
 * symbolic link on the way now leads elsewhere. Files that were looked for and missing count too.
 */
public final class Reading {
    private final Map<Path, Stamp> files = new LinkedHashMap<>();
    private Map<Path, Stamp> last = Map.of();

    /** Must be called before the file is read: what changes in between is noticed then. */
    public synchronized void note(Path file) {
        files.putIfAbsent(file, Stamp.of(file));
    }

    /** Whether every file still holds what was read. */
    public synchronized boolean isCurrent() {
        return look().equals(files);
    }

    /**
     * Whether some file holds something else than was read, and all of them are as at the last call: a file that is still
     * being written is left alone.
     */
    public synchronized boolean hasSettledOtherwise() {
        Map<Path, Stamp> before = last;
        Map<Path, Stamp> now = look();
        return !now.equals(files) && now.equals(before);
    }

    /** The same for those who look seldom: files whose last change is a while ago are not being written, either. */
    public synchronized boolean isWrittenOtherwise() {
        Map<Path, Stamp> before = last;
        Map<Path, Stamp> now = look();
        return !now.equals(files)
                && (now.equals(before) || now.values().stream().allMatch(Stamp::isOld));
    }

    private Map<Path, Stamp> look() {
        Map<Path, Stamp> now = new LinkedHashMap<>();
        files.forEach((file, stamp) -> {
            Stamp latest = last.getOrDefault(file, stamp);
            now.put(file, latest.again(file));
        });
        last = now;
        return now;
    }
}
