package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.SettableClock;
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

/** A partner that changes its certificate: the old one counts until a date, the new one from another. */
class PinDatesTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final SettableClock clock = new SettableClock();
    private final Instant begins = clock.instant().plus(HOUR);
    private final Instant ends = clock.instant().plus(HOUR.multipliedBy(2));

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified old;
    private Certified next;
    private RunningService service;

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder);
        old = Issue.to("CN=acme").by(home.authority);
        next = Issue.to("CN=acme").selfSigned();
        old.write(home.certificates(), "old");
        next.write(home.certificates(), "next");
        home.partner(
                "acme",
                Map.of(
                        "certificates",
                        "certificates/old.crt until " + ends + ", certificates/next.crt from " + begins,
                        "addresses",
                        "any"));
        service = RunningService.start(home, clock);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void oldAndNewCountEachInItsTimeAndBothInBetween(String protocol) throws Exception {
        assertThat(ask(old, protocol)).isEqualTo(200);
        isRefused(
                next,
                protocol,
                "the pin certificates/next.crt of certificate 'CN=acme' does not count before " + begins);
        clock.advance(HOUR.plusSeconds(60));
        assertThat(ask(old, protocol)).isEqualTo(200);
        assertThat(ask(next, protocol)).isEqualTo(200);
        clock.advance(HOUR);
        assertThat(ask(next, protocol)).isEqualTo(200);
        isRefused(old, protocol, "the pin certificates/old.crt of certificate 'CN=acme' has not counted since " + ends);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aConnectionThatIsOpenWhenItsPinRunsOutIsRefusedAtItsNextRequest(String protocol) throws Exception {
        try (SSLSocket socket = Client.of(home.authority.certificate(), old).connect(service.port(), protocol)) {
            assertThat(who(socket).status()).isEqualTo(200);
            clock.advance(HOUR.multipliedBy(2).plusSeconds(60));
            Answer refused = who(socket);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.body())
                    .contains("urn:countersign:problem:certificate-unknown")
                    .doesNotContain("old.crt", "acme");
        }
        assertThat(service.refusal().reason())
                .contains("the pin certificates/old.crt of certificate 'CN=acme' has not counted since " + ends);
    }

    @Test
    void aChangeOfDatesTakesEffectWhileTheServiceRuns() throws Exception {
        home.partner("acme", Map.of("certificates", "certificates/old.crt from " + begins, "addresses", "any"));
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            try {
                return ask(old, "TLSv1.3") != 200;
            } catch (IOException refused) {
                return true;
            }
        });
        assertThat(service.refusal().reason()).contains("does not count before " + begins);
    }

    private void isRefused(Certified shown, String protocol, String why) {
        int before = service.refusals().size();
        assertThatThrownBy(() -> ask(shown, protocol)).isInstanceOf(IOException.class);
        Awaitility.await().until(() -> service.refusals().size() > before);
        assertThat(service.refusals().get(0).code()).isEqualTo("handshake");
        assertThat(service.refusals().get(0).reason()).isEqualTo(why);
        assertThat(service.refusals().get(0).caller().certificate()).isEqualTo(shown.fingerprint());
    }

    private int ask(Certified shown, String protocol) throws IOException {
        try (SSLSocket socket = Client.of(home.authority.certificate(), shown).connect(service.port(), protocol)) {
            return who(socket).status();
        }
    }

    private static Answer who(SSLSocket socket) throws IOException {
        return Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
}
