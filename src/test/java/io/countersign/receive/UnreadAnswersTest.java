package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.listener.Listeners;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Connections;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partner asks again and again, and reads nothing of what is answered. */
class UnreadAnswersTest {
    /** More than the system takes for a connection. */
    private static final int ASKED = 3_000;

    /** Comes back in the refusal. */
    private static final String LONG = "x".repeat(4_000);

    @TempDir
    Path folder;

    private TestHome home;
    private Certified acme;
    private final Socket plain = new Socket();
    private SSLSocket socket;

    @BeforeEach
    void makeAHome() throws IOException {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        plain.setReceiveBufferSize(4_096);
    }

    @AfterEach
    void close() throws IOException {
        plain.close();
    }

    @Test
    void costNoThreadAndComeToAnEnd() throws Exception {
        home.set("countersign.idle-timeout", "1500ms");
        try (RunningService service = RunningService.start(home)) {
            String location = receiveAndAsk(service);
            soon().during(Duration.ofMillis(500)).until(() -> isWriting(service));
            isOver(service);
            assertThat(service.refusals()).isEmpty();
            assertThat(home.files("inbox"))
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasContent("whole"));
            assertThat(Client.of(home.authority.certificate(), acme)
                            .get(service.at("/exchange").resolve(location))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void ofRefusalsNeither() throws Exception {
        home.set("countersign.idle-timeout", "1500ms");
        try (RunningService service = RunningService.start(home)) {
            connect(service);
            ask("PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Encoding: " + LONG
                    + "\r\n\r\nxy");
            soon().during(Duration.ofMillis(500)).until(() -> isWriting(service));
            isOver(service);
            assertThat(service.refusals()).isNotEmpty();
            assertThat(home.files("inbox")).isEmpty();
        }
    }

    private String receiveAndAsk(RunningService service) throws IOException {
        connect(service);
        Answer received = Client.exchange(
                socket, "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nwhole");
        assertThat(received.status()).isEqualTo(201);
        String location = received.headers().get("location");
        ask("GET " + location + " HTTP/1.1\r\nHost: localhost\r\nAccept: application/pkcs7-mime\r\n\r\n");
        return location;
    }

    private void connect(RunningService service) throws IOException {
        plain.connect(new InetSocketAddress("127.0.0.1", service.port()));
        socket = Client.of(home.authority.certificate(), acme).over(plain, "localhost");
    }

    private void ask(String asked) {
        byte[] request = asked.getBytes(StandardCharsets.US_ASCII);
        Thread asking = new Thread(() -> ask(socket, request), "asking");
        asking.setDaemon(true);
        asking.start();
    }

    private static void ask(Socket socket, byte[] request) {
        try {
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < ASKED; i++) {
                out.write(request);
            }
        } catch (IOException ended) {
            assertThat(ended).isNotNull();
        }
    }

    /** And no thread does it. */
    private static boolean isWriting(RunningService service) {
        return Connections.at(service.port()) == 1
                && Connections.unsent(service.port()) > 10_000
                && Thread.getAllStackTraces().values().stream()
                        .flatMap(Arrays::stream)
                        .noneMatch(frame -> frame.getClassName().endsWith(".AsSent"));
    }

    private static void isOver(RunningService service) {
        soon().untilAsserted(() -> {
            assertThat(Connections.at(service.port())).isZero();
            assertThat(listeners(service).gate().inside()).isEmpty();
            assertThat(service.service().context().getInflightRepository().size())
                    .isZero();
        });
    }

    private static Listeners listeners(RunningService service) {
        return service.service().context().getComponent("jetty", Listeners.class);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }
}
