package io.countersign.operations;

import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.TransferCounts;
import io.countersign.ledger.TransferCounts.Count;
import io.countersign.refusal.Refusals.Refused;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * Transfers and refusals over the last 30 days, by quarters of an hour. What has become of transfers the ledger says, and is
 * asked once for each quarter that is over; refusals are counted as they come, from the start on. A ledger with much in it is
 * read bit by bit, so that nobody waits for it.
 */
public final class History implements Consumer<Refused> {
    static final long DAY = Duration.ofDays(1).dividedBy(TransferCounts.QUARTER);
    static final long KEPT = 30 * DAY;

    /** What was just committed may say an earlier time. */
    private static final Duration SETTLED_AFTER = Duration.ofMinutes(2);

    private static final long BIT_NANOS = Duration.ofMillis(50).toNanos();

    private final Ledger ledger;
    private final Clock clock;
    private final NavigableMap<Long, Quarter> quarters = new TreeMap<>();
    private final NavigableMap<Long, Long> refused = new ConcurrentSkipListMap<>();
    private long settled = Long.MAX_VALUE;
    private long earliest = Long.MAX_VALUE;

    /** What has ended in a quarter of an hour, or in several; in {@code byPartner} only for the last day. */
    record Quarter(Map<Measure, Long> sums, Map<String, Map<Measure, Long>> byPartner) {
        Quarter() {
            this(new HashMap<>(), new HashMap<>());
        }
    }

    /** What is summed up. */
    enum Measure {
        RECEIVED,
        RECEIVED_BYTES,
        SENT,
        SENT_BYTES,
        FAILED
    }

    public History(Ledger ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    @Override
    public void accept(Refused event) {
        refused.merge(TransferCounts.quarter(event.at()), 1L, Long::sum);
        refused.headMap(now() - KEPT).clear();
    }

    /** Brings it up to date; while the ledger cannot be asked it stays as it is. */
    synchronized void look() throws LedgerException {
        long now = now();
        long open = TransferCounts.quarter(clock.instant().minus(SETTLED_AFTER));
        if (settled > now + 1) { // nothing was read yet, or the clock was put back
            quarters.clear();
            settled = now - DAY;
            earliest = settled;
        }
        read(settled, now + 1);
        settled = open;
        long began = System.nanoTime();
        while (!isComplete() && System.nanoTime() - began < BIT_NANOS) {
            read(earliest - DAY, earliest);
            earliest -= DAY;
        }
        quarters.headMap(now - KEPT).clear();
        quarters.headMap(now - DAY)
                .values()
                .forEach(quarter -> quarter.byPartner().clear());
    }

    /** Whether all of the 30 days is in. */
    synchronized boolean isComplete() {
        return earliest <= now() - KEPT;
    }

    private void read(long from, long until) throws LedgerException {
        List<Count> counts =
                ledger.read(connection -> new TransferCounts(connection).between(ledger.node(), from, until));
        quarters.subMap(from, until).clear();
        for (Count count : counts) {
            Quarter quarter = quarters.computeIfAbsent(count.quarter(), added -> new Quarter());
            Map<Measure, Long> partners =
                    quarter.byPartner().computeIfAbsent(count.partner(), added -> new HashMap<>());
            if (count.state() != State.FAILED) {
                boolean in = count.direction() == Direction.IN;
                add(quarter, partners, in ? Measure.RECEIVED : Measure.SENT, count.transfers());
                add(quarter, partners, in ? Measure.RECEIVED_BYTES : Measure.SENT_BYTES, count.bytes());
            } else if (count.direction() == Direction.OUT) { // what failed on its way in was refused, and counts there
                add(quarter, partners, Measure.FAILED, count.transfers());
            }
        }
    }

    private static void add(Quarter quarter, Map<Measure, Long> partner, Measure measure, long more) {
        quarter.sums().merge(measure, more, Long::sum);
        partner.merge(measure, more, Long::sum);
    }

    /** The sums of as many quarters as are asked for, from one on. */
    synchronized long sum(Measure measure, long quarter, long count) {
        return quarters.subMap(quarter, quarter + count).values().stream()
                .mapToLong(each -> each.sums().getOrDefault(measure, 0L))
                .sum();
    }

    long refused(long quarter, long count) {
        return refused.subMap(quarter, quarter + count).values().stream()
                .mapToLong(each -> each)
                .sum();
    }

    /** What partners have handed over, and were handed, within the last day. */
    synchronized Map<String, Map<Measure, Long>> lastDay() {
        Map<String, Map<Measure, Long>> found = new HashMap<>();
        for (Quarter quarter : quarters.tailMap(now() - DAY + 1).values()) {
            quarter.byPartner()
                    .forEach((partner, sums) ->
                            sums.forEach((measure, sum) -> found.computeIfAbsent(partner, added -> new HashMap<>())
                                    .merge(measure, sum, Long::sum)));
        }
        return found;
    }

    /** The quarter of an hour that it is. */
    long now() {
        return TransferCounts.quarter(clock.instant());
    }
}
