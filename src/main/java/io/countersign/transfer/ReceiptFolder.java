package io.countersign.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/** The receipts that were given, one file each: {@code receipts/PARTNER/ID.json}, exactly as it was answered. */
public final class ReceiptFolder {
    private final Path folder;
    private final Durable durable;
    private final ReceiptFlushing flushing;
    private final Proven takingReceipts = new Proven();

    ReceiptFolder(Path folder, Durable durable) {
        this.folder = folder;
        this.durable = durable;
        this.flushing = new ReceiptFlushing(durable);
    }

    ReceiptFlushing flushing() {
        return flushing;
    }

    public Durable durable() {
        return durable;
    }

    /** Keeps a receipt, so that it survives. */
    void keep(String partner, String id, String json) throws IOException {
        durable.write(file(partner, id), json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Keeps a receipt that is in a file already, and in the ledger; it gets to the disk later.
     *
     * @param written is gone afterwards
     */
    void keep(String partner, String id, Path written) throws IOException {
        try {
            flushing.later(file(partner, id), Clock.systemUTC().instant());
            durable.moveAlone(written, file(partner, id));
        } catch (IOException failed) {
            takingReceipts.forget();
            throw failed;
        }
    }

    boolean has(String partner, String id) {
        return Files.exists(file(partner, id));
    }

    /**
     * Sees that a receipt can be kept, before anything is delivered for it.
     *
     * @throws IOException where the folder takes none, or there is no room for one
     */
    void tryOut(String partner, String id, String json) throws IOException {
        Path file = file(partner, id);
        Path own = folder.resolve(partner);
        if (takingReceipts.has(own) && Files.isWritable(own)) {
            return;
        }
        Path trial = file.resolveSibling("." + file.getFileName() + ".part");
        durable.createFolders(own);
        try {
            Files.writeString(trial, json);
        } finally {
            Files.deleteIfExists(trial);
        }
        takingReceipts.add(own);
    }

    /** Removes what a kill has left of a receipt that nobody was given, whosever it would have been. */
    void removeUnfinished(String id) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> partners = Files.newDirectoryStream(folder)) {
            for (Path partner : partners) {
                Path left = partner.resolve("." + id + ".json.part");
                if (Files.exists(left)) { // not what only lies beside the partners' folders
                    Files.delete(left);
                }
            }
        }
    }

    public Path file(String partner, String id) {
        return folder.resolve(partner).resolve(id + ".json");
    }
}
