package io.countersign.transfer;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Transfers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Receipts that were given before this start and may not be on disk. Only the ledger knows of them; there may be tens of
 * thousands after a crash under load, so that they are taken some at a time, in the order in which they were given.
 */
final class EarlierReceipts {
    static final int AT_ONCE = 500;
    private static final Instant WHENEVER = Instant.parse("9999-12-31T23:59:59Z");

    private final Ledger ledger;
    private final ReceiptFolder receipts;
    private Mark mark;

    /** How far one has come: transfers are in the order of their last changes. */
    private record Mark(Instant changed, String id) {
        static Mark after(Entry entry) {
            return new Mark(entry.changed(), entry.id());
        }
    }

    /** @param since those of what changed before are on disk */
    EarlierReceipts(Ledger ledger, ReceiptFolder receipts, Instant since) {
        this.ledger = ledger;
        this.receipts = receipts;
        this.mark = new Mark(since, "");
    }

    /**
     * Writes those again that are not whole.
     *
     * @return how many
     */
    int mend() throws IOException {
        int mended = 0;
        Mark looked = mark;
        for (List<Entry> some = next(looked, WHENEVER); !some.isEmpty(); some = next(looked, WHENEVER)) {
            for (Entry entry : some) {
                if (!isWhole(entry)) {
                    receipts.keep(entry.partner(), entry.id(), String.valueOf(entry.receipt()));
                    mended++;
                }
                looked = Mark.after(entry);
            }
        }
        return mended;
    }

    /**
     * Flushes those that are old enough.
     *
     * @return whether there were any
     */
    boolean flush(Instant old) throws IOException {
        Mark begun = mark;
        for (List<Entry> some = next(mark, old); !some.isEmpty(); some = next(mark, old)) {
            receipts.durable().flushAll(some.stream().map(this::file).toList());
            mark = Mark.after(some.get(some.size() - 1));
        }
        return !mark.equals(begun);
    }

    /** Whether all that were given until then are flushed. */
    boolean areFlushedUntil(Instant then) throws IOException {
        return next(mark, then).isEmpty();
    }

    /** Those of what changed before are on disk. */
    Instant since() {
        return mark.changed();
    }

    private boolean isWhole(Entry entry) throws IOException {
        byte[] receipt = String.valueOf(entry.receipt()).getBytes(StandardCharsets.UTF_8);
        return Files.exists(file(entry)) && Arrays.equals(Files.readAllBytes(file(entry)), receipt);
    }

    private Path file(Entry entry) {
        return receipts.file(entry.partner(), entry.id());
    }

    private List<Entry> next(Mark after, Instant until) throws IOException {
        return ledger.read(connection -> new Transfers(connection)
                .select(
                        "node = ? AND (changed, id) > (?, ?) AND changed <= ? AND direction = ? AND state = ?"
                                + " AND receipt IS NOT NULL ORDER BY changed, id LIMIT " + AT_ONCE,
                        ledger.node(),
                        Transfers.text(after.changed()),
                        after.id(),
                        Transfers.text(until),
                        Transfers.word(Direction.IN),
                        Transfers.word(State.RECEIVED)));
    }
}
