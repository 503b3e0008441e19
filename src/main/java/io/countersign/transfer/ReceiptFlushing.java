package io.countersign.transfer;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Flushed;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Transfers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
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

    private static final int AT_ONCE = 500;

    private final Durable durable;
    private volatile Instant written = Instant.EPOCH;
    private final Queue<Kept> unflushed = new ConcurrentLinkedQueue<>();

    private record Kept(Path file, Instant at) {}

    ReceiptFlushing(Durable durable) {
        this.durable = durable;
    }

    /** @param at not later than its transfer's last change */
    void later(Path file, Instant at) {
        unflushed.add(new Kept(file, at));
    }

    /** At the start, before anything is received. */
    void begin(Ledger ledger, ReceiptFolder receipts) throws IOException {
        Flushed last = ledger.read(connection -> Flushed.of(connection, ledger.node()))
                .orElseGet(() -> new Flushed(Clock.systemUTC().instant(), boot()));
        boolean sameRun = last.boot() != null && last.boot().equals(boot());
        Instant since = sameRun ? last.since() : last.since().minus(ASTRAY);
        int written = 0;
        for (List<Entry> some = received(ledger, since, ""); !some.isEmpty(); ) {
            for (Entry entry : some) {
                if (!sameRun && !isWhole(entry, receipts)) {
                    receipts.keep(entry.partner(), entry.id(), String.valueOf(entry.receipt()));
                    written++;
                }
                later(receipts.file(entry.partner(), entry.id()), last.since());
            }
            Entry end = some.get(some.size() - 1);
            some = received(ledger, end.changed(), end.id());
        }
        if (written > 0) {
            LOG.warn("recovered: {} receipts had not reached the disk, and are written again from the ledger", written);
        }
        write(ledger, last.since());
    }

    private static boolean isWhole(Entry entry, ReceiptFolder receipts) throws IOException {
        Path file = receipts.file(entry.partner(), entry.id());
        byte[] receipt = String.valueOf(entry.receipt()).getBytes(StandardCharsets.UTF_8);
        return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), receipt);
    }

    private static List<Entry> received(Ledger ledger, Instant since, String id) throws IOException {
        return ledger.read(connection -> new Transfers(connection)
                .select(
                        "node = ? AND (changed, id) > (?, ?) AND direction = ? AND state = ? AND receipt IS NOT NULL"
                                + " ORDER BY changed, id LIMIT " + AT_ONCE,
                        ledger.node(),
                        Transfers.text(since),
                        id,
                        Transfers.word(Direction.IN),
                        Transfers.word(State.RECEIVED)));
    }

    /** Flushes those that are old enough. What fails stays, and is tried again. */
    void flush(Ledger ledger) throws IOException {
        Instant old = Clock.systemUTC().instant().minus(BY_ITSELF);
        List<Path> some = first(old);
        if (some.isEmpty()) {
            return; // nothing to be written down either: a service with nothing to do writes nothing
        }
        try {
            for (; !some.isEmpty(); some = first(old)) {
                durable.flushAll(some);
                some.forEach(each -> unflushed.remove());
            }
        } catch (IOException failed) {
            LOG.warn("receipts could not be flushed, and are in the ledger until they can: {}", failed.toString());
            return;
        }
        Kept next = unflushed.peek();
        Instant since = next == null ? old : next.at();
        if (since.isAfter(written)) {
            write(ledger, since);
        }
    }

    private List<Path> first(Instant old) {
        return unflushed.stream()
                .limit(AT_ONCE)
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
