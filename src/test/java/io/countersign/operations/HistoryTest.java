package io.countersign.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.TransferCounts;
import io.countersign.ledger.Transfers;
import io.countersign.operations.History.Measure;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HistoryTest {
    @TempDir
    private Path folder;

    private final SettableClock clock = new SettableClock();

    @ParameterizedTest
    @EnumSource
    void whatHasEndedIsInTheQuarterOfAnHourInWhichItDid(LedgerKind kind) throws LedgerException {
        try (Ledger ledger = TestLedger.open(kind, folder, "node")) {
            History history = new History(ledger, clock);
            long now = history.now();
            Instant begin = TransferCounts.begin(now - 3);
            add(
                    ledger,
                    entry("acme", Direction.IN, State.RECEIVED, begin, 10),
                    entry("acme", Direction.IN, State.RECEIVED, begin.plusMillis(899_999), 5),
                    entry("globex", Direction.OUT, State.SENT, begin.plusSeconds(900), 7),
                    entry("globex", Direction.OUT, State.FAILED, begin.plusSeconds(1_799), 100),
                    entry("globex", Direction.OUT, State.WAITING, begin, 1_000),
                    entry("acme", Direction.IN, State.FAILED, begin, 1_000),
                    entry("acme", Direction.IN, State.RECEIVED, begin.minus(Duration.ofDays(29)), 3),
                    entry("acme", Direction.IN, State.RECEIVED, begin.minus(Duration.ofDays(31)), 4));
            settle(history);
            assertThat(history.sum(Measure.RECEIVED, now - 3, 1)).isEqualTo(2);
            assertThat(history.sum(Measure.RECEIVED_BYTES, now - 3, 1)).isEqualTo(15);
            assertThat(history.sum(Measure.SENT, now - 3, 1)).isZero();
            assertThat(history.sum(Measure.SENT, now - 2, 1)).isEqualTo(1);
            assertThat(history.sum(Measure.SENT_BYTES, now - 2, 1)).isEqualTo(7);
            assertThat(history.sum(Measure.FAILED, now - 3, 4)).isEqualTo(1);
            assertThat(history.sum(Measure.RECEIVED, now - History.KEPT, History.KEPT + 1))
                    .isEqualTo(3);
            assertThat(history.lastDay())
                    .containsOnly(
                            Map.entry("acme", Map.of(Measure.RECEIVED, 2L, Measure.RECEIVED_BYTES, 15L)),
                            Map.entry("globex", Map.of(Measure.SENT, 1L, Measure.SENT_BYTES, 7L, Measure.FAILED, 1L)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatEndsLaterIsSeenAtTheNextLook(LedgerKind kind) throws LedgerException {
        try (Ledger ledger = TestLedger.open(kind, folder, "node")) {
            History history = new History(ledger, clock);
            settle(history);
            long first = history.now();
            for (int i = 1; i <= 4; i++) {
                add(ledger, entry("acme", Direction.IN, State.RECEIVED, clock.instant(), 1));
                history.look();
                assertThat(history.sum(Measure.RECEIVED, first, 10)).isEqualTo(i);
                clock.advance(Duration.ofMinutes(7));
            }
            clock.advance(Duration.ofDays(2));
            history.look();
            assertThat(history.lastDay()).isEmpty();
            assertThat(history.sum(Measure.RECEIVED, first, 10)).isEqualTo(4);
            clock.advance(Duration.ofDays(31));
            history.look();
            assertThat(history.sum(Measure.RECEIVED, 0, Long.MAX_VALUE)).isZero();
        }
    }

    @Test
    void anothersNodeIsNotOurs() throws LedgerException {
        try (Ledger ledger = TestLedger.open(LedgerKind.SQLITE, folder, "another")) {
            History history = new History(ledger, clock);
            add(ledger, entry("acme", Direction.IN, State.RECEIVED, clock.instant(), 1));
            settle(history);
            assertThat(history.lastDay()).isEmpty();
        }
    }

    @Test
    void refusalsAreCountedAsTheyCome() throws LedgerException {
        try (Ledger ledger = TestLedger.open(LedgerKind.SQLITE, folder, "node")) {
            History history = new History(ledger, clock);
            long first = history.now();
            for (int i = 0; i < 3; i++) {
                history.accept(new Refused("id", clock.instant(), "handshake", Caller.of(null, null, null), "why"));
                clock.advance(Duration.ofMinutes(15));
            }
            assertThat(history.refused(first, 1)).isEqualTo(1);
            assertThat(history.refused(first, 3)).isEqualTo(3);
            clock.advance(Duration.ofDays(31));
            history.accept(new Refused("id", clock.instant(), "handshake", Caller.of(null, null, null), "why"));
            assertThat(history.refused(0, Long.MAX_VALUE)).isEqualTo(1);
        }
    }

    @Test
    void whatIsKnownStaysWhileTheLedgerIsAway() throws LedgerException {
        History history;
        try (Ledger ledger = TestLedger.open(LedgerKind.SQLITE, folder, "node")) {
            history = new History(ledger, clock);
            add(ledger, entry("acme", Direction.IN, State.RECEIVED, clock.instant(), 1));
            settle(history);
        }
        assertThatThrownBy(history::look).isInstanceOf(LedgerException.class);
        assertThat(history.lastDay()).containsKey("acme");
    }

    /** With a million transfers, looking again costs next to nothing, and nobody waits for the first look. */
    @Test
    void muchIsReadBitByBit() throws LedgerException {
        int all = Integer.getInteger("countersign.test.rows", 50_000);
        try (Ledger ledger = TestLedger.open(LedgerKind.SQLITE, folder, "node")) {
            Instant now = clock.instant();
            for (int i = 0; i < all; i += 5_000) {
                List<Entry> some = new ArrayList<>();
                for (int j = i; j < i + 5_000; j++) {
                    some.add(entry(
                            "partner" + j % 100,
                            j % 2 == 0 ? Direction.IN : Direction.OUT,
                            j % 2 == 0 ? State.RECEIVED : State.SENT,
                            now.minus(Duration.ofMinutes(30)).minusMillis(j * (29L * 86_400_000 / all)),
                            1));
                }
                add(ledger, some.toArray(Entry[]::new));
            }
            History history = new History(ledger, clock);
            int looks = 0;
            Duration longest = Duration.ZERO;
            do {
                long began = System.nanoTime();
                history.look();
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                longest = took.compareTo(longest) > 0 ? took : longest;
            } while (!history.isComplete() && ++looks < 1_000);
            assertThat(longest).isLessThan(Duration.ofSeconds(3));
            assertThat(history.sum(Measure.RECEIVED, 0, Long.MAX_VALUE) + history.sum(Measure.SENT, 0, Long.MAX_VALUE))
                    .isEqualTo(all);
            long began = System.nanoTime();
            history.look();
            Duration again = Duration.ofNanos(System.nanoTime() - began);
            System.out.println(all + " rows: the longest look " + longest + ", again " + again);
            assertThat(again).isLessThan(Duration.ofSeconds(1));
        }
    }

    private static void settle(History history) throws LedgerException {
        for (int i = 0; i < 1_000 && !history.isComplete(); i++) {
            history.look();
        }
        assertThat(history.isComplete()).isTrue();
    }

    private static void add(Ledger ledger, Entry... entries) throws LedgerException {
        boolean added = ledger.commit(connection -> {
            boolean all = true;
            for (Entry entry : entries) {
                all &= new Transfers(connection).add(entry);
            }
            return all;
        });
        assertThat(added).isTrue();
    }

    private static Entry entry(String partner, Direction direction, State state, Instant ended, long size) {
        return new Entry(
                UUID.randomUUID().toString(),
                "node",
                direction,
                partner,
                null,
                null,
                "a.txt",
                "a.txt",
                size,
                0,
                null,
                state,
                ended,
                ended,
                1,
                null,
                null,
                null,
                null);
    }
}
