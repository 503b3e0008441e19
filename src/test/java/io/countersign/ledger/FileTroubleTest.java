package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.LedgerKind;
import io.countersign.testing.PostgresServer.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger in a file that somebody takes away, replaces or locks while it is in use. */
class FileTroubleTest {
    @TempDir
    private Path folder;

    private Database database;
    private Path file;
    private Ledger ledger;
    private final Entry before = Entries.entry();

    @BeforeEach
    void open() throws Exception {
        database = LedgerKind.SQLITE.fresh(folder);
        file = folder.resolve("ledger.db");
        ledger = Entries.opened(database);
        assertThat(Entries.add(ledger, before)).isTrue();
        assertThat(Entries.has(ledger, before)).isTrue();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void oneThatIsDeletedTakesNothingMoreAndIsNotMadeAnew() throws Exception {
        Files.delete(file);
        assertThatNothingGoes("ledger.db is not there any more");
        assertThatNothingGoes("ledger.db is not there any more");
        assertThat(file).doesNotExist();
        assertThat(ledger.trouble())
                .hasValueSatisfying(why -> assertThat(why)
                        .contains("does not work")
                        .contains("restore it, or build it anew with 'countersign ledger rebuild'"));
    }

    @Test
    void allThatIsDeletedTakesNothingMoreAndIsNotMadeAnew() throws Exception {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path one : all.toList()) {
                Files.delete(one);
            }
        }
        assertThatNothingGoes("ledger.db is not there any more");
        assertThat(file).doesNotExist();
    }

    @Test
    void oneThatComesBackGoesOn() throws Exception {
        Path away = folder.resolve("away.db");
        Files.move(file, away);
        assertThatNothingGoes("ledger.db is not there any more");
        Files.move(away, file);
        assertThatItWorksAtOnce();
        assertThat(Entries.has(ledger, before)).isTrue();
        assertThat(ledger.trouble()).isEmpty();
    }

    @Test
    void oneThatComesBackIsFoundByItself() throws Exception {
        Path away = folder.resolve("away.db");
        Files.move(file, away);
        assertThatNothingGoes("ledger.db is not there any more");
        Files.move(away, file);
        Awaitility.await()
                .atMost(Duration.ofSeconds(2))
                .until(() -> ledger.trouble().isEmpty());
        assertThat(Entries.has(ledger, before)).isTrue();
    }

    @Test
    void oneThatWasMovedAwayHasAllThatWasPromised() throws Exception {
        Path away = folder.resolve("away.db");
        Files.move(file, away);
        assertThatNothingGoes("ledger.db is not there any more");
        try (Ledger moved = Entries.opened(new Database("jdbc:sqlite:" + away, "", ""))) {
            assertThat(Entries.has(moved, before)).isTrue();
        }
    }

    @Test
    void oneThatIsReplacedByAnotherLedgerFailsOnceAndGoesOnWithThat() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Entry known = Entries.entry();
        try (Ledger another = Entries.opened(LedgerKind.SQLITE.fresh(other))) {
            assertThat(Entries.add(another, known)).isTrue();
        }
        Files.move(other.resolve("ledger.db"), file, StandardCopyOption.REPLACE_EXISTING);
        assertThatAddingFails("ledger.db is not the file that was opened");
        assertThatItWorksAtOnce();
        assertThat(Entries.has(ledger, known)).isTrue();
        assertThat(Entries.has(ledger, before)).isFalse();
    }

    @Test
    void whatOnlyReadsNoticesToo() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Entry known = Entries.entry();
        try (Ledger another = Entries.opened(LedgerKind.SQLITE.fresh(other))) {
            assertThat(Entries.add(another, known)).isTrue();
        }
        Files.move(other.resolve("ledger.db"), file, StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> Entries.has(ledger, known)).hasMessageContaining("cannot be read: " + file);
        Awaitility.await()
                .atMost(Duration.ofSeconds(2))
                .until(() -> ledger.trouble().isEmpty());
        assertThat(Entries.has(ledger, known)).isTrue();
    }

    @Test
    void oneThatIsReplacedBySomethingElseTakesNothing() throws Exception {
        Path diary = Files.writeString(folder.resolve("diary"), "Dear diary, ".repeat(1_000));
        Files.move(diary, file, StandardCopyOption.REPLACE_EXISTING);
        assertThatAddingFails("ledger.db is not the file that was opened");
        assertThatAddingFails("it is not an SQLite database");
        assertThat(file).content().startsWith("Dear diary").hasSize(12_000);
    }

    @Test
    void anEmptyDatabaseInItsPlaceIsNotMadeALedger() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty"));
        Files.move(empty, file, StandardCopyOption.REPLACE_EXISTING);
        assertThatAddingFails("ledger.db is not the file that was opened");
        assertThatAddingFails("it has no ledger's tables any more");
    }

    @Test
    void aLogThatIsDeletedIsNotWrittenToAnyMoreAndNothingIsLost() throws Exception {
        Files.delete(folder.resolve("ledger.db-wal"));
        assertThatThrownBy(() -> Entries.add(ledger, Entries.entry()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("ledger.db-wal or -shm was taken away");
        assertThatItWorksAtOnce();
        assertThat(Entries.has(ledger, before)).isTrue();
        ledger.close();
        try (Ledger again = Entries.opened(database)) {
            assertThat(Entries.has(again, before)).isTrue();
        }
    }

    @Test
    void oneThatAnotherHasLockedFailsAllThatWaitTogetherAndGoesOnWhenItIsReleased() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(20);
        try (Connection other = DriverManager.getConnection(database.url());
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            long begin = System.nanoTime();
            Callable<Boolean> add = () -> Entries.add(ledger, Entries.entry());
            for (Future<Boolean> failed : callers.invokeAll(java.util.Collections.nCopies(20, add))) {
                assertThatThrownBy(failed::get)
                        .cause()
                        .isInstanceOf(LedgerException.class)
                        .hasMessageContaining("another process has had it locked for 5 s or more (SQLITE_BUSY)");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(14));
            assertThat(Entries.has(ledger, before)).isTrue();
            assertThat(ledger.trouble()).isPresent();
            statement.execute("ROLLBACK");
        }
        callers.shutdown();
        assertThatItWorksAtOnce();
        assertThat(ledger.trouble()).isEmpty();
    }

    @Test
    void oneThatIsLockedForAMomentIsWaitedFor() throws Exception {
        ExecutorService caller = Executors.newSingleThreadExecutor();
        Entry entry = Entries.entry();
        try (Connection other = DriverManager.getConnection(database.url());
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            Future<Boolean> waiting = caller.submit(() -> Entries.add(ledger, entry));
            Awaitility.await().during(Duration.ofMillis(300)).until(() -> !waiting.isDone());
            statement.execute("ROLLBACK");
            assertThat(waiting.get()).isTrue();
        }
        caller.shutdown();
        assertThat(ledger.trouble()).isEmpty();
    }

    private void assertThatItWorksAtOnce() throws Exception {
        long begin = System.nanoTime();
        Entry entry = Entries.entry();
        assertThat(Entries.add(ledger, entry)).isTrue();
        assertThat(Entries.has(ledger, entry)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    }

    private void assertThatAddingFails(String why) {
        assertThatThrownBy(() -> Entries.add(ledger, Entries.entry()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(file + " cannot be written: ")
                .hasMessageContaining(why);
    }

    private void assertThatNothingGoes(String why) {
        for (Callable<Boolean> call : List.<Callable<Boolean>>of(
                () -> Entries.add(ledger, Entries.entry()), () -> Entries.has(ledger, before))) {
            assertThatThrownBy(call::call)
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining(why);
        }
    }
}
