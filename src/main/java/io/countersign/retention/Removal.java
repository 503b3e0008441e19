package io.countersign.retention;

import io.countersign.text.OneLine;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes files, and says once of each that it cannot be deleted; the next time it is tried again. */
final class Removal {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.retention");
    private static final int MOST_TOLD = 10_000;

    private final Set<Path> told = ConcurrentHashMap.newKeySet();

    /** @return whether it is gone */
    boolean file(Path file) {
        try {
            Files.deleteIfExists(file); // a link itself, not what it leads to
            told.remove(file);
            return true;
        } catch (IOException stays) {
            stays(file, stays);
            return false;
        }
    }

    /** A folder goes only where nothing is in it. */
    void emptyFolder(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException used) {
            told.remove(folder);
        } catch (IOException stays) {
            stays(folder, stays);
        }
    }

    /** Something that its time is over for, or may be, and that stays. */
    void stays(Path what, IOException why) {
        if (told.size() < MOST_TOLD && told.add(what)) {
            String line = what + " is past its time, and cannot be removed: " + why(why);
            LOG.warn(OneLine.printable(line)); // names are others'
        }
    }

    private static String why(IOException why) {
        if (why instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason = why instanceof FileSystemException file ? file.getReason() : why.getMessage();
        return reason == null ? why.getClass().getSimpleName() : reason;
    }
}
