package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RevokedList;
import io.countersign.testing.RunningService;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A connection and a session outlive the trust that they were made under: whoever loses it is turned away at the next
 * request, on a connection that is open, in a session that is resumed, and in a new one.
 */
class TurnedAwayTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified issuer;
    private Certified acme;
    private Certified other;
    private final SettableClock clock = new SettableClock();

    /** What becomes of acme, who is known under an authority of the shared trust or by a pin. */
    enum Loss {
        REVOKED("certificate-revoked"),
        EXPIRED("certificate-expired"),
        DELETED("certificate-unknown"),
        DISABLED("partner-disabled"),
        PIN_REMOVED("certificate-unknown"),
        AUTHORITY_REMOVED("certificate-unknown");

        private final String code;

        Loss(String code) {
            this.code = code;
        }

        /** Whether not even a new handshake succeeds. */
        boolean endsHandshakes() {
            return this == REVOKED || this == EXPIRED || this == AUTHORITY_REMOVED;
        }
    }

    enum Caller {
        ON_AN_OPEN_CONNECTION,
        IN_A_RESUMED_SESSION,
        IN_A_NEW_SESSION
    }

    static Stream<Arguments> cases() {
        return Stream.of("TLSv1.2", "TLSv1.3")
                .flatMap(protocol -> Stream.of(Loss.values())
                        .flatMap(loss ->
                                Stream.of(Caller.values()).map(caller -> Arguments.of(protocol, loss, caller))));
    }

    @BeforeEach
    void describe() throws IOException {
        home = new TestHome(folder);
        issuer = Issue.root("CN=Issuer of acme");
        acme = Issue.to("CN=acme").dns("acme.example").by(issuer);
        other = Issue.to("CN=acme").by(home.authority);
        Files.createDirectories(folder.resolve("trust"));
        home.authority.write(folder.resolve("trust"), "ca");
        issuer.write(folder.resolve("trust"), "issuer");
        acme.write(home.certificates(), "acme");
        other.write(home.certificates(), "other");
        home.set("countersign.trust", "trust");
    }

    @ParameterizedTest(name = "{0}: {1}, {2}")
    @MethodSource("cases")
    void isTurnedAwayAtTheNextRequest(String protocol, Loss loss, Caller caller) throws Exception {
        acme(loss, "true");
        try (RunningService service = RunningService.start(home, clock)) {
            Client client = Client.of(home.authority.certificate(), acme);
            try (SSLSocket open = client.connect(service.port(), protocol)) {
                assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
                lose(loss);
                awaitLoss(loss, service);
                switch (caller) {
                    case ON_AN_OPEN_CONNECTION -> assertRefused(service, loss, Client.exchange(open, WHO));
                    case IN_A_RESUMED_SESSION -> {
                        try (SSLSocket resumed = client.connect(service.port(), protocol)) {
                            assertThat(resumed.getSession().getCreationTime())
                                    .as("the session is the first one, resumed")
                                    .isLessThanOrEqualTo(open.getSession().getCreationTime());
                            assertRefused(service, loss, Client.exchange(resumed, WHO));
                        }
                    }
                    case IN_A_NEW_SESSION -> assertNewSessionRefused(service, loss, protocol);
                }
            }
        }
    }

    private void assertNewSessionRefused(RunningService service, Loss loss, String protocol) {
        Client stranger = Client.of(home.authority.certificate(), acme);
        try (SSLSocket fresh = stranger.connect(service.port(), protocol)) {
            Answer answer = Client.exchange(fresh, WHO);
            assertThat(loss.endsHandshakes()).as("no handshake: " + answer).isFalse();
            assertRefused(service, loss, answer);
        } catch (IOException alert) {
            assertThat(loss.endsHandshakes()).as("a handshake: " + alert).isTrue();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> service.refusals().stream()
                            .anyMatch(refused -> refused.code().equals("handshake")));
        }
    }

    private static void assertRefused(RunningService service, Loss loss, Answer answer) {
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("urn:countersign:problem:" + loss.code + "\"");
        assertThat(service.refusals()).anyMatch(refused -> refused.code().equals(loss.code));
    }

    private void acme(Loss loss, String enabled) {
        boolean pinned = loss == Loss.PIN_REMOVED;
        home.partner(
                "acme",
                pinned
                        ? Map.of("certificates", "certificates/acme.crt, certificates/other.crt", "addresses", "any")
                        : Map.of("san", "dns:acme.example", "addresses", "any", "enabled", enabled));
    }

    private void lose(Loss loss) throws IOException {
        switch (loss) {
            case REVOKED ->
                home.write("trust/issuer.crl", RevokedList.of(issuer, acme).pem());
            case EXPIRED -> clock.advance(Duration.ofDays(90));
            case DELETED -> Files.delete(folder.resolve("routes/partners/acme.camel.yaml"));
            case DISABLED -> acme(loss, "false");
            case PIN_REMOVED ->
                home.partner("acme", Map.of("certificates", "certificates/other.crt", "addresses", "any"));
            case AUTHORITY_REMOVED -> Files.delete(folder.resolve("trust/issuer.crt"));
        }
    }

    /** Asked by another connection, so that the one in question is asked once. */
    private void awaitLoss(Loss loss, RunningService service) throws Exception {
        if (loss == Loss.EXPIRED) {
            return;
        }
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    try (SSLSocket probe =
                            Client.of(home.authority.certificate(), acme).connect(service.port(), "TLSv1.3")) {
                        return Client.exchange(probe, WHO).status() == 403;
                    } catch (IOException noHandshake) {
                        return true;
                    }
                });
    }
}
