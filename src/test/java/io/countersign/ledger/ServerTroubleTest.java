package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.PostgresServer;
import io.countersign.testing.PostgresServer.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A ledger whose server ends, cuts connections, or loses the tables. */
class ServerTroubleTest {
    private static final String CUT_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private PostgresServer server;
    private Database database;
    private Ledger ledger;
    private final Entry before = Entries.entry();
    private final ExecutorService caller = Executors.newSingleThreadExecutor();

    @BeforeEach
    void open() throws Exception {
        server = PostgresServer.shared();
        use(server);
    }

    private void use(PostgresServer used) throws Exception {
        database = used.database();
        ledger = Entries.opened(database);
        assertThat(Entries.add(ledger, before)).isTrue();
        assertThat(Entries.has(ledger, before)).isTrue();
    }

    @AfterEach
    void close() {
        ledger.close();
        caller.shutdownNow();
    }

    @Test
    void oneWhoseServerEndsGoesOnWhenItIsThereAgain() throws Exception {
        try (PostgresServer own = PostgresServer.start()) {
            ledger.close();
            use(own);
            own.stop();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> Entries.add(ledger, Entries.entry()))
                        .isInstanceOf(LedgerException.class)
                        .hasMessageContaining(
                                database.url() + " cannot be written: there is no connection to the server");
                assertThatThrownBy(() -> Entries.has(ledger, before))
                        .isInstanceOf(LedgerException.class)
                        .hasMessageContaining("cannot be read: there is no connection");
            }
            assertThat(ledger.trouble()).isPresent();
            own.resume();
            assertThatItWorksAtOnce();
            assertThat(Entries.has(ledger, before)).isTrue();
            assertThat(ledger.trouble()).isEmpty();
            ledger.close();
        }
    }

    @Test
    void connectionsThatWereCutWhileNobodyUsedThemAreNobodysFailure() throws Exception {
        server.administer(database, CUT_ALL);
        assertThatItWorksAtOnce();
        assertThat(Entries.has(ledger, before)).isTrue();
    }

    @Test
    void oneThatIsCutInTheMiddleIsDoneAgainOrNotAtAll() throws Exception {
        Entry entry = Entries.entry();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cut = new CountDownLatch(1);
        Future<Boolean> committing = caller.submit(() -> ledger.commit(connection -> {
            boolean added = new Transfers(connection).add(entry);
            begun.countDown();
            try {
                cut.await();
            } catch (InterruptedException ended) {
                throw new IllegalStateException(ended);
            }
            return added && new Transfers(connection).find(entry.id()).isPresent();
        }));
        begun.await();
        server.administer(database, CUT_ALL);
        cut.countDown();
        assertThat(committing.get()).isTrue();
        assertThat(Entries.has(ledger, entry)).isTrue();
    }

    @Test
    void oneThatIsCutBeforeItsCommitIsNotSaidToBeDone() throws Exception {
        Entry entry = Entries.entry();
        assertThatThrownBy(() -> ledger.commit(connection -> {
                    boolean added = new Transfers(connection).add(entry);
                    server.administer(database, CUT_ALL);
                    return added;
                }))
                .isInstanceOf(LedgerException.class);
        assertThat(Entries.has(ledger, entry)).isFalse();
        assertThatItWorksAtOnce();
    }

    @Test
    void tablesThatAreDroppedAreNotMadeAnew() throws Exception {
        server.administer(database, "ALTER TABLE transfer RENAME TO kept");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Entries.add(ledger, Entries.entry()))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("it has no ledger's tables any more (42P01");
            assertThatThrownBy(() -> Entries.has(ledger, before))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("it has no ledger's tables any more");
        }
        server.administer(database, "ALTER TABLE kept RENAME TO transfer");
        assertThatItWorksAtOnce();
        assertThat(Entries.has(ledger, before)).isTrue();
    }

    @Test
    void oneThatOthersHaveLockedFailsAndGoesOnWhenItIsReleased() throws Exception {
        try (Connection other = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("LOCK TABLE transfer");
            assertThatThrownBy(() -> Entries.add(ledger, Entries.entry()))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("others have had it locked for 5 s or more");
        }
        assertThatItWorksAtOnce();
    }

    private void assertThatItWorksAtOnce() throws Exception {
        long begin = System.nanoTime();
        Entry entry = Entries.entry();
        assertThat(Entries.add(ledger, entry)).isTrue();
        assertThat(Entries.has(ledger, entry)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    }
}
