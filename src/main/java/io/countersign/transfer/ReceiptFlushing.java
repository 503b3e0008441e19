package io.countersign.transfer;

import io.countersign.ledger.Flushed;
import io.countersign.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings receipts' files to disk a while after they were given: what they say is in the ledger, which was flushed before, and
 * until then most of it has got there by itself, so that it costs next to nothing. The ledger knows up to when all are there;
 * after the end of the operating system's run those after it are compared, and written again where they are not whole.
 */
final class ReceiptFlushing {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.received");
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    /** By then Linux has written what was not flushed, unless it is told otherwise. */
    private static final Duration BY_ITSELF = Duration.ofSeconds(40);
    /** By how much the clock may have been set back. */
    private static final Duration ASTRAY = Duration.ofMinutes(10);

    private final Durable durable;
    private Instant written = Instant.EPOCH;
    private final Queue<Kept> unflushed = new ConcurrentLinkedQueue<>();
    private Instant start = Instant.EPOCH;
    private @Nullable EarlierReceipts earlier;

    private record Kept(Path file, Instant at) {}

    ReceiptFlushing(Durable durable) {
        this.durable = durable;
    }

    /** @param at not later than its transfer's last change */
    void later(Path file, Instant at) {
        unflushed.add(new Kept(file, at));
    }

    /** At the start, before anything is received: only what must be compared is waited for. */
    void begin(Ledger ledger, ReceiptFolder receipts) throws IOException {
        start = Clock.systemUTC().instant();
        Flushed last = ledger.read(connection -> Flushed.of(connection, ledger.node()))
                .orElseGet(() -> new Flushed(start, boot()));
        boolean sameRun = last.boot() != null && last.boot().equals(boot());
        Instant since = sameRun ? last.since() : last.since().minus(ASTRAY);
        EarlierReceipts given = new EarlierReceipts(ledger, receipts, since);
        int mended = sameRun ? 0 : given.mend();
        if (mended > 0) {
            LOG.warn("recovered: {} receipts had not reached the disk, and are written again from the ledger", mended);
        }
        write(ledger, last.since());
        earlier = given;
    }

    /** Flushes those that are old enough. What fails stays, and is tried again. */
    void flush(Ledger ledger) throws IOException {
        Instant old = Clock.systemUTC().instant().minus(BY_ITSELF);
        try {
            boolean some = flushEarlier(old);
            some |= flushOwn(old);
            if (!some) {
                return; // nothing to be written down either: a service with nothing to do writes nothing
            }
        } catch (IOException failed) {
            LOG.warn("receipts could not be flushed, and are in the ledger until they can: {}", failed.toString());
            return;
        }
        Kept next = unflushed.peek();
        Instant since = earlier != null ? earlier.since() : next == null ? old : next.at();
        if (since.isAfter(written)) {
            write(ledger, since);
        }
    }

    private boolean flushEarlier(Instant old) throws IOException {
        if (earlier == null) {
            return false;
        }
        boolean some = earlier.flush(old);
        if (earlier.areFlushedUntil(start)) {
            earlier = null;
        }
        return some;
    }

    private boolean flushOwn(Instant old) throws IOException {
        boolean some = false;
        for (List<Path> next = first(old); !next.isEmpty(); next = first(old)) {
            durable.flushAll(next);
            next.forEach(each -> unflushed.remove());
            some = true;
        }
        return some;
    }

    private List<Path> first(Instant old) {
        return unflushed.stream()
                .limit(EarlierReceipts.AT_ONCE)
                .takeWhile(each -> !each.at().isAfter(old))
                .map(Kept::file)
                .toList();
    }

    private void write(Ledger ledger, Instant since) throws IOException {
        Flushed flushed = new Flushed(since, boot());
        boolean unused = ledger.commit(connection -> flushed.write(connection, ledger.node()));
        written = since;
    }

    private static @Nullable String boot() {
        try {
            return Files.exists(BOOT) ? Files.readString(BOOT).strip() : null;
        } catch (IOException unknown) {
            return null;
        }
    }
}
