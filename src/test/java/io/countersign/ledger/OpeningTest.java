package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Fault.Latency;
import io.countersign.testing.FaultProxy;
import io.countersign.testing.FaultProxy.Way;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.Logged;
import io.countersign.testing.PostgresServer;
import io.countersign.testing.PostgresServer.Database;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.assertj.core.api.AbstractThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a ledger wants of its database before anything is written, and what it says otherwise. */
class OpeningTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void severalAtOnceOnAnEmptyDatabaseAllComeUp(LedgerKind kind) throws Exception {
        Database database = kind.fresh(folder);
        ExecutorService services = Executors.newFixedThreadPool(3);
        List<Callable<Ledger>> starts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            starts.add(() -> Entries.opened(database));
        }
        for (Future<Ledger> started : services.invokeAll(starts)) {
            try (Ledger ledger = started.get()) {
                assertThat(Entries.add(ledger, Entries.entry())).isTrue();
            }
        }
        services.shutdown();
    }

    /** SQLite itself waits for nobody who writes to a file that has no write-ahead log yet. */
    @Test
    void whoeverJustMakesTheSameFileIsWaitedFor() throws Exception {
        Database database = LedgerKind.SQLITE.fresh(folder);
        ExecutorService services = Executors.newSingleThreadExecutor();
        try (Connection other = DriverManager.getConnection(database.url());
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            Future<Ledger> started = services.submit(() -> Entries.opened(database));
            assertThatThrownBy(() -> started.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            statement.execute("ROLLBACK");
            try (Ledger ledger = started.get()) {
                assertThat(Entries.add(ledger, Entries.entry())).isTrue();
            }
        } finally {
            services.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNewOneIsToBeBuiltForEachDataFolder(LedgerKind kind) throws Exception {
        Database database = kind.fresh(folder);
        try (Ledger ledger = Entries.opened(database)) {
            assertThat(ledger.isBuilt()).isFalse();
            ledger.markBuilt();
            assertThat(ledger.isBuilt()).isTrue();
        }
        try (Ledger again = Entries.opened(database);
                Ledger another = new Ledger(database.url(), database.user(), database.password(), "another")) {
            assertThat(again.isBuilt()).isTrue();
            another.open();
            assertThat(another.isBuilt()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneOfANewerVersionIsLeftAlone(LedgerKind kind) throws Exception {
        Database database = kind.fresh(folder);
        Entries.opened(database).close();
        run(
                database,
                "INSERT INTO ledger_version (installed_rank, version, description, type, script, checksum, installed_by,"
                        + " installed_on, execution_time, success) SELECT 99, '99', 'of tomorrow', type, 'V99__of_tomorrow.sql', 1,"
                        + " installed_by, installed_on, 1, success FROM ledger_version WHERE version = '1'");
        assertThatOpening(database)
                .hasMessageContaining("a newer Countersign made it (tables of version 99)")
                .hasMessageContaining("run that one");
    }

    @ParameterizedTest
    @EnumSource
    void theTablesOfSomethingElseAreLeftAlone(LedgerKind kind) throws Exception {
        Database database = kind.fresh(folder);
        run(database, "CREATE TABLE invoices (number INTEGER)");
        assertThatOpening(database).hasMessageContaining("it has the tables of something else");
    }

    @Test
    void aFileThatIsNoDatabaseIsLeftAlone() throws Exception {
        Database database = LedgerKind.SQLITE.fresh(folder);
        Path file = Files.writeString(folder.resolve("ledger.db"), "Dear diary, ".repeat(1_000));
        assertThatOpening(database).hasMessageContaining(file + " cannot be opened: it is not an SQLite database");
        assertThat(file).content().startsWith("Dear diary");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        assertThatOpening(new Database("jdbc:sqlite:" + folder.resolve("nowhere/ledger.db"), "", ""))
                .hasMessageContaining("there is no folder " + folder.resolve("nowhere"));
        assertThat(folder.resolve("nowhere")).doesNotExist();
    }

    @Test
    void optionsCannotWeakenIt() {
        assertThatOpening(new Database("jdbc:sqlite:" + folder.resolve("ledger.db?synchronous=OFF"), "", ""))
                .hasMessageContaining("options after '?'");
    }

    @Test
    void everyCommitToAFileIsFlushed() throws Exception {
        try (Ledger ledger = Entries.opened(LedgerKind.SQLITE.fresh(folder))) {
            assertThat(asked(ledger, "PRAGMA synchronous")).isEqualTo("2"); // FULL
            assertThat(asked(ledger, "PRAGMA journal_mode")).isEqualTo("wal");
        }
    }

    @Test
    void everyCommitToAServerIsFlushedWhateverItsUsage() throws Exception {
        Database database = LedgerKind.POSTGRESQL.fresh(folder);
        String name = database.url().substring(database.url().lastIndexOf('/') + 1);
        PostgresServer.shared().administer(database, "ALTER DATABASE " + name + " SET synchronous_commit = off");
        try (Ledger ledger = Entries.opened(database)) {
            assertThat(asked(ledger, "SHOW synchronous_commit")).isEqualTo("on");
        }
        PostgresServer.shared()
                .administer(database, "ALTER DATABASE " + name + " SET synchronous_commit = remote_write");
        try (Ledger ledger = Entries.opened(database)) {
            assertThat(asked(ledger, "SHOW synchronous_commit")).isEqualTo("remote_write");
        }
    }

    @Test
    void itsTablesAreInTheSchemaOfItsSearchPath() throws Exception {
        Database database = LedgerKind.POSTGRESQL.fresh(folder);
        String url = database.url() + "?currentSchema=exchange";
        Database elsewhere = new Database(url, database.user(), database.password());
        assertThatOpening(elsewhere).hasMessageContaining("no schema of its search_path exists (exchange)");
        run(database, "CREATE SCHEMA exchange");
        Entry entry = Entries.entry();
        try (Ledger ledger = Entries.opened(elsewhere)) {
            assertThat(Entries.add(ledger, entry)).isTrue();
            assertThat(Entries.has(ledger, entry)).isTrue();
        }
        run(database, "SELECT id FROM exchange.transfer");
        assertThatThrownBy(() -> run(database, "SELECT id FROM public.transfer"))
                .hasMessageContaining("does not exist");
    }

    @Test
    void aServerThatCannotBeReachedIsNamed() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThatOpening(new Database("jdbc:postgresql://127.0.0.1:" + port + "/ledger", "me", "secret"))
                .hasMessageContaining("127.0.0.1:" + port + "/ledger cannot be opened: there is no connection")
                .hasMessageContaining("see that it runs");
    }

    /** Its machine, or ours, may have started just now. */
    @Test
    void aServerThatIsSlowToLetUsInIsWaitedFor() throws Exception {
        Database database = LedgerKind.POSTGRESQL.fresh(folder);
        URI server = URI.create(database.url().substring("jdbc:".length()));
        try (FaultProxy slow = FaultProxy.before(server.getPort())) {
            slow.fault(Way.TO_CALLER, new Latency(Duration.ofSeconds(6), Duration.ZERO, 1));
            String url = "jdbc:postgresql://127.0.0.1:" + slow.port() + server.getPath();
            CompletableFuture<Void> healed = CompletableFuture.runAsync(
                    () -> {
                        Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> slow.passed(Way.TO_CALLER) > 0);
                        slow.heal();
                    },
                    healing -> new Thread(healing).start());
            try (Ledger ledger = Entries.opened(new Database(url, database.user(), database.password()))) {
                assertThat(Entries.add(ledger, Entries.entry())).isTrue();
            }
            healed.join();
        }
    }

    @Test
    void noPasswordIsTold() throws Exception {
        Database right = LedgerKind.POSTGRESQL.fresh(folder);
        List<String> told = new ArrayList<>();
        Handler driver = new StreamHandler() {
            @Override
            public synchronized void publish(LogRecord record) {
                told.add(record.getMessage());
            }
        };
        Logger.getLogger("").addHandler(driver);
        try (Logged ours = Logged.by("ROOT")) {
            assertThatOpening(new Database(right.url(), right.user(), "guessed-one"))
                    .hasMessageContaining("the server does not let us in")
                    .hasMessageContaining("countersign.ledger-password");
            assertThatOpening(new Database(right.url() + "?user=countersign&password=guessed-one", "", ""))
                    .hasMessageContaining("?user=countersign&password=***");
            assertThatOpening(new Database("jdbc:postgresql://[?password=guessed-one&ssl=true", "", ""))
                    .hasMessageContaining("no address of a database")
                    .hasMessageContaining("password=***&ssl=true");
            told.addAll(ours.news());
        } finally {
            Logger.getLogger("").removeHandler(driver);
        }
        assertThat(told).noneMatch(line -> line.contains("guessed-one"));
    }

    @Test
    void aDatabaseThatIsNotThereIsNamed() throws Exception {
        Database right = LedgerKind.POSTGRESQL.fresh(folder);
        assertThatOpening(new Database(right.url() + "x", right.user(), right.password()))
                .hasMessageContaining("the server has no such database");
    }

    @Test
    void aUserWhoMayNotWriteIsSaid() throws Exception {
        Database database = LedgerKind.POSTGRESQL.fresh(folder);
        Entries.opened(database).close();
        PostgresServer.shared()
                .administer(
                        database,
                        "ALTER TABLE transfer OWNER TO postgres; ALTER TABLE ledger_node OWNER TO postgres;"
                                + " GRANT SELECT ON transfer, ledger_node TO " + database.user());
        assertThatOpening(database).hasMessageContaining("the user may not do that (42501: permission denied");
    }

    private static String asked(Ledger ledger, String sql) throws LedgerException {
        return ledger.commit(connection -> io.countersign.ledger.Database.ask(connection, sql));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertThatOpening(Database database) {
        Ledger ledger = Entries.ledger(database);
        return assertThatThrownBy(ledger::open)
                .isInstanceOf(LedgerException.class)
                .satisfies(failed -> {
                    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
                        assertThat(cause.toString()).doesNotContain("guessed-one");
                    }
                });
    }

    private static void run(Database database, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
