package io.countersign.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The receipts that were given, one file each: {@code receipts/PARTNER/ID.json}, exactly as it was answered. */
public record ReceiptFolder(Path folder, Durable durable) {
    /** Keeps a receipt, so that it survives. */
    public void keep(String partner, String id, String json) throws IOException {
        durable.write(file(partner, id), json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sees that a receipt can be kept, before anything is delivered for it.
     *
     * @throws IOException where the folder takes none, or there is no room for one
     */
    void tryOut(String partner, String id, String json) throws IOException {
        Path file = file(partner, id);
        Path trial = file.resolveSibling("." + file.getFileName() + ".part");
        durable.createFolders(file.resolveSibling(""));
        try {
            Files.writeString(trial, json);
        } finally {
            Files.deleteIfExists(trial);
        }
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
