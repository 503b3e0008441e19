package io.countersign.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partner who begins many files and ends none of them: another partner's go through as ever. */
class SlowBodiesTest {
    private static final int SLOW = Integer.getInteger("countersign.test.slow", 150);
    private static final String BEGUN =
            "PUT /exchange/slow-%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na";

    @Test
    void holdUpNobodyElse(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        Certified globex = home.pinned("globex");
        int places = SLOW / 5;
        home.set("countersign.partner-max-transfers", String.valueOf(places)).set("countersign.idle-timeout", "10m");
        List<SSLSocket> slow = new ArrayList<>();
        try (RunningService service = RunningService.start(home);
                Bystander other = new Bystander(home, globex, service.port())) {
            Client client = Client.of(home.authority.certificate(), acme);
            for (int i = 0; i < SLOW; i++) {
                SSLSocket socket = client.connect(service.port());
                socket.getOutputStream().write(BEGUN.formatted(i).getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                slow.add(socket);
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> service.refusals().size() >= SLOW - places);
            Awaitility.await().until(() -> other.measured() > 100);
            assertThat(other.p99()).as("the 99th percentile, ms").isLessThan(other.bearable());

            Map<Integer, Integer> answers = new HashMap<>();
            for (SSLSocket each : slow) {
                answers.merge(end(each), 1, Integer::sum);
            }
            assertThat(answers).isEqualTo(Map.of(201, places, 429, SLOW - places));
            assertThat(home.files("inbox/acme"))
                    .hasSize(places)
                    .allMatch(file -> file.toFile().length() == 3);
            int sent = other.sent();
            assertThat(home.files("inbox/globex")).hasSize(sent);
            assertThat(service.refusals()).hasSize(SLOW - places);
        } finally {
            for (SSLSocket each : slow) {
                each.close();
            }
        }
    }

    /** Sends the rest, and reads what is said to it. */
    private static int end(SSLSocket socket) throws IOException {
        try {
            socket.getOutputStream().write("bc".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
        } catch (IOException refused) {
            // the answer is there all the same
        }
        return Answer.read(socket.getInputStream()).status();
    }
}
