package io.countersign.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.RefusalRow;
import io.countersign.ledger.RefusalRows;
import io.countersign.ledger.RefusalRows.Crowd;
import io.countersign.refusal.Code;
import io.countersign.refusal.Event;
import io.countersign.refusal.Nearest;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.Shown;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.Logged;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestLedger;
import io.countersign.tls.Certificates;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Refusals get into the ledger behind their callers' backs, as many as there is room for, and never at a caller's cost. */
class RefusalJournalTest {
    private static final Caller STRANGER = Caller.of(null, "192.0.2.7", "00ff");
    private static final Caller NOBODY = Caller.of(null, null, null);

    @TempDir
    private Path data;

    private final SettableClock clock = new SettableClock();
    private final Refusals refusals = new Refusals(clock);
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
        RefusalJournal journal = new RefusalJournal(open(kind), refusals);
        refusals.compareBy(shown -> Optional.of(new Nearest("globex", "same subject, new key")));
        Certified stranger = Issue.to("CN=globex").selfSigned();
        String problem = refusals.refuse(
                STRANGER,
                Shown.certificates("TLSv1.3", List.of(stranger.certificate())),
                new Refusal(Code.CERTIFICATE_UNKNOWN, "Nobody.", "it is nearly globex's").asApprovable());
        refusals.refuseHandshake(NOBODY, Shown.NOTHING, "no certificate");
        Event first = refusals.events().get(1);
        Event second = refusals.events().get(0);

        journal.write();

        assertThat(problem).contains("\"instance\":\"urn:uuid:" + first.id() + "\"");
        RefusalRow row = find(first.id());
        assertThat(row)
                .isEqualTo(new RefusalRow(
                        first.id(),
                        "here",
                        Instant.ofEpochMilli(first.first().toEpochMilli()),
                        Instant.ofEpochMilli(first.first().toEpochMilli()),
                        1,
                        "certificate-unknown",
                        null,
                        "192.0.2.7",
                        "00ff",
                        "it is nearly globex's",
                        "TLSv1.3",
                        null,
                        row.chain(),
                        "countersign partners approve globex " + stranger.fingerprint(),
                        "globex",
                        "same subject, new key"));
        assertThat(row.chain())
                .startsWith("[{\"fingerprint\":\"" + Certificates.fingerprint(stranger.certificate())
                        + "\",\"subject\":\"CN=globex\",\"issuer\":\"CN=globex\"");
        RefusalRow nobody = find(second.id());
        assertThat(nobody.partner()).isNull();
        assertThat(nobody.address()).isNull();
        assertThat(nobody.chain()).isNull();
        assertThat(nobody.nearest()).isNull();
        assertThat(log.news()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void keepsARepetitionAsANumber(LedgerKind kind) throws LedgerException {
        RefusalJournal journal = new RefusalJournal(open(kind), refusals);
        refusals.refuseHandshake(STRANGER, Shown.NOTHING, "no certificate");
        journal.write();
        refusals.refuseHandshake(STRANGER, Shown.NOTHING, "no certificate");
        refusals.refuseHandshake(STRANGER, Shown.NOTHING, "no certificate");
        journal.write();

        assertThat(rows()).singleElement().satisfies(row -> {
            assertThat(row.times()).isEqualTo(3);
            assertThat(row.last()).isAfterOrEqualTo(row.first());
        });
    }

    /** What a stranger writes into a name must not keep the others out, whatever the database thinks of it. */
    @ParameterizedTest
    @EnumSource
    void keepsWhateverTheReason(LedgerKind kind) throws LedgerException {
        RefusalJournal journal = new RefusalJournal(open(kind), refusals);
        List<String> reasons =
                List.of("a\0b", "\ud800 alone", "\uFFFF", "'; DROP TABLE refusal; --", "x".repeat(2_001));
        for (String reason : reasons) {
            refusals.refuseHandshake(STRANGER, Shown.NOTHING, reason);
        }

        journal.write();

        assertThat(rows()).hasSize(reasons.size());
        assertThat(rows()).extracting(RefusalRow::reason).contains("a?b", reasons.get(3));
    }

    @ParameterizedTest
    @EnumSource
    void keepsAsManyAsThereIsRoomForAndTheNewest(LedgerKind kind) throws LedgerException {
        open(kind);
        Map<Crowd, Integer> most = Map.of(Crowd.PARTNER, 100, Crowd.CERTIFICATE, 1_000, Crowd.NOISE, 200);
        RefusalJournal journal = new RefusalJournal(ledger(), refusals, most);
        RefusalRow anothers = row("another's", "there");
        ledger().commit(connection -> {
            new RefusalRows(connection).put(List.of(anothers));
            return true;
        });
        refusals.refuseHandshake(Caller.of("acme", "192.0.2.7", "00ff"), Shown.NOTHING, "a partner's");
        for (int i = 0; i < 3_300; i++) {
            refusals.refuseHandshake(
                    Caller.of(null, "192.0.2." + i % 200, "certificate " + i), Shown.NOTHING, "number " + i);
            clock.advance(Duration.ofMillis(200));
            refusals.refuseHandshake(Caller.of(null, "192.0.2." + i, null), Shown.NOTHING, "nobody " + i);
            clock.advance(Duration.ofSeconds(1));
            if (i % 100 == 99) {
                journal.write();
                assertThat(rows()).hasSizeLessThanOrEqualTo(1_301);
            }
        }

        assertThat(rows()).extracting(RefusalRow::reason).contains("number 3299", "nobody 3299", "a partner's");
        assertThat(rows().size()).isBetween(500, 1_301);
        assertThat(find("another's")).isEqualTo(anothers);

        RefusalJournal restarted = new RefusalJournal(ledger(), refusals, most);
        for (int i = 3_300; i < 4_300; i++) {
            clock.advance(Duration.ofMillis(1_200));
            refusals.refuseHandshake(Caller.of(null, "192.0.2.1", "certificate " + i), Shown.NOTHING, "no");
        }
        restarted.write();
        assertThat(rows()).hasSizeLessThanOrEqualTo(1_301);
    }

    @Test
    void tellsOfThoseThatNeverGotIn() throws LedgerException {
        RefusalJournal journal = new RefusalJournal(open(LedgerKind.SQLITE), refusals);
        for (int i = 0; i < 1_234; i++) {
            clock.advance(Duration.ofSeconds(3));
            refusals.refuseHandshake(STRANGER, Shown.NOTHING, "number " + i);
        }

        journal.write();

        assertThat(rows()).hasSize(1_000);
        assertThat(log.news())
                .containsExactly("WARN 234 things that were refused never got into the ledger; they are in the log");
    }

    @Test
    void writesLaterWhatCannotBeWrittenNow() throws LedgerException {
        Ledger ledger = open(LedgerKind.SQLITE);
        RefusalJournal journal = new RefusalJournal(ledger, refusals);
        ledger.close();
        for (int i = 0; i < 3; i++) {
            refusals.refuseHandshake(STRANGER, Shown.NOTHING, "number " + i);
            journal.write();
        }

        assertThat(log.news())
                .as("one line a minute")
                .singleElement()
                .asString()
                .startsWith("WARN refusals are not in the ledger now, but in the log: the ledger ");

        ledger.open();
        journal.close();

        assertThat(rows()).hasSize(3);
        assertThat(log.news()).isEmpty();
    }

    /** A service of the version before, on the same PostgreSQL, goes on writing rows as it knows them. */
    @ParameterizedTest
    @EnumSource
    void readsAndEndsWhatAnEarlierVersionWrites(LedgerKind kind) throws LedgerException {
        open(kind).commit(connection -> {
            try (Statement insert = connection.createStatement()) {
                return insert.executeUpdate("INSERT INTO refusal (id, node, at, code, reason) VALUES"
                        + " ('abcd0000', 'here', '2026-11-20T00:00:00.000Z', 'handshake', 'old')");
            }
        });

        assertThat(rows())
                .singleElement()
                .satisfies(row -> assertThat(row.last()).isEqualTo(row.first()));
        assertThat(ledger().<List<RefusalRow>>read(connection -> new RefusalRows(connection).beginning("abcd", 2)))
                .hasSize(1);
        int gone = ledger().commit(connection ->
                new RefusalRows(connection).deleteBefore("here", Instant.parse("2026-11-21T00:00:00Z"), 10));
        assertThat(gone).isEqualTo(1);
    }

    private static RefusalRow row(String id, String node) {
        Instant then = Instant.EPOCH;
        return new RefusalRow(
                id, node, then, then, 1, "handshake", null, null, null, "none", null, null, null, null, null, null);
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
