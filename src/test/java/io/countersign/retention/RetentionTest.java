package io.countersign.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.RefusalRow;
import io.countersign.ledger.RefusalRows;
import io.countersign.ledger.RefusalRows.Crowd;
import io.countersign.ledger.Transfers;
import io.countersign.settings.RetentionTerms;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.Logged;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestLedger;
import io.countersign.transfer.Transfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is past its time goes, by all its names; what is not, or not finished, or another's, stays. */
class RetentionTest {
    private static final RetentionTerms FOREVER = new RetentionTerms(null, null, null, null);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final String HERE = "here";

    @TempDir
    private Path data;

    private final SettableClock clock = new SettableClock();
    private final Logged log = Logged.by("countersign.retention");
    private @Nullable Ledger opened;

    @AfterEach
    void close() {
        log.close();
        ledger().close();
    }

    @ParameterizedTest
    @EnumSource
    void keysOfWhatWasReceivedAreFreeAfterTheirTime(LedgerKind kind) throws IOException {
        open(kind);
        Entry old = add(HERE, Direction.IN, State.RECEIVED, "order 1", MONTH.plusMinutes(1));
        Entry young = add(HERE, Direction.IN, State.RECEIVED, "order 2", MONTH.minusMinutes(1));
        Entry arriving = add(HERE, Direction.IN, State.DELIVERING, "order 3", MONTH.plusDays(9));
        Entry waiting = add(HERE, Direction.OUT, State.WAITING, "here/order 4", MONTH.plusDays(9));
        Entry anothers = add("there", Direction.IN, State.RECEIVED, "order 5", MONTH.plusDays(9));

        run(new RetentionTerms(MONTH, null, null, null));

        assertThat(find(old)).isEqualTo(old.released());
        assertThat(List.of(young, arriving, waiting, anothers)).allMatch(each -> each.equals(find(each)));
        assertThat(add(HERE, Direction.IN, State.RECEIVED, "order 1", Duration.ZERO))
                .isEqualTo(claimant("order 1"));
        assertThat(log.news()).containsExactly("INFO ended after their time: keys=1");
    }

    @ParameterizedTest
    @EnumSource
    void receiptsGoWithTheRowsOfAllTransfersThatHaveEnded(LedgerKind kind) throws IOException {
        open(kind);
        List<Entry> ended = new ArrayList<>();
        ended.add(add(HERE, Direction.IN, State.RECEIVED, "order 1", MONTH.plusMinutes(1)));
        ended.add(add(HERE, Direction.IN, State.FAILED, null, MONTH.plusMinutes(2)));
        ended.add(add(HERE, Direction.OUT, State.SENT, null, MONTH.plusMinutes(2)));
        ended.add(add(HERE, Direction.OUT, State.FAILED, null, MONTH.plusDays(3)));
        ended.add(add(HERE, Direction.OUT, State.WITHDRAWN, null, MONTH.plusDays(4)));
        Entry young = add(HERE, Direction.IN, State.RECEIVED, "order 2", MONTH.minusMinutes(1));
        Entry arriving = add(HERE, Direction.IN, State.DELIVERING, "order 3", MONTH.plusDays(9));
        Entry waiting = add(HERE, Direction.OUT, State.WAITING, "here/order 4", MONTH.plusDays(9));
        Entry anothers = add("there", Direction.IN, State.RECEIVED, null, MONTH.plusDays(9));
        Path old = write("receipts/acme/" + ended.get(0).id() + ".json");
        Path signed = write("receipts/acme/" + ended.get(0).id() + ".p7m");
        Path fresh = write("receipts/acme/" + young.id() + ".json");
        Path pending = write("receipts/acme/" + arriving.id() + ".json");

        run(new RetentionTerms(null, null, MONTH, null));

        assertThat(ended).allMatch(each -> find(each) == null);
        assertThat(List.of(young, arriving, waiting, anothers)).allMatch(each -> each.equals(find(each)));
        assertThat(List.of(old, signed)).noneMatch(Files::exists);
        assertThat(List.of(fresh, pending)).allMatch(Files::exists);
        assertThat(log.news()).containsExactly("INFO ended after their time: receipts=5");
    }

    @ParameterizedTest
    @EnumSource
    void receiptsThatTheLedgerDoesNotKnowGoByTheTimeInTheirIds(LedgerKind kind) throws IOException {
        open(kind);
        Path old = write("receipts/acme/" + Transfer.newId(ago(MONTH.plusMinutes(1))) + ".json");
        Path signed = write("receipts/globex/" + Transfer.newId(ago(MONTH.plusMinutes(1))) + ".p7m");
        List<Path> others = List.of(
                write("receipts/acme/" + Transfer.newId(ago(MONTH.minusMinutes(1))) + ".json"),
                write("receipts/acme/notes.json"),
                write("receipts/" + Transfer.newId(ago(MONTH.plusDays(9))) + ".json"));
        Path elsewhere = write("elsewhere/" + Transfer.newId(ago(MONTH.plusDays(9))) + ".json");
        Files.createSymbolicLink(data.resolve("receipts/link"), elsewhere.getParent());

        run(new RetentionTerms(null, null, MONTH, null));

        assertThat(List.of(old, signed)).noneMatch(Files::exists);
        assertThat(others).allMatch(Files::exists);
        assertThat(elsewhere).exists();
        assertThat(log.news()).containsExactly("INFO ended after their time: receipts=2");
    }

    @ParameterizedTest
    @EnumSource
    void aRowStaysUntilItsReceiptCouldBeDeletedAndThatIsToldOnce(LedgerKind kind) throws IOException {
        open(kind);
        Entry old = add(HERE, Direction.IN, State.RECEIVED, null, MONTH.plusDays(1));
        Entry next = add(HERE, Direction.IN, State.RECEIVED, null, MONTH.plusHours(1));
        Path inTheWay = write("receipts/acme/" + old.id() + ".json/file");
        Retention retention = new Retention(new RetentionTerms(null, null, MONTH, null), ledger(), data, clock);

        retention.run();
        retention.run();

        assertThat(find(old)).isEqualTo(old);
        assertThat(find(next)).isNull();
        assertThat(log.news())
                .containsExactly(
                        "WARN " + inTheWay.getParent()
                                + " is past its time, and cannot be removed: DirectoryNotEmptyException",
                        "INFO ended after their time: receipts=1");

        Files.delete(inTheWay);
        retention.run();

        assertThat(find(old)).isNull();
        assertThat(inTheWay.getParent()).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void refusalsGoAfterTheirTime(LedgerKind kind) throws IOException {
        open(kind);
        List<RefusalRow> rows = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            rows.add(refusal("old " + i, HERE, MONTH.plusMinutes(1)));
        }
        rows.add(refusal("young", HERE, MONTH.minusMinutes(1)));
        rows.add(refusal("another's", "there", MONTH.plusMinutes(1)));
        addRefusals(rows);

        run(new RetentionTerms(null, null, null, MONTH));

        assertThat(ledger().<List<RefusalRow>>read(connection -> new RefusalRows(connection).recent(2_000)))
                .extracting(RefusalRow::id)
                .containsExactly("young", "another's");
        assertThat(log.news()).containsExactly("INFO ended after their time: refusals=1100");
    }

    @ParameterizedTest
    @EnumSource
    void moreThanAPortionGoesInOneRun(LedgerKind kind) throws IOException {
        open(kind);
        ledger().commit(connection -> {
            for (int i = 0; i < 600; i++) {
                assertThat(new Transfers(connection)
                                .add(entry(HERE, Direction.IN, State.RECEIVED, "order " + i, MONTH.plusDays(1))))
                        .isTrue();
            }
            return 600;
        });

        run(new RetentionTerms(MONTH, null, null, null));
        run(new RetentionTerms(null, null, MONTH, null));

        assertThat(ledger().<List<Entry>>read(connection -> new Transfers(connection).select("id > ''")))
                .isEmpty();
        assertThat(log.news())
                .containsExactly("INFO ended after their time: keys=600", "INFO ended after their time: receipts=600");
    }

    @ParameterizedTest
    @EnumSource
    void nothingGoesThatIsKeptForEver(LedgerKind kind) throws IOException {
        open(kind);
        Entry old = add(HERE, Direction.IN, State.RECEIVED, "order", MONTH);
        addRefusals(List.of(refusal("old", HERE, MONTH)));
        List<Path> files = List.of(write("sent/acme/order"), write("receipts/acme/" + old.id() + ".json"));
        clock.advance(Duration.ofDays(40_000));

        run(FOREVER);

        assertThat(find(old)).isEqualTo(old);
        assertThat(files).allMatch(Files::exists);
        assertThat(ledger().<Integer>read(connection -> new RefusalRows(connection).count(HERE, Crowd.NOISE)))
                .isEqualTo(1);
        assertThat(log.news()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void nothingGoesForgottenWhileTheLedgerCannotBeReached(LedgerKind kind) throws IOException {
        open(kind);
        Entry old = add(HERE, Direction.IN, State.RECEIVED, null, MONTH.plusDays(1));
        Path receipt = write("receipts/acme/" + old.id() + ".json");
        Path unknown = write("receipts/acme/" + Transfer.newId(ago(MONTH.plusMinutes(1))) + ".json");
        Retention retention = new Retention(new RetentionTerms(MONTH, null, MONTH, null), ledger(), data, clock);
        ledger().close();

        retention.run();
        retention.run();

        assertThat(List.of(receipt, unknown)).allMatch(Files::exists);
        assertThat(log.news())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("WARN not all ")
                        .contains(" that are past their time could be ended: the ledger "));
    }

    private void open(LedgerKind kind) throws LedgerException {
        opened = TestLedger.open(kind, data, HERE);
    }

    private Ledger ledger() {
        return Objects.requireNonNull(opened);
    }

    private void run(RetentionTerms terms) {
        new Retention(terms, ledger(), data, clock).run();
    }

    private Instant ago(Duration time) {
        return clock.instant().minus(time);
    }

    private Entry entry(String node, Direction direction, State state, @Nullable String claim, Duration age) {
        Instant changed = Instant.ofEpochMilli(ago(age).toEpochMilli());
        return new Entry(
                Transfer.newId(changed),
                node,
                direction,
                "acme",
                claim,
                claim,
                "order.xml",
                "order.xml",
                1,
                0,
                null,
                state,
                changed,
                changed,
                1,
                null,
                null,
                null,
                null);
    }

    private Entry add(String node, Direction direction, State state, @Nullable String claim, Duration age)
            throws LedgerException {
        Entry entry = entry(node, direction, state, claim, age);
        assertThat(ledger().<Boolean>commit(connection -> new Transfers(connection).add(entry)))
                .isTrue();
        return entry;
    }

    private @Nullable Entry find(Entry entry) {
        try {
            return ledger().read(connection -> new Transfers(connection).find(entry.id()))
                    .orElse(null);
        } catch (LedgerException failed) {
            throw new AssertionError(failed);
        }
    }

    private Entry claimant(String key) throws LedgerException {
        return ledger().read(connection -> new Transfers(connection).claimed(Direction.IN, "acme", key))
                .orElseThrow();
    }

    private RefusalRow refusal(String id, String node, Duration age) {
        return new RefusalRow(
                id,
                node,
                ago(age.plusDays(40)),
                ago(age),
                2,
                "handshake",
                null,
                null,
                null,
                "no certificate",
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private void addRefusals(List<RefusalRow> rows) throws LedgerException {
        ledger().commit(connection -> {
            new RefusalRows(connection).put(rows);
            return rows.size();
        });
    }

    private Path write(String file) throws IOException {
        Path target = data.resolve(file);
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        return Files.writeString(target, "{}");
    }
}
