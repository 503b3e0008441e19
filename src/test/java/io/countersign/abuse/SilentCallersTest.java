package io.countersign.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Connections;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers who say nothing, or nonsense, at once: each is recorded once, and a partner notices nothing of them. */
class SilentCallersTest {
    private static final int SILENT = Integer.getInteger("countersign.test.silent", 300);
    private static final int GARBAGE = Integer.getInteger("countersign.test.nonsense", 150);

    @Test
    void holdUpNobody(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        home.set("countersign.max-connections", String.valueOf(SILENT * 4 / 5))
                .set("countersign.handshake-timeout", "5s");
        List<Socket> open = new ArrayList<>();
        Random random = new Random(7);
        try (RunningService service = RunningService.start(home);
                Bystander partner = new Bystander(home, acme, service.port())) {
            for (int i = 0; i < SILENT + GARBAGE; i++) {
                Socket stranger = new Socket();
                open.add(stranger);
                try {
                    stranger.bind(new InetSocketAddress(
                            InetAddress.getByAddress(new byte[] {127, 1, (byte) (i >> 8), (byte) i}), 0));
                    stranger.connect(new InetSocketAddress("127.0.0.1", service.port()), 10_000);
                    if (i % (SILENT + GARBAGE) < GARBAGE) {
                        byte[] nonsense = new byte[1 + random.nextInt(600)];
                        random.nextBytes(nonsense);
                        nonsense[0] = 22;
                        stranger.getOutputStream().write(nonsense);
                    }
                } catch (IOException turnedAway) {
                    assertThat(turnedAway).hasMessageContaining("reset");
                }
            }
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> strangers(service) >= SILENT + GARBAGE);
            Awaitility.await().until(() -> partner.measured() > 100);

            assertThat(partner.p99()).as("the 99th percentile, ms").isLessThan(partner.bearable());
            int sent = partner.sent();
            assertThat(home.files("inbox/acme")).hasSize(sent);
            assertThat(strangers(service)).isEqualTo(SILENT + GARBAGE);
            assertThat(service.refusals())
                    .anyMatch(refused -> refused.reason().contains("countersign.handshake-timeout"))
                    .anyMatch(refused -> refused.reason().contains("gave way to others"));
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(Connections.at(service.port())).isZero());
        } finally {
            for (Socket each : open) {
                each.close();
            }
        }
    }

    /** How many of them were refused: not a partner's new connection, which may have given way once among so many. */
    private static long strangers(RunningService service) {
        return service.refusals().stream()
                .filter(refused -> !"127.0.0.1".equals(refused.caller().address()))
                .count();
    }
}
