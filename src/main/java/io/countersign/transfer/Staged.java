package io.countersign.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A payload in {@code staging/}, named by its transfer's id. While the file is there it has not been delivered, once it is gone
 * it has: by this alone a crash before the delivery is told from one after it.
 *
 * <p>For a folder on another file system the same holds of a copy in that folder, as soon as {@code ID.copy} names it.
 */
record Staged(Path file) {
    private static final Logger LOG = LoggerFactory.getLogger(Staged.class);
    private static final List<String> BESIDE = List.of("", ".link", ".probe", ".copying", ".copy");

    static Staged of(Path folder, String id) {
        return new Staged(folder.resolve(id));
    }

    /** A second name, for an endpoint that may rename it without thereby delivering it. */
    Path link() throws IOException {
        return Files.createLink(beside(".link"), file);
    }

    /**
     * What a {@code file:} endpoint is to rename into a folder, so that this is the delivery.
     *
     * @throws IOException where the folder takes no file
     */
    Path forFolder(Path folder, Durable durable) throws IOException {
        Files.createDirectories(folder);
        Path probe = Files.write(beside(".probe"), new byte[0]);
        Path there = folder.resolve("." + file.getFileName() + ".unfinished");
        try {
            Files.move(probe, there, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(there);
            return file;
        } catch (AtomicMoveNotSupportedException otherFileSystem) {
            durable.write(beside(".copying"), there.toString().getBytes(StandardCharsets.UTF_8));
            Files.copy(file, there, StandardCopyOption.REPLACE_EXISTING);
            durable.flush(there);
            Files.move(beside(".copying"), beside(".copy"), StandardCopyOption.ATOMIC_MOVE);
            durable.flushFolderOf(file);
            return there;
        } finally {
            delete(probe);
        }
    }

    /** @throws IOException where that cannot be found out */
    boolean isDelivered() throws IOException {
        if (Files.exists(beside(".copy"))) {
            return isGone(Path.of(Files.readString(beside(".copy"))));
        }
        return isGone(file);
    }

    private static boolean isGone(Path file) throws IOException {
        boolean gone = Files.notExists(file);
        if (!gone && !Files.exists(file)) {
            throw new IOException(file + " cannot be looked at");
        }
        return gone;
    }

    /** Removes what is left of it here, the payload first: without it, it counts as delivered. What cannot be removed now is later. */
    void discard() {
        for (String copy : List.of(".copying", ".copy")) {
            try {
                if (Files.exists(beside(copy))) {
                    Files.deleteIfExists(Path.of(Files.readString(beside(copy))));
                }
            } catch (IOException stays) {
                LOG.warn("what {} names could not be deleted: {}", beside(copy), stays.toString());
            }
        }
        BESIDE.forEach(ending -> delete(beside(ending)));
        delete(file.resolveSibling("." + file.getFileName() + ".copying.part"));
    }

    private Path beside(String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException stays) {
            LOG.warn("{} could not be deleted: {}", file, stays.toString());
        }
    }
}
