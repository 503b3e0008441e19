package io.countersign.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Flushed;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Transfers;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.Logged;
import io.countersign.testing.TestLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Receipts reach the disk late, and the ledger knows up to when they have. */
class ReceiptFlushingTest {
    private static final int MANY = 1_200;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final Instant longAgo = now.minus(Duration.ofHours(1));

    @TempDir
    private Path folder;

    private ReceiptFolder receipts() {
        return new ReceiptFolder(folder.resolve("receipts"), new Durable());
    }

    /** As a power cut leaves it: the name, and nothing in it. */
    @ParameterizedTest
    @EnumSource
    void whatIsNotWholeAfterThatRunOfTheSystemIsWrittenAgain(LedgerKind kind) throws Exception {
        try (Ledger ledger = TestLedger.open(kind, folder, "here")) {
            write(ledger, new Flushed(now.minusSeconds(50), "another run"));
            String whole = received(ledger, now, "{\"whole\": true}");
            String torn = received(ledger, now, "");
            String gone = received(ledger, now, null);
            String clockSetBack = received(ledger, now.minusSeconds(300), "");
            String earlier = received(ledger, longAgo, "");
            receipts().flushing().begin(ledger, receipts());
            assertThat(receipts().file("acme", whole)).hasContent("{\"whole\": true}");
            assertThat(receipts().file("acme", torn)).hasContent("{\"id\": \"" + torn + "\"}");
            assertThat(receipts().file("acme", gone)).hasContent("{\"id\": \"" + gone + "\"}");
            assertThat(receipts().file("acme", clockSetBack)).hasContent("{\"id\": \"" + clockSetBack + "\"}");
            assertThat(receipts().file("acme", earlier))
                    .as("on disk since long")
                    .isEmptyFile();
        }
    }

    @ParameterizedTest
    @EnumSource
    void inTheSameRunNothingNeedsToBeCompared(LedgerKind kind) throws Exception {
        try (Ledger ledger = TestLedger.open(kind, folder, "here")) {
            receipts().flushing().begin(ledger, receipts());
            Flushed begun = flushed(ledger);
            assertThat(begun.since()).isBetween(now.minusSeconds(1), Instant.now());
            String kept = received(ledger, now.plusSeconds(60), "");
            receipts().flushing().begin(ledger, receipts());
            assertThat(receipts().file("acme", kept)).isEmptyFile();
            assertThat(flushed(ledger)).isEqualTo(begun);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLedgerKnowsUpToWhenAllAreThere(LedgerKind kind) throws Exception {
        try (Ledger ledger = TestLedger.open(kind, folder, "here")) {
            ReceiptFolder receipts = receipts();
            receipts.flushing().begin(ledger, receipts);
            for (int i = 0; i < MANY; i++) {
                receipts.flushing().later(receipts.file("acme", received(ledger, longAgo, "{}")), longAgo);
            }
            receipts.flushing().later(receipts.file("acme", "taken away since"), longAgo);
            Instant young = Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.MILLIS);
            receipts.flushing().later(receipts.file("acme", received(ledger, young, "{}")), young);
            receipts.flushing().flush(ledger);
            assertThat(flushed(ledger).since())
                    .as("the oldest that is not flushed")
                    .isEqualTo(young);
        }
    }

    /** Else a start after a crash under load waits for tens of thousands of them. */
    @ParameterizedTest
    @EnumSource
    void aStartDoesNotWaitForWhatWasReceivedBefore(LedgerKind kind) throws Exception {
        try (Ledger ledger = TestLedger.open(kind, folder, "here")) {
            receipts().flushing().begin(ledger, receipts());
            Flushed ofThisRun =
                    new Flushed(longAgo.minusSeconds(60), flushed(ledger).boot());
            write(ledger, ofThisRun);
            boolean all = ledger.commit(connection -> {
                Transfers transfers = new Transfers(connection);
                for (int i = 0; i < MANY; i++) {
                    transfers.add(entry(longAgo.plusMillis(i / 5), "{}"));
                }
                return true;
            });
            assertThat(all).isTrue();
            String young = received(ledger, now, "{}");
            Arrivals arrivals = new Arrivals();
            arrivals.setLedger(ledger);
            arrivals.setStaging(folder.resolve("staging").toString());
            arrivals.setReceipts(folder.resolve("receipts").toString());
            arrivals.recover();
            assertThat(flushed(ledger)).isEqualTo(ofThisRun);
            arrivals.recover();
            assertThat(flushed(ledger).since())
                    .as("all but " + young + ", which is younger than 40 s")
                    .isEqualTo(longAgo.plusMillis((MANY - 1) / 5));
        }
    }

    @Test
    void whatWasReceivedBeforeAndCannotBeFlushedStays() throws Exception {
        try (Ledger ledger = TestLedger.open(LedgerKind.SQLITE, folder, "here");
                Logged log = Logged.by("countersign.received")) {
            receipts().flushing().begin(ledger, receipts());
            Flushed ofThisRun =
                    new Flushed(longAgo.minusSeconds(60), flushed(ledger).boot());
            write(ledger, ofThisRun);
            String whole = received(ledger, longAgo, null);
            Path noFolder = Files.createFile(
                    Files.createDirectories(folder.resolve("receipts")).resolve("acme"));
            ReceiptFolder receipts = receipts();
            receipts.flushing().begin(ledger, receipts);
            receipts.flushing().flush(ledger);
            assertThat(log.news()).singleElement().asString().contains("receipts could not be flushed", whole);
            assertThat(flushed(ledger)).isEqualTo(ofThisRun);
            Files.delete(noFolder);
            receipts.flushing().flush(ledger);
            assertThat(flushed(ledger).since()).isAfter(longAgo);
        }
    }

    @Test
    void whatCannotBeFlushedIsSaidAndStays() throws Exception {
        try (Ledger ledger = TestLedger.open(LedgerKind.SQLITE, folder, "here");
                Logged log = Logged.by("countersign.received")) {
            ReceiptFolder receipts = receipts();
            receipts.flushing().begin(ledger, receipts);
            Flushed begun = flushed(ledger);
            Path noFolder = Files.createFile(folder.resolve("file"));
            receipts.flushing().later(noFolder.resolve("a.json"), longAgo);
            receipts.flushing().flush(ledger);
            assertThat(log.news()).singleElement().asString().contains("receipts could not be flushed", "a.json");
            assertThat(flushed(ledger)).isEqualTo(begun);
        }
    }

    private String received(Ledger ledger, Instant changed, @Nullable String inFile) throws IOException {
        Entry entry = entry(changed, inFile);
        assertThat(ledger.<Boolean>commit(connection -> new Transfers(connection).add(entry)))
                .isTrue();
        if (inFile != null) {
            Path file = receipts().file("acme", entry.id());
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, inFile);
        }
        return entry.id();
    }

    private static Entry entry(Instant changed, @Nullable String inFile) {
        String id = Transfer.newId(changed);
        String receipt = inFile == null || inFile.isEmpty() ? "{\"id\": \"" + id + "\"}" : inFile;
        return new Entry(
                id,
                "here",
                Direction.IN,
                "acme",
                null,
                null,
                "a",
                "a",
                1,
                0,
                "00",
                State.RECEIVED,
                changed,
                changed,
                1,
                null,
                null,
                receipt,
                null);
    }

    private static void write(Ledger ledger, Flushed flushed) throws IOException {
        assertThat(ledger.<Boolean>commit(connection -> flushed.write(connection, "here")))
                .isTrue();
    }

    private static Flushed flushed(Ledger ledger) throws IOException {
        return ledger.read(connection -> Flushed.of(connection, "here")).orElseThrow();
    }
}
