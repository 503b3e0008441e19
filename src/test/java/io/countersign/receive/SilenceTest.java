package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.listener.Listeners;
import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Answer;
import io.countersign.testing.Client;
import io.countersign.testing.Connections;
import io.countersign.testing.Fault;
import io.countersign.testing.FaultProxy;
import io.countersign.testing.FaultProxy.Way;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A network on which nothing more comes, and no end either: the service ends such a connection itself, tells whoever can still
 * hear it, and what had begun can be sent again.
 */
class SilenceTest {
    private static final int SIZE = 50_000;
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
    private static final String BODY = "b".repeat(SIZE);

    private final Map<Place, FaultProxy> proxies = new EnumMap<>(Place.class);
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private TestHome home;
    private Client acme;
    private Client globex;

    /** What comes first of what does not come. */
    enum Place {
        HANDSHAKE,
        REST_OF_HANDSHAKE,
        HEAD,
        REST_OF_HEAD,
        BODY,
        REST_OF_BODY,
        LAST_BYTE;

        boolean isOfHandshake() {
            return this == HANDSHAKE || this == REST_OF_HANDSHAKE;
        }

        /** Whether there is a request to answer. */
        boolean isAnswered() {
            return compareTo(HEAD) > 0;
        }

        Place next() {
            List<Place> all = List.of(values());
            return all.get(all.indexOf(this) + 1);
        }

        String file() {
            return "file-" + name();
        }
    }

    @AfterEach
    void end() {
        callers.shutdownNow();
        proxies.values().forEach(FaultProxy::close);
    }

    @Test
    void isEndedByTheServiceWhereverItBegins(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        acme = Client.of(home.authority.certificate(), home.pinned("acme"));
        globex = Client.of(home.authority.certificate(), home.pinned("globex"));
        home.set("countersign.handshake-timeout", "1500ms")
                .set("countersign.header-timeout", "1s")
                .set("countersign.idle-timeout", "2500ms");
        try (RunningService service = RunningService.start(home)) {
            anotherPartnerGoesThroughAtOnce(service);
            Map<Place, CompletableFuture<Integer>> answers = new EnumMap<>(Place.class);
            for (Place place : Place.values()) {
                FaultProxy proxy = FaultProxy.before(service.port());
                proxies.put(place, proxy);
                answers.put(place, CompletableFuture.supplyAsync(() -> status(place, proxy), callers));
            }
            soon().until(() -> home.files("staging").size() == 3);
            anotherPartnerGoesThroughAtOnce(service);

            for (Place place : Place.values()) {
                assertThat(answers.get(place).get(30, TimeUnit.SECONDS))
                        .as(place.toString())
                        .isEqualTo(place.isAnswered() ? 408 : 0);
            }
            isOver(service);
            assertThat(proxies.values()).allMatch(silent -> silent.open() == 1);
            assertThat(service.refusals()).extracting(Refused::reason).satisfiesExactlyInAnyOrder(expected());

            for (Place place : Place.values()) {
                int again = again(service, place);
                assertThat(again).as(place.toString()).isEqualTo(201);
            }
            assertThat(home.files("inbox/acme"))
                    .hasSize(Place.values().length)
                    .allSatisfy(file -> assertThat(file).hasContent(BODY));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Consumer<String>[] expected() {
        List<Consumer<String>> reasons = new ArrayList<>();
        for (Place place : Place.values()) {
            String reason = switch (place) {
                case HANDSHAKE -> "does not begin its handshake: 1.5 s .*";
                case REST_OF_HANDSHAKE -> "does not come to the end of its handshake: 1.5 s .*";
                case HEAD -> ""; // nothing was asked
                case REST_OF_HEAD -> "its header was not whole after 1.0 s .*";
                case BODY -> "the body ended after 0 bytes: .*(idle-timeout|min-data-rate).*";
                case REST_OF_BODY -> "the body ended after 25000 bytes: .*(idle-timeout|min-data-rate).*";
                case LAST_BYTE -> "the body ended after 49999 bytes: .*(idle-timeout|min-data-rate).*";
            };
            if (!reason.isEmpty()) {
                reasons.add(told -> assertThat(told).matches(reason));
            }
        }
        return reasons.toArray(new Consumer[0]);
    }

    /** What is answered; 0 where nothing is. */
    private int status(Place place, FaultProxy proxy) {
        String head = head(place, "Expect: 100-continue\r\n");
        try (Socket plain = new Socket("127.0.0.1", proxy.port());
                SSLSocket socket = acme.over(plain, "localhost")) {
            if (place.isOfHandshake()) {
                proxy.fault(Way.TO_SERVICE, new Fault.Silence(place == Place.HANDSHAKE ? 0 : 100));
            }
            // Only an answer says that all of the handshake has gone through.
            Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Place at = Place.HEAD;
            for (String part : List.of(
                    head.substring(0, 30),
                    head.substring(30),
                    BODY.substring(0, SIZE / 2),
                    BODY.substring(SIZE / 2, SIZE - 1),
                    BODY.substring(SIZE - 1))) {
                if (at == place) {
                    proxy.fault(Way.TO_SERVICE, new Fault.Silence(0));
                }
                long before = proxy.passed(Way.TO_SERVICE);
                socket.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
                if (at == Place.REST_OF_HEAD && at != place) {
                    assertThat(socket.getInputStream().readNBytes(CONTINUE.length()))
                            .asString()
                            .isEqualTo(CONTINUE);
                }
                if (at == place) {
                    return Answer.read(socket.getInputStream()).status();
                }
                soon().until(() -> proxy.passed(Way.TO_SERVICE) >= before + encrypted(part.length()));
                at = at.next();
            }
            return -1;
        } catch (IOException ended) {
            return 0;
        }
    }

    /** With what TLS 1.3 adds to each record (RFC 8446, 5.2). */
    private static int encrypted(int length) {
        return length + 22 * ((length + 16_383) / 16_384);
    }

    private int again(RunningService service, Place place) throws IOException {
        try (SSLSocket socket = acme.connect(service.port())) {
            return Client.exchange(socket, head(place, "") + BODY).status();
        }
    }

    private static String head(Place place, String more) {
        return "PUT /exchange/" + place.file() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + SIZE
                + "\r\nIdempotency-Key: " + place.file() + "\r\n" + more + "\r\n";
    }

    /** Once more where it has taken long: a machine that does much else is no hang. */
    private void anotherPartnerGoesThroughAtOnce(RunningService service) {
        soon().until(() -> {
            long before = System.nanoTime();
            try (SSLSocket socket = globex.connect(service.port())) {
                Answer answer = Client.exchange(
                        socket, "PUT /exchange/other HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\no");
                assertThat(answer.status()).isEqualTo(201);
            }
            return System.nanoTime() - before < Duration.ofSeconds(1).toNanos();
        });
    }

    private void isOver(RunningService service) {
        Listeners listeners = service.service().context().getComponent("jetty", Listeners.class);
        soon().untilAsserted(() -> {
            assertThat(Connections.at(service.port())).isZero();
            assertThat(listeners.gate().inside()).isEmpty();
            assertThat(home.files("staging")).isEmpty();
            assertThat(service.service().context().getInflightRepository().size())
                    .isZero();
        });
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(15)).pollInterval(Duration.ofMillis(20));
    }
}
