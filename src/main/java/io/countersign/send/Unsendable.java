package io.countersign.send;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What lies in an outbox and cannot be sent as it is. */
final class Unsendable {
    static final String UNKNOWN_NAME = "has a name that this system's character set cannot express";

    private Unsendable() {}

    /** @return empty where nothing is in the way */
    static String why(Path file, boolean directory) {
        if (Files.isSymbolicLink(file)) {
            return "is a symbolic link; accepted: files and folders";
        }
        if (directory) {
            return Files.isReadable(file) && Files.isExecutable(file) ? "" : "cannot be listed";
        }
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return UNKNOWN_NAME;
        }
        if (!Files.isRegularFile(file)) {
            return "is not a file";
        }
        return Files.isReadable(file) ? "" : "cannot be read: no permission";
    }
}
