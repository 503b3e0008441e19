package io.countersign.retention;

import io.countersign.ledger.EndedTransfers;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.RefusalRows;
import io.countersign.settings.RetentionTerms;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what has had its time: keys, files that were sent, receipts with the ledger's rows, refusals. In small portions, so that
 * transfers never wait for it long. What cannot go now is told, and tried again the next time; what is not finished stays.
 */
public final class Retention implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.retention");
    private static final int PORTION = 500;

    private final RetentionTerms terms;
    private final Ledger ledger;
    private final Path data;
    private final Clock clock;
    private final Removal removal = new Removal();
    private final Map<String, String> failures = new HashMap<>();

    /** @param data the folder with {@code sent} and {@code receipts} */
    public Retention(RetentionTerms terms, Ledger ledger, Path data, Clock clock) {
        this.terms = terms;
        this.ledger = ledger;
        this.data = data;
        this.clock = clock;
    }

    /** What ends a portion of the rows before a time. */
    private interface Portion {
        int of(Connection connection, Instant before) throws SQLException;
    }

    /** What is done about one kind of thing; how many of them went. */
    private interface Ending {
        int before(Instant now, Duration kept) throws IOException;
    }

    @Override
    public void run() {
        Map<String, Integer> ended = new LinkedHashMap<>();
        end(
                "keys",
                terms.keys(),
                ended,
                (now, kept) -> rows(
                        now.minus(kept),
                        (connection, before) ->
                                new EndedTransfers(connection, ledger.node(), before).release(PORTION)));
        end("sent", terms.sent(), ended, (now, kept) -> SentFiles.remove(data.resolve("sent"), removal, now, kept));
        end(
                "receipts",
                terms.receipts(),
                ended,
                (now, kept) -> new OldReceipts(ledger, data.resolve("receipts"), removal, now.minus(kept)).remove());
        end(
                "refusals",
                terms.refusals(),
                ended,
                (now, kept) -> rows(
                        now.minus(kept),
                        (connection, before) ->
                                new RefusalRows(connection).deleteBefore(ledger.node(), before, PORTION)));
        if (!ended.isEmpty()) {
            StringBuilder line = new StringBuilder();
            ended.forEach(
                    (what, count) -> line.append(' ').append(what).append('=').append(count));
            LOG.info("ended after their time:{}", line);
        }
    }

    /** One that fails does not keep the others from being done. */
    private void end(String what, @Nullable Duration kept, Map<String, Integer> ended, Ending ending) {
        if (kept == null || Thread.currentThread().isInterrupted()) {
            return;
        }
        try {
            int count = ending.before(clock.instant(), kept);
            if (count > 0) {
                ended.put(what, count);
            }
            failures.remove(what);
        } catch (IOException | RuntimeException failed) {
            String why = String.valueOf(failed.getMessage());
            if (!why.equals(failures.put(what, why)) && !Thread.currentThread().isInterrupted()) {
                LOG.warn("not all {} that are past their time could be ended: {}", what, why);
            }
        }
    }

    private int rows(Instant before, Portion portion) throws LedgerException {
        int all = 0;
        int last = PORTION;
        while (last == PORTION && !Thread.currentThread().isInterrupted()) {
            last = ledger.commit(connection -> portion.of(connection, before));
            all += last;
        }
        return all;
    }
}
