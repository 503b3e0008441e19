package io.countersign.retention;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.RefusalRow;
import io.countersign.ledger.RefusalRows;
import io.countersign.refusal.Refusals.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes refusals into the ledger, many at once and after the callers have been answered. A caller never waits for it and
 * never notices when it fails: what does not fit, or cannot be written, is counted and told.
 */
public final class RefusalJournal implements Consumer<Refused>, AutoCloseable {
    /** How long to wait between two times of writing. */
    public static final Duration PAUSE = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger("countersign.retention");
    private static final int WAITING = 1_000;
    private static final int AT_ONCE = 500;
    private static final int MOST = 100_000;
    /** More than it must go at a time, so that not each time something has to. */
    private static final int ROOM = 1_000;

    private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

    private final BlockingQueue<Refused> waiting = new ArrayBlockingQueue<>(WAITING);
    private final AtomicLong overflown = new AtomicLong();
    private final Ledger ledger;
    private final int most;
    private long failed;
    private @Nullable String why;
    private @Nullable Long lastLine;
    private @Nullable Integer rows;

    public RefusalJournal(Ledger ledger) {
        this(ledger, MOST);
    }

    /** @param most how many rows this node may have in the ledger; the oldest go */
    RefusalJournal(Ledger ledger, int most) {
        this.ledger = ledger;
        this.most = most;
    }

    @Override
    public void accept(Refused refused) {
        if (!waiting.offer(refused)) {
            overflown.incrementAndGet();
        }
    }

    /** Writes what is waiting; to be called again and again. */
    public synchronized void write() {
        List<Refused> next = new ArrayList<>(AT_ONCE);
        while (waiting.drainTo(next, AT_ONCE) > 0) {
            try {
                makeRoomFor(next.size());
                List<RefusalRow> added = next.stream().map(this::row).toList();
                ledger.commit(connection -> {
                    new RefusalRows(connection).add(added);
                    return added.size();
                });
                rows = rows == null ? null : rows + next.size();
            } catch (LedgerException | RuntimeException unwritable) {
                failed += next.size();
                why = String.valueOf(unwritable.getMessage());
                rows = null;
            }
            next.clear();
            tell(BETWEEN_LINES);
        }
        tell(BETWEEN_LINES);
    }

    private void makeRoomFor(int more) throws LedgerException {
        if (rows == null || rows + more > most) {
            rows = ledger.read(connection -> new RefusalRows(connection).count(ledger.node()));
        }
        int excess = rows + more - most;
        if (excess > 0) {
            int oldest = Math.min(rows, excess + Math.min(ROOM, most / 2));
            rows -= ledger.commit(connection -> new RefusalRows(connection).deleteOldest(ledger.node(), oldest));
        }
    }

    private RefusalRow row(Refused refused) {
        return new RefusalRow(
                refused.id(),
                ledger.node(),
                refused.at(),
                refused.code(),
                known(refused.caller().partner()),
                known(refused.caller().address()),
                known(refused.caller().certificate()),
                storable(refused.reason()));
    }

    private static @Nullable String known(String text) {
        return text.equals("-") ? null : storable(text);
    }

    /** PostgreSQL's text has any character but this one, and a stranger may have put it into a name. */
    private static String storable(String text) {
        return text.replace('\0', '?');
    }

    private void tell(Duration since) {
        long now = System.nanoTime();
        if (lastLine != null && now - lastLine < since.toNanos()) {
            return;
        }
        long full = overflown.getAndSet(0);
        if (full + failed > 0) {
            LOG.warn(
                    "{} refusals are not in the ledger, but in the log: {}",
                    full + failed,
                    failed == 0 ? "they came faster than they could be written" : why);
            failed = 0;
            lastLine = now;
        }
    }

    /** Writes what is left. */
    @Override
    public void close() {
        write();
        tell(Duration.ZERO);
    }
}
