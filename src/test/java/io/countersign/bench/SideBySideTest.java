package io.countersign.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.bench.Load.Connections;
import io.countersign.bench.Load.Result;
import io.countersign.bench.Load.Work;
import io.countersign.testing.Certified;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the benchmark does with each contender, for a moment: that its files arrive, and that its failures are seen. */
class SideBySideTest {
    private static final int MANY = 20;

    @TempDir
    private Path folder;

    private TestHome parties;
    private Certified caller;
    private Load load;

    @BeforeEach
    void makeTheParties() throws Exception {
        parties = new TestHome(folder.resolve("home"));
        caller = parties.pinned("caller");
        load = new Load(parties.authority, caller);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSentArrives(Connections connections) throws Exception {
        try (RunningService service = RunningService.start(parties)) {
            Result result = load.put(service.port(), "/exchange/", work(100_000, connections));
            assertThat(result.failed()).isZero();
            assertThat(result.millis()).hasSize(MANY).isSorted();
            assertThat(result.percentile(99)).isEqualTo(result.millis().get(MANY - 1));
            assertThat(parties.files("inbox/caller"))
                    .hasSize(MANY)
                    .allSatisfy(file -> assertThat(file).hasSize(100_000));
        }
    }

    @Test
    void aBareJettyTakesTheSame() throws Exception {
        Contender jetty = Contender.jetty(folder.resolve("jetty"), parties);
        try (Running running = new Running(jetty, load, -1, folder.resolve("log"))) {
            Result result = load.put(jetty.port(), jetty.path(), work(100_000, Connections.KEPT));
            assertThat(result.failed()).isZero();
            assertThat(jetty.received())
                    .isDirectoryContaining(file -> file.toFile().length() == 100_000);
            assertThat(running.mostMebibytes()).isBetween(20.0, 2_000.0);
        }
    }

    @Test
    void aStrangerFails() throws Exception {
        Certified stranger = new TestHome(folder.resolve("elsewhere")).pinned("caller");
        try (RunningService service = RunningService.start(parties)) {
            Result result =
                    new Load(parties.authority, stranger).put(service.port(), "/exchange/", work(1, Connections.KEPT));
            assertThat(result.failed()).isEqualTo(MANY);
            assertThat(result.millis()).isEmpty();
        }
    }

    @Test
    void thePlotHasABarForEachRatio() {
        String plot = Plot.of(Map.of(
                "1 KiB, files/s",
                Map.of("nginx", List.of(10.0, 30.0, 20.0), "Countersign", List.of(30.0), "Jetty", List.of(15.0))));
        assertThat(plot).contains("1.50 × nginx", "2.00 × Jetty", "width='300'", "width='400'");
    }

    private static Work work(long bytes, Connections connections) {
        return new Work("some", bytes, 4, connections, Duration.ofSeconds(20), MANY);
    }
}
