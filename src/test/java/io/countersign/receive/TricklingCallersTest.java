package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Connections;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wherever a caller lets a little come now and then, and never the end of it, the service ends the connection. */
class TricklingCallersTest {
    private static final String PUT = "PUT /exchange/%s HTTP/1.1\r\nHost: localhost\r\n";
    private static final String CHUNKED = PUT + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n";

    @TempDir
    Path folder;

    private TestHome home;
    private Certified acme;
    private final List<Socket> open = new ArrayList<>();
    private final ScheduledExecutorService drops = Executors.newScheduledThreadPool(2);

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        home.set("countersign.handshake-timeout", "2s")
                .set("countersign.header-timeout", "1s")
                .set("countersign.idle-timeout", "1s");
    }

    @AfterEach
    void end() throws IOException {
        drops.shutdownNow();
        for (Socket each : open) {
            each.close();
        }
    }

    @Test
    void areEndedWhereverTheyAre() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            int port = service.port();
            int operations = service.at("/health").getPort();
            // Between requests, behind one, and within a TLS record.
            trickle(tls(port), "", "\r\n");
            trickle(tls(port), "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n", "\r\n");
            trickle(tls(port), "GET /exchange HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "a");
            trickle(tls(port), "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", "a");
            trickle(underTls(port), "\27\3\3\100\0", "a");
            // Within bodies that are taken, and one that is not.
            trickle(tls(port), PUT.formatted("a") + "Content-Length: 100000\r\n\r\n", "a");
            trickle(tls(port), CHUNKED.formatted("b"), "1\r\na\r\n");
            trickle(tls(port), CHUNKED.formatted("c") + "1;", "a");
            trickle(tls(port), CHUNKED.formatted("d") + "0\r\nX-Trailer: ", "a");
            trickle(tls(port), PUT.formatted("e") + "Content-Encoding: br\r\nContent-Length: 100000\r\n\r\n", "a");
            // Without TLS.
            trickle(plain(operations), "", "\r\n");
            trickle(plain(operations), "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-", "a");
            trickle(
                    plain(operations),
                    "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                    "a");
            trickle(plain(operations), "PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n", "a");

            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(Connections.at(port)).isZero();
                assertThat(Connections.at(operations)).isZero();
            });
            assertThat(home.files("inbox")).isEmpty();
            assertThat(home.files("staging")).isEmpty();
            // Each once: two headers, four bodies, and what is answered otherwise.
            assertThat(service.refusals()).hasSize(9);
        }
    }

    private Socket plain(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        open.add(socket);
        return socket;
    }

    private SSLSocket tls(int port) throws IOException {
        SSLSocket socket = Client.of(home.authority.certificate(), acme).over(plain(port), "localhost");
        socket.startHandshake();
        return socket;
    }

    /** What lies under a connection whose handshake is over. */
    private Socket underTls(int port) throws IOException {
        Socket plain = plain(port);
        SSLSocket socket = Client.of(home.authority.certificate(), acme).over(plain, "localhost");
        open.add(socket);
        Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return plain;
    }

    private void trickle(Socket socket, String first, String then) throws IOException {
        open.add(socket);
        write(socket, first);
        var unused = drops.scheduleAtFixedRate(
                () -> {
                    try {
                        write(socket, then);
                    } catch (IOException over) {
                        throw new IllegalStateException(over); // no more of it
                    }
                },
                100,
                100,
                TimeUnit.MILLISECONDS);
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
