package io.countersign.rebuild;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.TransferId;
import io.countersign.transfer.PayloadName;
import io.countersign.transfer.Receipt;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What was received, told by the receipts that were given for it, {@code receipts/PARTNER/ID.json}. */
final class Received implements Source {
    private static final String ENDING = ".json";

    private final Path data;
    private final String node;
    private final @Nullable Instant keysSince;

    /** @param keysSince from when on a key counts that was received; none where every key does */
    Received(Path data, String node, @Nullable Instant keysSince) {
        this.data = data;
        this.node = node;
        this.keysSince = keysSince;
    }

    @Override
    public void each(String partner, Visitor visitor) throws IOException {
        Path folder = data.resolve("receipts").resolve(partner);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            for (Path file : files) {
                visitor.visit(file);
            }
        } catch (DirectoryIteratorException failed) {
            throw failed.getCause();
        }
    }

    @Override
    public Entry read(String partner, Path file) throws IOException, DamagedException {
        String text = Paper.text(file);
        Receipt receipt = parse(text);
        if (!receipt.id().matches(TransferId.FORM)
                || !file.getFileName().toString().equals(receipt.id() + ENDING)
                || !receipt.partner().equals(partner)) {
            throw new DamagedException(
                    "it is the receipt " + receipt.id() + " of the partner '" + receipt.partner() + "'");
        }
        if (!receipt.sha256().matches("[0-9a-f]{64}") || receipt.size() < 0 || hasZero(receipt)) {
            throw new DamagedException("its digest, size, name or key is none");
        }
        String key = receipt.idempotencyKey();
        boolean counts =
                key != null && (keysSince == null || !receipt.receivedAt().isBefore(keysSince));
        String onDisk = new PayloadName(receipt.name()).onDisk(receipt.id(), receipt.receivedAt());
        Path inbox = data.resolve("inbox").resolve(partner).resolve(onDisk);
        return new Entry(
                receipt.id(),
                node,
                Direction.IN,
                partner,
                key,
                counts ? key : null,
                receipt.name(),
                onDisk,
                receipt.size(),
                0,
                receipt.sha256(),
                State.RECEIVED,
                receipt.receivedAt(),
                receipt.receivedAt(),
                1,
                null,
                null,
                text,
                Files.exists(inbox) ? inbox.toString() : null);
    }

    private static Receipt parse(String text) throws DamagedException {
        try {
            return Receipt.parse(text);
        } catch (IllegalArgumentException unreadable) {
            throw new DamagedException("it is not a receipt of ours");
        }
    }

    /** PostgreSQL would not take it, and we do not write it. */
    private static boolean hasZero(Receipt receipt) {
        return (receipt.name() + receipt.idempotencyKey()).indexOf('\0') >= 0;
    }
}
