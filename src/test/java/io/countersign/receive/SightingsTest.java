package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.sighting.SeenCertificate;
import io.countersign.sighting.SeenCertificates;
import io.countersign.sighting.Use;
import io.countersign.sighting.UseFile;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a running service remembers of the certificates that it was shown. */
class SightingsTest {
    @TempDir
    private Path folder;

    private TestHome home;
    private Certified old;
    private Certified next;
    private RunningService service;

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder);
        old = Issue.to("CN=acme, O=old").by(home.authority);
        next = Issue.to("CN=acme, O=new").by(home.authority);
        old.write(home.certificates(), "old");
        next.write(home.certificates(), "next");
        home.partner(
                "acme",
                Map.of("certificates", "certificates/old.crt, certificates/next.crt", "addresses", "127.0.0.0/8"));
        service = RunningService.start(home);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void thatAPartnerHasSwitchedIsSeenAlsoAfterARestart() throws Exception {
        assertThat(ask(old, "127.0.0.1")).isEqualTo(200);
        service.close();
        assertThat(UseFile.of(home.data(), "acme").read())
                .extracting(Use::fingerprint)
                .containsExactly(old.fingerprint());
        service = RunningService.start(home);
        assertThat(ask(next, "127.0.0.2")).isEqualTo(200);
        service.close();
        assertThat(UseFile.of(home.data(), "acme").read())
                .satisfiesExactly(
                        newest -> {
                            assertThat(newest.fingerprint()).isEqualTo(next.fingerprint());
                            assertThat(newest.address()).isEqualTo("127.0.0.2");
                            assertThat(newest.subject()).isEqualTo("'CN=acme,O=new'");
                        },
                        older -> {
                            assertThat(older.fingerprint()).isEqualTo(old.fingerprint());
                            assertThat(older.address()).isEqualTo("127.0.0.1");
                        });
    }

    @Test
    void aRequestThatIsRefusedIsNoUse() throws Exception {
        service.close();
        home.partner("acme", Map.of("certificates", "certificates/old.crt", "addresses", "10.0.0.0/8"));
        service = RunningService.start(home);
        assertThat(ask(old, "127.0.0.1")).isEqualTo(403);
        service.close();
        assertThat(home.files("used")).isEmpty();
    }

    @Test
    void aCertificateThatNobodyKnowsIsKeptAndItsKeyProven() throws Exception {
        Certified stranger = Issue.to("CN=stranger").by(home.authority);
        assertThat(ask(stranger, "127.0.0.1")).isEqualTo(403);
        SeenCertificate seen = awaitSeen();
        assertThat(seen.certificate()).isEqualTo(stranger.certificate());
        assertThat(seen.possessed()).isTrue();
        assertThat(seen.address()).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aCertificateThatFailsInTheHandshakeIsKeptAndItsKeyNotProven(String protocol) throws Exception {
        Certified stranger = Issue.to("CN=stranger").selfSigned();
        assertThatThrownBy(() -> ask(stranger, "127.0.0.1", protocol)).isInstanceOf(IOException.class);
        SeenCertificate seen = awaitSeen();
        assertThat(seen.certificate()).isEqualTo(stranger.certificate());
        assertThat(seen.possessed()).isFalse();
        assertThat(seen.address()).isEqualTo("127.0.0.1");
        assertThat(service.refusal().caller().certificate()).isEqualTo(stranger.fingerprint());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aCertificateOfAnAuthorityThatChangedItsKeyIsKeptToo(String protocol) throws Exception {
        Certified stranger = Issue.to("CN=stranger").by(Issue.root("CN=Test authority"));
        assertThatThrownBy(() -> ask(stranger, "127.0.0.1", protocol)).isInstanceOf(IOException.class);
        assertThat(awaitSeen().certificate()).isEqualTo(stranger.certificate());
        assertThat(service.refusal().caller().certificate()).isEqualTo(stranger.fingerprint());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aCertificateThatIsKnownAndRefusedIsNamedAndNotKept(String protocol) throws Exception {
        Instant now = Instant.now();
        Certified expired = Issue.to("CN=acme")
                .valid(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)))
                .by(home.authority);
        assertThatThrownBy(() -> ask(expired, "127.0.0.1", protocol)).isInstanceOf(IOException.class);
        assertThat(service.refusal().reason()).contains("expired on");
        assertThat(service.refusal().caller().certificate()).isEqualTo(expired.fingerprint());
        service.close();
        assertThat(SeenCertificates.in(home.data())).isEmpty();
    }

    private SeenCertificate awaitSeen() throws IOException {
        Awaitility.await().until(() -> SeenCertificates.in(home.data()).size() == 1);
        return SeenCertificates.in(home.data()).get(0);
    }

    private int ask(Certified shown, String from, String... protocols) throws IOException {
        try (SSLSocket socket =
                Client.of(home.authority.certificate(), shown).connect(from, service.port(), protocols)) {
            return Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .status();
        }
    }
}
