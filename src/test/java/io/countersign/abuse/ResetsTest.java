package io.countersign.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Connections;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that break off by a reset: nothing of them is kept, and each is recorded once. */
class ResetsTest {
    private static final int RESETS = Integer.getInteger("countersign.test.resets", 150);
    private static final int AT_ONCE = 8;

    @Test
    void leaveNoFileAndNoPlaceTaken(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        home.set("countersign.partner-max-transfers", "64");
        try (RunningService service = RunningService.start(home)) {
            Client client = Client.of(home.authority.certificate(), acme);
            AtomicInteger next = new AtomicInteger();
            ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                ends.add(clients.submit(() -> {
                    for (int n = next.getAndIncrement(); n < RESETS; n = next.getAndIncrement()) {
                        reset(client, service.port(), n);
                        int so = n;
                        Awaitility.await().until(() -> service.refusals().size() > so - AT_ONCE);
                    }
                }));
            }
            clients.shutdown();
            for (Future<?> end : ends) {
                end.get(30, TimeUnit.MINUTES);
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> service.refusals().size() >= RESETS);

            assertThat(service.refusals())
                    .hasSize(RESETS)
                    .allMatch(refused -> refused.reason()
                            .matches("(the body ended after|the connection was closed before the handshake ended).*"));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(home.files("staging")).isEmpty());
            assertThat(home.files("inbox")).isEmpty();
            assertThat(home.files("receipts")).isEmpty();
            Awaitility.await().until(() -> Connections.at(service.port()) == 0);
            assertThat(client.put(service.at("/exchange").resolve("/exchange/whole"), "whole")
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    private static void reset(Client client, int port, int n) {
        Random random = new Random(n);
        try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
            SSLSocket socket = client.over(plain, "localhost");
            String body = "b".repeat(1 + random.nextInt(100_000));
            boolean chunked = random.nextBoolean();
            String head = "PUT /exchange/reset HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                    + (chunked
                            ? "Transfer-Encoding: chunked\r\n\r\n"
                            : "Content-Length: " + (body.length() + 1) + "\r\n\r\n");
            write(socket, head);
            assertThat(socket.getInputStream().readNBytes(25)).asString().startsWith("HTTP/1.1 100 ");
            write(socket, (chunked ? Integer.toHexString(body.length()) + "\r\n" : "") + body);
            plain.setSoLinger(true, 0); // and is closed before TLS could say anything
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static void write(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }
}
