package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.testing.Responder;
import io.countersign.testing.RevokedList;
import io.countersign.testing.RunningService;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client's certificate that is revoked opens no connection, and ends the use of one that is open. */
class RevokedClientTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String OCSP = "/ocsp";

    private final Responder responder = Responder.start();
    private final SettableClock clock = new SettableClock();

    @TempDir
    private Path folder;

    private TestHome home;

    private Certified acme;

    @BeforeEach
    void describe() {
        home = new TestHome(folder).set("countersign.revocation-wait", "2s");
        acme = Issue.to("CN=acme").ocsp(responder.url(OCSP)).by(home.authority);
        home.partner("acme", Map.of("subject", "CN=acme", "addresses", "any"));
    }

    @AfterEach
    void end() {
        responder.close();
    }

    @ParameterizedTest(name = "{0}, pinned: {1}")
    @CsvSource({"TLSv1.2, true", "TLSv1.2, false", "TLSv1.3, true", "TLSv1.3, false"})
    void isRefusedInTheHandshake(String protocol, boolean pinned) throws Exception {
        if (pinned) {
            pin();
        }
        says(OcspAnswer.revoked(home.authority, acme));

        try (RunningService service = RunningService.start(home)) {
            assertThatThrownBy(() -> ask(service, protocol)).isInstanceOf(IOException.class);
            assertThat(service.refusal().code()).isEqualTo("handshake");
            assertThat(service.refusal().reason())
                    .contains("certificate 'CN=acme' is revoked since", "says OCSP responder " + responder.url(OCSP));
            assertThat(service.refusal().caller().certificate()).isEqualTo(acme.fingerprint());
        }
    }

    @ParameterizedTest(name = "{0}, pinned: {1}")
    @CsvSource({"TLSv1.2, true", "TLSv1.2, false", "TLSv1.3, true", "TLSv1.3, false"})
    void isRefusedAtTheNextRequestOnceTheOldAnswerHasRunOut(String protocol, boolean pinned) throws Exception {
        if (pinned) {
            pin();
        }
        says(OcspAnswer.good(home.authority, acme));

        try (RunningService service = RunningService.start(home, clock)) {
            Client client = Client.of(home.authority.certificate(), acme);
            try (SSLSocket open = client.connect(service.port(), protocol)) {
                assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
                says(OcspAnswer.revoked(home.authority, acme));
                assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
                assertThat(responder.asked(OCSP)).as("the answer is kept").isEqualTo(1);

                clock.advance(Duration.ofMinutes(61));
                Answer refused = Client.exchange(open, WHO);
                assertThat(refused.status()).isEqualTo(403);
                assertThat(refused.body())
                        .contains(":certificate-revoked\"", "The certificate has been revoked.")
                        .doesNotContain(OCSP);
                assertThat(service.refusal().reason()).contains("is revoked since", "(key compromise)");
                try (SSLSocket resumed = client.connect(service.port(), protocol)) {
                    assertThat(Client.exchange(resumed, WHO).body()).contains(":certificate-revoked\"");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void isRefusedWhereNobodyCanSay(String protocol) throws Exception {
        says(OcspAnswer.good(home.authority, acme));

        try (RunningService service = RunningService.start(home, clock)) {
            Client client = Client.of(home.authority.certificate(), acme);
            try (SSLSocket open = client.connect(service.port(), protocol)) {
                assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
                responder.silentAt(OCSP);
                clock.advance(Duration.ofMinutes(70));
                Answer refused = Client.exchange(open, WHO);
                assertThat(refused.headers()).containsEntry("retry-after", "30");
                assertThat(refused.body())
                        .contains(":certificate-revoked\"", "cannot be found out at the moment")
                        .doesNotContain(responder.url(OCSP));
                assertThat(service.refusal().reason())
                        .contains("nobody says that certificate 'CN=acme' is not revoked", "did not answer in time");
            }
            assertThatThrownBy(() -> ask(service, protocol)).isInstanceOf(IOException.class);
        }
    }

    /** Left out in silence it would admit whom it revokes. */
    @Test
    void aListThatCannotBeUsedStopsTheStart(@TempDir Path other) throws Exception {
        TestHome home = new TestHome(other);
        home.authority.write(other.resolve("trust"), "ca");
        home.set("countersign.trust", "trust");
        home.pinned("acme");
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        home.write(
                "trust/ca.crl",
                RevokedList.of(home.authority)
                        .valid(tomorrow, tomorrow.plus(Duration.ofDays(1)))
                        .pem());
        assertThatThrownBy(() -> RunningService.start(home).close())
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("1 problem ")
                .hasMessageContaining("countersign.trust")
                .hasMessageContaining("is not valid before");
    }

    @Test
    void isTakenWhereNobodyCanSayAndThatIsAllowed() throws Exception {
        home.set("countersign.revocation-unknown", "allow");
        responder.closesAt(OCSP);

        try (RunningService service = RunningService.start(home)) {
            assertThat(ask(service, "TLSv1.3").status()).isEqualTo(200);
        }
    }

    @Test
    void isRefusedByAListBesideTheAuthorities() throws Exception {
        Certified listed = Issue.to("CN=acme").by(home.authority);
        Files.createDirectories(folder.resolve("trust"));
        home.authority.write(folder.resolve("trust"), "ca");
        Files.delete(folder.resolve("trust/ca.key"));
        Files.write(
                folder.resolve("trust/list.crl"),
                RevokedList.of(home.authority, listed).bytes());
        home.set("countersign.trust", "trust");

        try (RunningService service = RunningService.start(home)) {
            assertThat(ask(service, "TLSv1.3", Issue.to("CN=acme").by(home.authority))
                            .status())
                    .isEqualTo(200);
            assertThatThrownBy(() -> ask(service, "TLSv1.3", listed)).isInstanceOf(IOException.class);
            Refused refused = service.refusal();
            assertThat(refused.reason()).contains("says revocation list " + folder.resolve("trust/list.crl"));
        }
    }

    @Test
    void isAskedAboutUnderAnIntermediateThatIsRevoked() throws Exception {
        Certified issuing = Issue.to("CN=Issuing")
                .asAuthority()
                .ocsp(responder.url("/issuing"))
                .by(home.authority);
        responder.says(
                "/issuing", () -> OcspAnswer.revoked(home.authority, issuing).bytes());

        try (RunningService service = RunningService.start(home)) {
            assertThatThrownBy(() -> ask(service, "TLSv1.3", Issue.to("CN=acme").by(issuing)))
                    .isInstanceOf(IOException.class);
            assertThat(service.refusal().reason()).contains("certificate 'CN=Issuing' is revoked since");
        }
    }

    private void pin() {
        acme.write(home.certificates(), "acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"));
    }

    /** For a little longer than an answer is kept. */
    private void says(OcspAnswer answer) {
        Instant now = Instant.now();
        responder.says(OCSP, answer.valid(now, now.plus(Duration.ofMinutes(62)))::bytes);
    }

    private Answer ask(RunningService service, String protocol) throws IOException {
        return ask(service, protocol, acme);
    }

    private Answer ask(RunningService service, String protocol, Certified shown) throws IOException {
        try (SSLSocket socket = Client.of(home.authority.certificate(), shown).connect(service.port(), protocol)) {
            return Client.exchange(socket, WHO);
        }
    }
}
