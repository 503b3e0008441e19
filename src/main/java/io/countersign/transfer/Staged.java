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
 * <p>For a folder on another file system the same holds of a copy in that folder, as soon as {@code ID.copy} names it. The copy
 * has a companion there, by which a folder that it has left is told from one whose file system is not mounted.
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
            Files.write(companionOf(there), new byte[0]);
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
        if (isGone(file) || !Files.exists(beside(".copy"))) {
            return isGone(file);
        }
        Path copy = Path.of(Files.readString(beside(".copy")));
        if (isGone(copy) && isGone(companionOf(copy))) {
            throw new IOException(copy + " is not there, nor is what was put beside it: is its file system mounted?");
        }
        return isGone(copy);
    }

    private static Path companionOf(Path copy) {
        return copy.resolveSibling(copy.getFileName() + ".mounted");
    }

    private static boolean isGone(Path file) throws IOException {
        boolean gone = Files.notExists(file);
        if (!gone && !Files.exists(file)) {
            throw new IOException(file + " cannot be looked at");
        }
        return gone;
    }

    /**
     * Removes what is left of it, an undelivered copy first, then the payload: without it, it counts as delivered. What cannot be
     * removed now is later.
     */
    void discard() {
        for (String naming : List.of(".copying", ".copy")) {
            try {
                if (Files.exists(beside(naming))) {
                    Path copy = Path.of(Files.readString(beside(naming)));
                    Files.deleteIfExists(copy);
                    delete(file);
                    Files.deleteIfExists(companionOf(copy));
                }
            } catch (IOException stays) {
                LOG.warn("what {} names could not be deleted: {}", beside(naming), stays.toString());
            }
        }
        BESIDE.forEach(ending -> delete(beside(ending)));
        delete(file.resolveSibling("." + file.getFileName() + ".copying.part"));
    }

    /** What a {@code file:} endpoint reads that cannot rename: nothing, so that it fails before anything half-written is visible. */
    Path unreadable() {
        return beside(".not-renamed");
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
