package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Logged;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A partner at its limit is told when to come back, and the others notice nothing. */
class PartnerLimitsTest {
    private static final int TURNS = Integer.getInteger("countersign.test.turns", 1_000);
    private static final int SLOTS = 64;
    private static final String WHOLE = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";
    private static final String BEGUN = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx";

    @TempDir
    Path folder;

    private TestHome home;
    private Certified acme;
    private Certified globex;

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        globex = home.pinned("globex");
    }

    @Test
    void soManyTransfersAtATime() throws Exception {
        limit("maxTransfers", "2");
        try (RunningService service = RunningService.start(home);
                SSLSocket first = connect(service, acme);
                SSLSocket other = connect(service, globex)) {
            SSLSocket second = connect(service, acme);
            begin(first);
            begin(second);
            awaitStaged(2);

            try (SSLSocket third = connect(service, acme)) {
                Answer answer = Client.exchange(third, WHOLE);
                assertThat(answer.status()).isEqualTo(429);
                assertThat(answer.headers()).containsEntry("retry-after", "5");
                assertThat(answer.body()).contains("urn:countersign:problem:rate-limited", "under way already: 2");
            }
            assertThat(Client.exchange(other, WHOLE).status()).isEqualTo(201);
            assertThat(service.refusal()).satisfies(refused -> {
                assertThat(refused.code()).isEqualTo("rate-limited");
                assertThat(refused.caller().partner()).isEqualTo("acme");
            });

            assertThat(Client.exchange(first, "y").status()).isEqualTo(201);
            assertThat(Client.exchange(first, WHOLE).status()).isEqualTo(201);
            second.close();
            Awaitility.await().untilAsserted(() -> {
                try (SSLSocket third = connect(service, acme)) {
                    begin(third);
                    awaitStaged(1);
                    assertThat(Client.exchange(first, WHOLE).status()).isEqualTo(201);
                    assertThat(Client.exchange(third, "y").status()).isEqualTo(201);
                }
            });
        }
    }

    @Test
    void soManyTransfersOfAllTogether() throws Exception {
        home.set("countersign.max-transfers", "1");
        try (RunningService service = RunningService.start(home);
                SSLSocket first = connect(service, acme);
                SSLSocket other = connect(service, globex)) {
            begin(first);
            awaitStaged(1);
            Answer answer = Client.exchange(other, WHOLE);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsEntry("retry-after", "5");
            assertThat(answer.body()).doesNotContain("acme", "max-transfers");
            assertThat(service.refusal().reason()).contains("countersign.max-transfers");
            assertThat(Client.exchange(first, "y").status()).isEqualTo(201);
        }
    }

    @Test
    void soManyRequestsInATime() throws Exception {
        limit("maxRequests", "3 per 1h");
        try (RunningService service = RunningService.start(home);
                SSLSocket socket = connect(service, acme);
                SSLSocket other = connect(service, globex)) {
            for (int i = 0; i < 3; i++) {
                assertThat(Client.exchange(socket, WHOLE).status()).isEqualTo(201);
            }
            Answer answer = Client.exchange(socket, WHOLE);
            assertThat(answer.status()).isEqualTo(429);
            assertThat(Integer.parseInt(answer.headers().get("retry-after"))).isBetween(1_100, 1_200);
            assertThat(answer.body()).contains("At most 3 requests are taken in 3600 s");
            assertThat(Client.exchange(other, WHOLE).status()).isEqualTo(201);
            assertThat(home.files("inbox/acme")).hasSize(3);
        }
    }

    @Test
    void requestsComeBackWithTime() throws Exception {
        limit("maxRequests", "1 per 2s");
        try (RunningService service = RunningService.start(home)) {
            int accepted = 0;
            while (status(service) == 201) {
                accepted++;
            }
            Awaitility.await().untilAsserted(() -> assertThat(status(service)).isEqualTo(201));
            assertThat(home.files("inbox/acme")).hasSize(accepted + 1);
        }
    }

    @Test
    void soManyBytesInATimeAndThePayloadThatExceedsThemIsTheLast() throws Exception {
        limit("maxBytes", "1000 per 1h");
        try (RunningService service = RunningService.start(home);
                SSLSocket socket = connect(service, acme)) {
            assertThat(Client.exchange(socket, put("b".repeat(600))).status()).isEqualTo(201);
            assertThat(Client.exchange(socket, put("b".repeat(600))).status()).isEqualTo(201);
            Answer answer = Client.exchange(socket, put("b"));
            assertThat(answer.status()).isEqualTo(429);
            assertThat(Integer.parseInt(answer.headers().get("retry-after"))).isBetween(600, 730);
            assertThat(home.files("inbox/acme")).hasSize(2);
        }
    }

    @Test
    void asTheFileSaysNow() throws Exception {
        limit("maxRequests", "1 per 1h");
        try (RunningService service = RunningService.start(home)) {
            assertThat(status(service)).isEqualTo(201);
            assertThat(status(service)).isEqualTo(429);
            limit("maxRequests", "unlimited");
            Awaitility.await().untilAsserted(() -> assertThat(status(service)).isEqualTo(201));
        }
    }

    @Test
    void refusalsForComingTooOftenAreOneLineAMinute() throws Exception {
        limit("maxRequests", "1 per 1h");
        try (Logged log = Logged.by("countersign.refused");
                RunningService service = RunningService.start(home)) {
            for (int i = 0; i < 20; i++) {
                status(service);
            }
            assertThat(service.refusals()).hasSize(19);
            assertThat(log.news()).hasSize(1);
        }
    }

    /** Sixty-four at a time, each as soon as it has its answer; some refused, some broken off, some without an end. */
    @Test
    void noPlaceGetsLost() throws Exception {
        limit("maxTransfers", String.valueOf(SLOTS));
        ExecutorService clients = Executors.newFixedThreadPool(SLOTS);
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        try (RunningService service = RunningService.start(home)) {
            Callable<List<Integer>> client = () -> {
                List<Integer> unexpected = new ArrayList<>();
                SSLSocket socket = connect(service, acme);
                for (int turn = turns.getAndIncrement(); turn < TURNS; turn = turns.getAndIncrement()) {
                    if (turn % 50 == 0) { // the place is this one's still, until the service sees it
                        begin(socket);
                        socket.close();
                        socket = connect(service, acme);
                        continue;
                    }
                    boolean wrong = turn % 10 == 0;
                    int status = Client.exchange(
                                    socket,
                                    wrong
                                            ? WHOLE.replace("\r\n\r\n", "\r\nContent-Digest: sha-256=:AAAA:\r\n\r\n")
                                            : WHOLE)
                            .status();
                    if (status == 201) {
                        accepted.incrementAndGet();
                    } else {
                        refused.incrementAndGet();
                        unexpected.add(status);
                        socket.close();
                        socket = connect(service, acme);
                    }
                }
                socket.close();
                return unexpected;
            };
            List<Future<List<Integer>>> ends = new ArrayList<>();
            for (int i = 0; i < SLOTS; i++) {
                ends.add(clients.submit(client));
            }
            for (Future<List<Integer>> end : ends) {
                assertThat(end.get(10, TimeUnit.MINUTES)).isSubsetOf(400, 429);
            }
            assertThat(accepted).hasValueGreaterThan(TURNS * 8 / 10);
            assertThat(home.files("inbox/acme")).hasSize(accepted.get());

            Awaitility.await()
                    .untilAsserted(() -> assertThat(home.files("staging")).isEmpty());
            List<SSLSocket> all = new ArrayList<>();
            for (int i = 0; i < SLOTS; i++) {
                all.add(connect(service, acme));
                begin(all.get(i));
            }
            awaitStaged(SLOTS);
            assertThat(status(service)).isEqualTo(429);
            for (SSLSocket each : all) {
                assertThat(Client.exchange(each, "y").status()).isEqualTo(201);
                each.close();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private void limit(String property, String value) {
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any", property, value));
    }

    private int status(RunningService service) throws IOException {
        try (SSLSocket socket = connect(service, acme)) {
            return Client.exchange(socket, WHOLE).status();
        }
    }

    private SSLSocket connect(RunningService service, Certified partner) throws IOException {
        return Client.of(home.authority.certificate(), partner).connect(service.port());
    }

    private static void begin(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(BEGUN.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private void awaitStaged(int files) {
        Awaitility.await().until(() -> home.files("staging").size() == files);
    }

    private static String put(String content) {
        return "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + content.length() + "\r\n\r\n"
                + content;
    }
}
