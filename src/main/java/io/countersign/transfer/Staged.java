package io.countersign.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A payload in {@code staging/}, named by its transfer's id. Once the receipt that it is to get, {@code ID.receipt}, is beside
 * it, it has not been delivered while it is there, and has been when it is gone: by this alone a crash before the delivery is
 * told from one after it. Where both are gone, nothing was delivered, unless the receipt is in its own place.
 *
 * <p>For a folder on another file system the same holds of a copy in that folder, as soon as {@code ID.copy} names it. The copy
 * has a companion there, by which a folder that it has left is told from one whose file system is not mounted.
 */
record Staged(Path file) {
    private static final Logger LOG = LoggerFactory.getLogger(Staged.class);
    private static final List<String> BESIDE = List.of(".link", ".probe", ".copying", ".copy");

    static Staged of(Path folder, String id) {
        return new Staged(folder.resolve(id));
    }

    /** A second name, for an endpoint that may rename it without thereby delivering it. */
    Path link() throws IOException {
        return Files.createLink(beside(".link"), file);
    }

    /** From here on, and for good, it has been delivered once it is gone. What the receipt says is flushed with the ledger. */
    void promise(String receipt, Durable durable) throws IOException {
        Durable.writeAlone(receipt(), receipt.getBytes(StandardCharsets.UTF_8));
        durable.flushFolderOf(file);
    }

    /** What becomes the receipt, once it has been delivered. */
    Path receipt() {
        return beside(".receipt");
    }

    /**
     * What a {@code file:} endpoint is to rename into a folder, so that this is the delivery.
     *
     * @throws IOException where the folder takes no file
     */
    Path forFolder(Path folder, Proven takingFiles, Durable durable) throws IOException {
        durable.createFolders(folder);
        Path probe = Files.write(beside(".probe"), new byte[0]);
        Path there = unfinishedIn(folder);
        try {
            Files.move(probe, there, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(there);
            takingFiles.add(folder);
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

    /**
     * Whether it has been delivered.
     *
     * @param receiptKept whether its receipt is in its own place
     * @throws IOException where that cannot be found out
     */
    boolean isDelivered(boolean receiptKept) throws IOException {
        if (!receiptKept && isGone(receipt())) {
            return false;
        }
        if (isGone(file) || !Files.exists(beside(".copy"))) {
            return isGone(file);
        }
        Path copy = Path.of(Files.readString(beside(".copy")));
        if (isGone(copy) && isGone(companionOf(copy))) {
            throw new IOException(copy + " is not there, nor is what was put beside it: is its file system mounted?");
        }
        return isGone(copy);
    }

    /** @throws IOException where that cannot be found out */
    boolean isGone() throws IOException {
        return isGone(file);
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
     * Flushes a delivery that a crash came after.
     *
     * @param name under which it was to be delivered
     * @param folders it was to one of these, if to a folder
     */
    void flushDelivery(String name, List<Path> folders, Durable durable) throws IOException {
        durable.flushFolderOf(file);
        for (Path folder : folders) {
            durable.flush(folder.resolve(name));
        }
    }

    private Path unfinishedIn(Path folder) {
        return folder.resolve("." + file.getFileName() + ".unfinished");
    }

    /** It has been delivered: removes all of it but what tells that. What cannot be removed now is later. */
    void clear(Durable durable) {
        List<Path> copies = copies();
        if (!delete(file) || (!copies.isEmpty() && !isFlushed(durable))) {
            return;
        }
        for (Path copy : copies) {
            delete(copy);
            delete(companionOf(copy));
        }
        BESIDE.forEach(ending -> delete(beside(ending)));
        delete(file.resolveSibling("." + file.getFileName() + ".copying.part"));
    }

    /** Removes all of it, first what would make its end a delivery. What cannot be removed now is later. */
    void discard(Durable durable) {
        if (delete(receipt()) && (Files.notExists(file) || isFlushed(durable))) {
            clear(durable);
        }
    }

    /** Removes what a kill may have left in a folder that was tried out. */
    void removeProbe(Path folder) {
        if (Files.notExists(beside(".copying")) && Files.notExists(beside(".copy"))) {
            delete(unfinishedIn(folder));
        }
    }

    private List<Path> copies() {
        List<Path> copies = new ArrayList<>();
        for (String naming : List.of(".copying", ".copy")) {
            try {
                if (Files.exists(beside(naming))) {
                    copies.add(Path.of(Files.readString(beside(naming))));
                }
            } catch (IOException unreadable) {
                LOG.warn("what {} names stays: {}", beside(naming), unreadable.toString());
            }
        }
        return copies;
    }

    private boolean isFlushed(Durable durable) {
        try {
            durable.flushFolderOf(file);
            return true;
        } catch (IOException failed) {
            LOG.warn("{} could not be flushed: {}", file.getParent(), failed.toString());
            return false;
        }
    }

    /** What a {@code file:} endpoint reads that cannot rename: nothing, so that it fails before anything half-written is visible. */
    Path unreadable() {
        return beside(".not-renamed");
    }

    private Path beside(String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    private static boolean delete(Path file) {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (IOException stays) {
            LOG.warn("{} could not be deleted: {}", file, stays.toString());
            return false;
        }
    }
}
