package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody waits for those who take their time, no thread and no other caller. */
class SlowSendersTest {
    private static final int CALLERS = 50;

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
    }

    @Test
    void noThreadWaitsForTheRestOfABody() throws Exception {
        sendInHalves();
    }

    @Test
    void norWhereItsBytesAreCounted() throws Exception {
        home.partner(
                "acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any", "maxBytes", "10MB per 1d"));
        sendInHalves();
    }

    private void sendInHalves() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            List<SSLSocket> slow = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                SSLSocket socket = Client.of(home.authority.certificate(), acme).connect(service.port());
                write(socket, "PUT /exchange/" + i + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nnot");
                slow.add(socket);
            }
            Awaitility.await().until(() -> home.files("staging").size() == CALLERS);
            Awaitility.await().untilAsserted(() -> assertThat(thoseWhoReceive()).isEmpty());
            for (SSLSocket socket : slow) {
                write(socket, "yet");
                assertThat(Answer.read(socket.getInputStream()).status()).isEqualTo(201);
                socket.close();
            }
            assertThat(home.files("inbox/acme"))
                    .hasSize(CALLERS)
                    .allSatisfy(file -> assertThat(file).hasContent("notyet"));
        }
    }

    /** A connection that is silent since its caller waits for the answer has not been silent for too long. */
    @Test
    void aRouteMayTakeLongerThanAConnectionMayBeIdle() throws Exception {
        home.set("countersign.idle-timeout", "500ms");
        home.write("routes/partners/from-acme.camel.yaml", waiting(1_500, true));
        try (RunningService service = RunningService.start(home);
                SSLSocket socket = Client.of(home.authority.certificate(), acme).connect(service.port())) {
            Answer answer = Client.exchange(
                    socket, "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
            assertThat(answer.status()).isEqualTo(201);
            assertThat(home.files("elsewhere")).hasSize(1);
            assertThat(service.refusals()).isEmpty();
        }
    }

    @Test
    void threadsThatManyHaveNeededAtOnceAreGivenBack() throws Exception {
        home.set("countersign.partner-max-transfers", String.valueOf(CALLERS));
        home.write("routes/partners/from-acme.camel.yaml", waiting(2_000, false));
        long before = threadsOfListeners();
        try (RunningService service = RunningService.start(home)) {
            List<SSLSocket> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(Client.of(home.authority.certificate(), acme).connect(service.port()));
            }
            for (int i = 0; i < CALLERS; i++) { // so many handshakes may take longer than the first route
                write(
                        callers.get(i),
                        "PUT /exchange/" + i + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
            }
            Awaitility.await().until(() -> threadsOfListeners() >= before + CALLERS);
            for (SSLSocket socket : callers) {
                assertThat(Answer.read(socket.getInputStream()).status()).isEqualTo(201);
                socket.close();
            }
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> threadsOfListeners() <= before + CALLERS / 2);
        }
    }

    /** @param asynchronous whether no thread waits meanwhile */
    private static String waiting(int millis, boolean asynchronous) {
        return """
                - route:
                    id: from-acme
                    from:
                      uri: direct:from-acme
                      steps:
                        - delay:
                            asyncDelayed: "ASYNCHRONOUS"
                            expression:
                              constant: MILLIS
                        - to:
                            uri: file:{{countersign.data}}/elsewhere
                """.replace("MILLIS", String.valueOf(millis)).replace("ASYNCHRONOUS", String.valueOf(asynchronous));
    }

    private static long threadsOfListeners() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("qtp"))
                .count();
    }

    private static List<String> thoseWhoReceive() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("io.countersign.transfer.")))
                .map(thread -> thread.getKey().getName())
                .toList();
    }

    private static void write(SSLSocket socket, String text) throws Exception {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }
}
