package io.countersign.send;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** What lies in an outbox and cannot be sent as it is. */
final class Unsendable {
    static final String UNKNOWN_NAME = "has a name that this system's character set cannot express";
    private static final String LINK = "is a symbolic link; accepted: files and folders";

    private Unsendable() {}

    /** @return empty where nothing is in the way */
    static String ofFolder(Path folder) {
        return Files.isSymbolicLink(folder)
                ? LINK
                : Files.isReadable(folder) && Files.isExecutable(folder) ? "" : "cannot be listed";
    }

    /**
     * Asked for each file at each look at an outbox.
     *
     * @param found of itself, should it be a link; none where there is no such file
     * @return empty where nothing is in the way
     */
    static String ofFile(Path file, @Nullable BasicFileAttributes found) {
        if (found == null) {
            return UNKNOWN_NAME;
        }
        if (found.isSymbolicLink()) {
            return LINK;
        }
        if (!found.isRegularFile()) {
            return "is not a file";
        }
        return Files.isReadable(file) ? "" : "cannot be read: no permission";
    }
}
