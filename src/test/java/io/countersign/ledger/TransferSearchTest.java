package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.PostgresServer.Database;
import io.countersign.testing.TestLedger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches among 100,000 transfers find what they are for, and go by an index where one serves. */
class TransferSearchTest {
    private static final int ROWS = Integer.getInteger("countersign.test.transfers", 20_000);
    private static final int AT_ONCE = 10_000;
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
    private static final TransferSearch ALL = new TransferSearch(null, null, null, null, null, null, null);
    private static final Comparator<Entry> NEWEST_FIRST =
            Comparator.comparing(Entry::began).thenComparing(Entry::id).reversed();

    @TempDir
    private Path folder;

    private final Random random = new Random(7);

    @ParameterizedTest
    @EnumSource(LedgerKind.class)
    void eachSearchFindsExactlyWhatItIsFor(LedgerKind kind) throws Exception {
        Database database = kind.fresh(folder);
        List<Entry> all = fill(database, kind == LedgerKind.SQLITE ? ROWS : Math.max(10_000, ROWS / 10));
        Instant since = FIRST.plus(Duration.ofDays(1));
        Instant until = FIRST.plus(Duration.ofDays(3));
        String digest = String.valueOf(all.get(4_711).sha256());
        Predicate<String> name = text -> text.contains("77");
        try (LedgerReader ledger = reader(database)) {
            check(ledger, all, ALL, any -> true);
            check(ledger, all, search(Direction.IN, null, null), each -> each.direction() == Direction.IN);
            check(
                    ledger,
                    all,
                    search(Direction.OUT, State.FAILED, null),
                    each -> each.direction() == Direction.OUT && each.state() == State.FAILED);
            check(ledger, all, search(null, State.WITHDRAWN, null), each -> each.state() == State.WITHDRAWN);
            check(
                    ledger,
                    all,
                    search(null, null, "partner7"),
                    each -> each.partner().equals("partner7"));
            check(ledger, all, search(null, null, "nobody"), each -> false);
            check(
                    ledger,
                    all,
                    new TransferSearch(null, null, null, since, until, null, null),
                    each -> !each.began().isBefore(since) && each.began().isBefore(until));
            check(
                    ledger,
                    all,
                    new TransferSearch(null, null, null, null, null, name, null),
                    each -> name.test(each.name()));
            check(
                    ledger,
                    all,
                    new TransferSearch(null, null, null, null, null, null, digest),
                    each -> digest.equals(each.sha256()));
            check(
                    ledger,
                    all,
                    new TransferSearch(null, null, null, null, null, null, digest.substring(0, 8)),
                    each -> String.valueOf(each.sha256()).startsWith(digest.substring(0, 8)));
            check(
                    ledger,
                    all,
                    new TransferSearch(Direction.OUT, State.SENT, "partner3", since, until, name, null),
                    each -> each.direction() == Direction.OUT
                            && each.state() == State.SENT
                            && each.partner().equals("partner3")
                            && !each.began().isBefore(since)
                            && each.began().isBefore(until)
                            && name.test(each.name()));
            Entry some = all.get(4_711);
            List<Entry> same = ledger.read(connection -> TransferSearch.withContentOf(connection, some, ROWS));
            assertThat(same)
                    .isNotEmpty()
                    .containsExactlyElementsOf(all.stream()
                            .filter(each -> digest.equals(each.sha256()) && !each.equals(some))
                            .sorted(NEWEST_FIRST)
                            .toList());
            for (int length : new int[] {4, 8, 9, 14, 36}) {
                String prefix = some.id().substring(0, length);
                List<Entry> found = ledger.read(connection -> TransferSearch.withId(connection, prefix, ROWS));
                assertThat(found)
                        .containsExactlyInAnyOrderElementsOf(all.stream()
                                .filter(each -> each.id().startsWith(prefix))
                                .toList());
            }
        }
    }

    @Test
    void whatAnIndexServesIsNotScanned() throws Exception {
        Database database = LedgerKind.SQLITE.fresh(folder);
        try (Ledger ledger = TestLedger.open(database, "node")) {
            assertThat(ledger.isBuilt()).isFalse();
        }
        assertThat(plan(database, ALL)).contains("USING INDEX transfer_began").doesNotContain("FOR ORDER BY");
        assertThat(plan(database, search(Direction.IN, State.FAILED, null)))
                .contains("USING INDEX transfer_began")
                .doesNotContain("FOR ORDER BY");
        assertThat(plan(database, search(Direction.IN, null, "acme")))
                .contains("USING INDEX transfer_partner (partner=?)")
                .doesNotContain("FOR ORDER BY");
        assertThat(plan(database, new TransferSearch(null, null, "acme", FIRST, FIRST, null, null)))
                .contains("USING INDEX transfer_partner (partner=? AND began>? AND began<?)");
        assertThat(plan(database, new TransferSearch(null, null, null, FIRST, FIRST, null, null)))
                .contains("USING INDEX transfer_began (began>? AND began<?)");
        assertThat(plan(database, new TransferSearch(Direction.IN, null, null, null, null, null, "01234567")))
                .contains("USING INDEX transfer_sha256 (sha256>? AND sha256<?)");
    }

    private static TransferSearch search(
            @Nullable Direction direction, @Nullable State state, @Nullable String partner) {
        return new TransferSearch(direction, state, partner, null, null, null, null);
    }

    private static void check(LedgerReader ledger, List<Entry> all, TransferSearch search, Predicate<Entry> right)
            throws LedgerException {
        List<Entry> expected = all.stream().filter(right).sorted(NEWEST_FIRST).toList();
        List<Entry> first = ledger.read(connection -> search.newest(connection, 51));
        assertThat(first).containsExactlyElementsOf(expected.subList(0, Math.min(51, expected.size())));
        List<Entry> every = ledger.read(connection -> search.newest(connection, ROWS + 1));
        assertThat(every.equals(expected)).as(search.toString()).isTrue(); // as a collection it would take a minute
    }

    private static String plan(Database database, TransferSearch search) throws SQLException {
        List<Object> values = new ArrayList<>();
        String sql = "EXPLAIN QUERY PLAN SELECT * FROM transfer WHERE " + search.condition(values);
        try (Connection connection = DriverManager.getConnection(database.url());
                PreparedStatement explain = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                explain.setObject(i + 1, values.get(i));
            }
            StringBuilder plan = new StringBuilder();
            try (ResultSet rows = explain.executeQuery()) {
                while (rows.next()) {
                    plan.append(rows.getString("detail")).append('\n');
                }
            }
            return plan.toString();
        }
    }

    private static LedgerReader reader(Database database) {
        return new LedgerReader(database.url(), database.user(), database.password());
    }

    private List<Entry> fill(Database database, int rows) throws LedgerException {
        List<Entry> all = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            all.add(entry(i));
        }
        try (Ledger ledger = TestLedger.open(database, "node")) {
            for (int from = 0; from < rows; from += AT_ONCE) {
                List<Entry> some = all.subList(from, Math.min(from + AT_ONCE, rows));
                boolean unused = ledger.commit(connection -> {
                    Transfers transfers = new Transfers(connection);
                    for (Entry entry : some) {
                        transfers.add(entry);
                    }
                    return true;
                });
            }
        }
        return all;
    }

    private Entry entry(int number) {
        Direction direction = random.nextBoolean() ? Direction.IN : Direction.OUT;
        State[] states = direction == Direction.IN
                ? new State[] {State.RECEIVED, State.RECEIVED, State.RECEIVED, State.FAILED}
                : new State[] {State.SENT, State.SENT, State.SENT, State.FAILED, State.WITHDRAWN};
        Instant began = FIRST.plus(Duration.ofSeconds(30L * (number + random.nextInt(100))));
        String digest = String.format("%064x", new java.math.BigInteger(255, new Random(number % 4_800)));
        return new Entry(
                new UUID(began.toEpochMilli() << 16 | 0x7000 | random.nextInt(4096), random.nextLong()).toString(),
                "node",
                direction,
                "partner" + random.nextInt(20),
                null,
                null,
                "Auftrag-" + number + ".xml",
                "path",
                number,
                0,
                digest,
                states[random.nextInt(states.length)],
                began,
                began.plusSeconds(1),
                1,
                null,
                null,
                null,
                null);
    }
}
