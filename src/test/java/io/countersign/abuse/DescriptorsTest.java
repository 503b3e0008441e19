package io.countersign.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that may open 256 files, and many more connections than that: partners get in meanwhile, and all of it recovers. */
class DescriptorsTest {
    private static final int CONNECTIONS = Integer.getInteger("countersign.test.connections", 600);
    private static final int LIMIT = 256;
    private static final String BEGUN = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na";
    private static final String WHOLE = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\na";

    @Test
    void runOutAndComeBack(@TempDir Path folder) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")), "no /proc here");
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        List<Socket> open = new ArrayList<>();
        try (ServiceProcess service = ServiceProcess.startWithFiles(LIMIT, home)) {
            assertThat(service.output()).contains("(countersign.max-connections): the process may open " + LIMIT);
            Client client = Client.of(home.authority.certificate(), acme);
            assertThat(put(client, service)).isEqualTo(201);

            for (int i = 0; i < CONNECTIONS; i++) {
                Socket silent = new Socket();
                open.add(silent);
                try {
                    silent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port()), 10_000);
                } catch (IOException turnedAway) {
                    assertThat(turnedAway).hasMessageContaining("reset");
                }
                if (i % 100 == 99) {
                    assertThat(put(client, service)).isEqualTo(201);
                }
            }
            for (int i = 0; i < LIMIT; i++) { // and by somebody who may
                try {
                    SSLSocket busy = client.connect(service.port());
                    open.add(busy);
                    busy.getOutputStream().write(BEGUN.getBytes(StandardCharsets.US_ASCII));
                    busy.getOutputStream().flush();
                } catch (IOException turnedAway) {
                    assertThat(turnedAway).isNotNull();
                }
            }
            int accepted = 0;
            for (Socket each : open) {
                accepted += each instanceof SSLSocket busy ? end(busy) : 0;
                each.close();
            }
            assertThat(accepted).isPositive();
            int before = 1 + CONNECTIONS / 100 + accepted;
            assertThat(home.files("inbox/acme")).hasSize(before);

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> put(client, service) == 201);
            assertThat(home.files("inbox/acme")).hasSize(before + 1);
            assertThat(home.files("staging")).isEmpty();
            assertThat(service.output()).doesNotContain("Exception", "OutOfMemory");
        } finally {
            for (Socket each : open) {
                each.close();
            }
        }
    }

    private static int put(Client client, ServiceProcess service) throws IOException {
        try (SSLSocket socket = client.connect(service.port())) {
            return Client.exchange(socket, WHOLE).status();
        }
    }

    private static int end(SSLSocket busy) {
        try {
            return Client.exchange(busy, "b").status() == 201 ? 1 : 0;
        } catch (IOException turnedAway) {
            return 0;
        }
    }
}
