package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.LedgerKind;
import io.countersign.testing.PostgresServer.Database;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who commits at the same time shares a transaction, and nothing else. */
class GroupCommitTest {
    @TempDir
    private Path folder;

    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        callers.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void manyCommitsTakeFewTransactionsAndAllAreDurable(LedgerKind kind) throws Exception {
        Database database = kind.fresh(folder);
        List<Entry> entries = new ArrayList<>();
        try (Ledger ledger = Entries.opened(database)) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                Entry entry = Entries.entry();
                entries.add(entry);
                calls.add(() -> Entries.add(ledger, entry));
            }
            ExecutorService most = Executors.newFixedThreadPool(200);
            long before = ledger.batches();
            for (Future<Boolean> added : most.invokeAll(calls)) {
                assertThat(added.get()).isTrue();
            }
            most.shutdown();
            assertThat(ledger.commits()).isGreaterThanOrEqualTo(1_000);
            assertThat(ledger.batches() - before).isLessThan(250);
        }
        try (Ledger ledger = Entries.opened(database)) {
            assertThat(Entries.all(ledger))
                    .extracting(Entry::id)
                    .containsExactlyInAnyOrderElementsOf(
                            entries.stream().map(Entry::id).toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneThatComesAloneWaitsForNobody(LedgerKind kind) throws Exception {
        try (Ledger ledger = Entries.opened(kind.fresh(folder))) {
            long begin = System.nanoTime();
            long before = ledger.batches();
            for (int i = 0; i < 20; i++) {
                Entries.add(ledger, Entries.entry());
            }
            assertThat(ledger.batches() - before).isGreaterThanOrEqualTo(20);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatFailsDoesNotHarmItsNeighbours(LedgerKind kind) throws Exception {
        try (Ledger ledger = Entries.opened(kind.fresh(folder));
                Held held = new Held(ledger)) {
            List<Entry> entries = new ArrayList<>();
            List<Future<Boolean>> good = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Entry entry = Entries.entry();
                entries.add(entry);
                good.add(callers.submit(() -> Entries.add(ledger, entry)));
            }
            Entry undone = Entries.entry();
            Future<Boolean> wrong = callers.submit(() -> ledger.commit(connection -> {
                new Transfers(connection).add(undone);
                return connection
                        .prepareStatement("SELECT nothing FROM transfer")
                        .execute();
            }));
            Future<Boolean> thrown = callers.submit(() -> ledger.commit(connection -> {
                new Transfers(connection).add(undone);
                throw new IllegalStateException("of its own");
            }));
            held.awaitCompany(12);
            held.release();
            for (Future<Boolean> added : good) {
                assertThat(added.get()).isTrue();
            }
            assertThatThrownBy(wrong::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            LedgerException.class,
                            failed -> assertThat(failed.isFull()).isFalse())
                    .hasMessageContaining("that cannot be done")
                    .hasCauseInstanceOf(SQLException.class);
            assertThatThrownBy(thrown::get)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("of its own");
            for (Entry entry : entries) {
                assertThat(Entries.has(ledger, entry)).isTrue();
            }
            assertThat(Entries.has(ledger, undone)).isFalse();
            assertThat(ledger.trouble()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneOf64HasTheClaim(LedgerKind kind) throws Exception {
        Database database = kind.fresh(folder);
        try (Ledger ledger = Entries.opened(database);
                Ledger another = Entries.opened(database)) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                Ledger either = i % 2 == 0 ? ledger : another;
                calls.add(() -> Entries.add(either, Entries.entry("the key")));
            }
            int won = 0;
            for (Future<Boolean> added : callers.invokeAll(calls)) {
                won += added.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsInterruptedIsToldAllTheSame(LedgerKind kind) throws Exception {
        try (Ledger ledger = Entries.opened(kind.fresh(folder))) {
            Entry entry = Entries.entry();
            Thread.currentThread().interrupt();
            assertThat(Entries.add(ledger, entry)).isTrue();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(Entries.has(ledger, entry)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingFinishesWhatWaits(LedgerKind kind) throws Exception {
        Database database = kind.fresh(folder);
        Entry entry = Entries.entry();
        Ledger ledger = Entries.opened(database);
        try (Held held = new Held(ledger)) {
            Future<Boolean> waiting = callers.submit(() -> Entries.add(ledger, entry));
            held.awaitCompany(1);
            Future<?> closing = callers.submit(ledger::close);
            Awaitility.await().until(() -> ledger.trouble().isPresent());
            held.release();
            assertThat(waiting.get()).isTrue();
            closing.get();
        }
        assertThatThrownBy(() -> Entries.add(ledger, Entries.entry()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("is not open");
        try (Ledger again = Entries.opened(database)) {
            assertThat(Entries.has(again, entry)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoReadsCannotWrite(LedgerKind kind) throws Exception {
        try (Ledger ledger = Entries.opened(kind.fresh(folder))) {
            Entry entry = Entries.entry();
            assertThatThrownBy(() -> ledger.read(connection -> new Transfers(connection).add(entry)))
                    .isInstanceOf(LedgerException.class);
            assertThat(Entries.has(ledger, entry)).isFalse();
        }
    }

    /** Keeps the writer busy, so that others must wait for it together. */
    private final class Held implements AutoCloseable {
        private final CountDownLatch release = new CountDownLatch(1);
        private final Ledger ledger;
        private final Future<String> holding;

        Held(Ledger ledger) throws InterruptedException {
            this.ledger = ledger;
            CountDownLatch begun = new CountDownLatch(1);
            holding = callers.submit(() -> ledger.commit(connection -> {
                begun.countDown();
                try {
                    release.await();
                } catch (InterruptedException ended) {
                    throw new IllegalStateException(ended);
                }
                return "held";
            }));
            begun.await();
        }

        void awaitCompany(int callers) {
            Awaitility.await().until(() -> ledger.waiting() >= callers);
        }

        void release() throws InterruptedException, ExecutionException {
            release.countDown();
            holding.get();
        }

        @Override
        public void close() {
            release.countDown();
        }
    }
}
