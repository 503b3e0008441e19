package io.countersign.retention;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folders of partners. */
final class Folders {
    private Folders() {}

    /** Those in a folder, without links; none where it is not there. */
    static List<Path> in(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> all =
                    Files.newDirectoryStream(folder, each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))) {
                all.forEach(found::add);
            } catch (DirectoryIteratorException failed) {
                throw failed.getCause();
            }
        }
        return found;
    }
}
