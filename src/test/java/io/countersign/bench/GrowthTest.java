package io.countersign.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.bench.Load.Connections;
import io.countersign.bench.Load.Work;
import io.countersign.ledger.Entry;
import io.countersign.testing.LedgerRows;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the benchmarks of growth and of sending stand on, with little of everything. */
class GrowthTest {
    @TempDir
    private Path folder;

    @Test
    void aFilledLedgerHasSoManyTransfersAndTakesMore() throws Exception {
        TestHome home = new TestHome(folder);
        Load load = new Load(home.authority, home.pinned("caller"));
        Work one = new Work("one", 10, 1, Connections.NEW, Duration.ofSeconds(20), 1);
        try (RunningService service = RunningService.start(home)) {
            assertThat(load.put(service.port(), "/exchange/", one).failed()).isZero();
        }
        Growth.fill(home, 50);
        assertThat(LedgerRows.of(home))
                .hasSize(50)
                .extracting(Entry::id)
                .doesNotHaveDuplicates()
                .isSorted();
        try (RunningService service = RunningService.start(home)) {
            assertThat(load.put(service.port(), "/exchange/", one).failed()).isZero();
        }
        assertThat(LedgerRows.of(home)).hasSize(51);
    }

    @Test
    void whatLiesInAnOutboxIsTaken() throws Exception {
        TestHome home = new TestHome(folder);
        try (Taking taking = new Taking(home.authority, home.company)) {
            Outbox outbox = new Outbox(home, taking);
            try (RunningService service = RunningService.start(home)) {
                assertThat(service.port()).isPositive();
                outbox.drop(outbox.batch(20, 1024));
                assertThat(taking.rate(2, 20, 60)).isPositive();
                assertThat(taking.await(20, 1)).hasSize(20);
            }
            assertThat(home.files("outbox/receiver")).isEmpty();
            assertThat(home.files("sent/receiver"))
                    .filteredOn(file -> file.toFile().length() == 1024)
                    .hasSize(20);
        }
    }
}
