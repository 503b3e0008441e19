package io.countersign.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.RefusalRow;
import io.countersign.ledger.RefusalRows;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.Logged;
import io.countersign.testing.TestLedger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Refusals get into the ledger behind their callers' backs, as many as there is room for, and never at a caller's cost. */
class RefusalJournalTest {
    private static final Caller ACME = Caller.of("acme", "192.0.2.7", "00ff");
    private static final Caller NOBODY = Caller.of(null, null, null);

    @TempDir
    private Path data;

    private final Logged log = Logged.by("countersign.retention");
    private @Nullable Ledger opened;

    @AfterEach
    void close() {
        log.close();
        ledger().close();
    }

    @ParameterizedTest
    @EnumSource
    void keepsEachUnderTheIdThatTheCallerIsTold(LedgerKind kind) throws LedgerException {
        RefusalJournal journal = new RefusalJournal(open(kind));
        Refusals refusals = new Refusals();
        refusals.observe(journal);
        String problem =
                refusals.refuse(ACME, new Refusal(Code.CERTIFICATE_UNKNOWN, "Nobody.", "it is nearly globex's"));
        refusals.refuseHandshake(NOBODY, "no certificate");
        Refused first = refusals.recent().get(1);
        Refused second = refusals.recent().get(0);

        journal.write();

        assertThat(problem).contains("\"instance\":\"urn:uuid:" + first.id() + "\"");
        assertThat(find(first.id()))
                .isEqualTo(new RefusalRow(
                        first.id(),
                        "here",
                        Instant.ofEpochMilli(first.at().toEpochMilli()),
                        "certificate-unknown",
                        "acme",
                        "192.0.2.7",
                        "00ff",
                        "it is nearly globex's"));
        assertThat(find(second.id()))
                .isEqualTo(new RefusalRow(
                        second.id(),
                        "here",
                        Instant.ofEpochMilli(second.at().toEpochMilli()),
                        "handshake",
                        null,
                        null,
                        null,
                        "no certificate"));
        assertThat(log.news()).isEmpty();
    }

    /** What a stranger writes into a name must not keep the others out, whatever the database thinks of it. */
    @ParameterizedTest
    @EnumSource
    void keepsWhateverTheReason(LedgerKind kind) throws LedgerException {
        RefusalJournal journal = new RefusalJournal(open(kind));
        List<String> reasons =
                List.of("a\0b", "\ud800 alone", "\uFFFF", "'; DROP TABLE refusal; --", "x".repeat(2_001));
        for (int i = 0; i < reasons.size(); i++) {
            journal.accept(new Refused("id " + i, Instant.now(), "handshake", ACME, reasons.get(i)));
        }

        journal.write();

        assertThat(rows()).hasSize(reasons.size());
        assertThat(find("id 0").reason()).isEqualTo("a?b");
        assertThat(find("id 3").reason()).isEqualTo(reasons.get(3));
    }

    @ParameterizedTest
    @EnumSource
    void keepsAsManyAsThereIsRoomForAndTheNewest(LedgerKind kind) throws LedgerException {
        RefusalJournal journal = new RefusalJournal(open(kind), 1_000);
        RefusalRow anothers =
                new RefusalRow("another's", "there", Instant.EPOCH, "handshake", null, null, null, "no certificate");
        ledger().commit(connection -> {
            new RefusalRows(connection).add(List.of(anothers));
            return true;
        });
        for (int i = 0; i < 3_300; i++) {
            journal.accept(refused(i));
            if (i % 100 == 99) {
                journal.write();
                assertThat(rows()).hasSizeLessThanOrEqualTo(1_001);
            }
        }

        assertThat(rows().get(0).id()).isEqualTo("id 3299");
        assertThat(rows().size()).isBetween(500, 1_001);
        assertThat(find("another's")).isEqualTo(anothers);

        RefusalJournal restarted = new RefusalJournal(ledger(), 1_000);
        for (int i = 3_300; i < 4_300; i++) {
            restarted.accept(refused(i));
        }
        restarted.write();
        assertThat(rows()).hasSizeLessThanOrEqualTo(1_001);
    }

    @Test
    void countsWhatDoesNotFit() throws LedgerException {
        RefusalJournal journal = new RefusalJournal(open(LedgerKind.SQLITE));
        for (int i = 0; i < 1_234; i++) {
            journal.accept(refused(i));
        }

        journal.write();

        assertThat(rows()).hasSize(1_000);
        assertThat(log.news())
                .containsExactly(
                        "WARN 234 refusals are not in the ledger, but in the log: they came faster than they could"
                                + " be written");
    }

    @Test
    void countsWhatCannotBeWrittenAndGoesOnOnceItCan() throws LedgerException {
        Ledger ledger = open(LedgerKind.SQLITE);
        RefusalJournal journal = new RefusalJournal(ledger);
        ledger.close();
        for (int i = 0; i < 3; i++) {
            journal.accept(refused(i));
            journal.write();
        }

        assertThat(log.news())
                .as("one line a minute")
                .singleElement()
                .asString()
                .startsWith("WARN 1 refusals are not in the ledger, but in the log: the ledger ");

        ledger.open();
        journal.accept(refused(3));
        journal.close();

        assertThat(rows()).extracting(RefusalRow::id).containsExactly("id 3");
        assertThat(log.news()).singleElement().asString().startsWith("WARN 2 refusals are not in the ledger");
    }

    private static Refused refused(int i) {
        return new Refused("id " + i, Instant.ofEpochSecond(1_800_000_000L + i), "handshake", NOBODY, "no certificate");
    }

    private Ledger open(LedgerKind kind) throws LedgerException {
        Ledger ledger = TestLedger.open(kind, data, "here");
        opened = ledger;
        return ledger;
    }

    private Ledger ledger() {
        return Objects.requireNonNull(opened);
    }

    private List<RefusalRow> rows() throws LedgerException {
        return ledger().read(connection -> new RefusalRows(connection).recent(10_000));
    }

    private RefusalRow find(String id) throws LedgerException {
        return ledger().read(connection -> new RefusalRows(connection).find(id)).orElseThrow();
    }
}
