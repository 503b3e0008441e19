package io.countersign.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.settings.InvalidSettingsException;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestHome;
import io.countersign.tls.SampleCertificates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where countersign.operators names certificates, the operations port is for who shows one of them. */
class OperatorLoginTest {
    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private final Certified operator = Issue.to("CN=operator").selfSigned();

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        operator.write(home.certificates(), "operator");
        home.set("countersign.operators", "certificates/operator.crt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void anOperatorIsShownEverything(String host) throws Exception {
        home.set("countersign.operations-host", host);
        try (RunningService service = RunningService.start(home)) {
            for (String path : new String[] {"/health", "/metrics", "/health/live"}) {
                HttpResponse<String> answer = get(service, operator, path);
                assertThat(answer.statusCode()).as(path).isEqualTo(200);
                assertThat(answer.headers().firstValue("content-security-policy"))
                        .isPresent();
            }
            assertThat(service.refusals()).isEmpty();
        }
    }

    @Test
    void nobodyElseIs() throws Exception {
        Certified genuine = Issue.to("CN=operator").by(home.authority);
        try (RunningService service = RunningService.start(home)) {
            for (Certified other :
                    new Certified[] {acme, genuine, Issue.to("CN=operator").selfSigned()}) {
                assertThatThrownBy(() -> get(service, other, "/health")).isInstanceOf(IOException.class);
                soon().untilAsserted(() -> assertThat(service.refusals()).anySatisfy(refused -> {
                    assertThat(refused.code()).isEqualTo("handshake");
                    assertThat(refused.reason())
                            .contains("is not an operator's: it is not in certificates/operator.crt");
                    assertThat(refused.caller().certificate()).isEqualTo(other.fingerprint());
                }));
            }
            assertThatThrownBy(() -> get(service, null, "/health")).isInstanceOf(IOException.class);
            soon().untilAsserted(() -> assertThat(service.refusals())
                    .anySatisfy(refused -> assertThat(refused.reason()).contains("Empty client certificate chain")));
        }
    }

    @Test
    void anExpiredCertificateIsRefused() throws Exception {
        Certified expired = Issue.to("CN=operator")
                .valid(Instant.now().minus(Duration.ofDays(2)), Instant.now().minus(Duration.ofDays(1)))
                .selfSigned();
        expired.write(home.certificates(), "operator");
        try (RunningService service = RunningService.start(home)) {
            assertThatThrownBy(() -> get(service, expired, "/health")).isInstanceOf(IOException.class);
            assertThat(service.refusal().reason()).contains("expired on");
        }
    }

    /** Its connection is kept, and its session may be resumed. */
    @Test
    void anOperatorWhoseCertificateHasBeenReplacedIsOneNoMore() throws Exception {
        Certified next = Issue.to("CN=operator").selfSigned();
        try (RunningService service = RunningService.start(home)) {
            Client before = Client.of(home.authority.certificate(), operator);
            URI health = at(service, "/health");
            assertThat(before.get(health).statusCode()).isEqualTo(200);
            next.write(home.certificates(), "operator");
            soon().untilAsserted(() -> {
                HttpResponse<String> answer = before.get(health);
                assertThat(answer.statusCode()).isEqualTo(403);
                assertThat(answer.body()).contains("urn:countersign:problem:certificate-unknown");
            });
            assertThat(get(service, next, "/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void oneWhoseTimeEndsIsAsWell() throws Exception {
        SettableClock clock = new SettableClock();
        try (RunningService service = RunningService.start(home, clock)) {
            Client client = Client.of(home.authority.certificate(), operator);
            assertThat(client.get(at(service, "/health")).statusCode()).isEqualTo(200);
            clock.advance(Duration.ofDays(61));
            assertThat(client.get(at(service, "/health")).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void anOperatorIsNoPartner() throws Exception {
        Certified genuine = Issue.to("CN=operator").by(home.authority);
        genuine.write(home.certificates(), "operator");
        try (RunningService service = RunningService.start(home)) {
            HttpResponse<String> answer =
                    Client.of(home.authority.certificate(), genuine).get(service.at("/exchange"));
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("certificate-unknown");
        }
    }

    @Test
    void aPartnersCertificateIsAnErrorAtStart() {
        home.set("countersign.operators", "certificates/operator.crt, certificates/acme.crt");
        assertThatThrownBy(() -> RunningService.start(home))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("countersign.operators (-D): certificate 'CN=acme' identifies partner acme;"
                        + " accepted: one of the operator's own");
    }

    @Test
    void aNameThatAPartnerIsKnownByIsOne() {
        Certified both = Issue.to("CN=both").by(home.authority);
        both.write(home.certificates(), "operator");
        home.partner("globex", Map.of("subject", "CN=both", "addresses", "any"));
        assertThatThrownBy(() -> RunningService.start(home))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("certificate 'CN=both' identifies partner globex");
    }

    @Test
    void whatBecomesAPartnersWhileTheServiceRunsIsNoOperatorsAnyMore() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            Client client = Client.of(home.authority.certificate(), operator);
            assertThat(client.get(at(service, "/health")).statusCode()).isEqualTo(200);
            home.partner("globex", Map.of("certificates", "certificates/operator.crt", "addresses", "any"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(client.get(at(service, "/health")).statusCode())
                                    .isEqualTo(403));
            assertThat(service.refusal().reason()).contains("is a partner's, and so no operator's");
        }
    }

    /** An authority's certificate, by whose name a partner becomes known. */
    @Test
    void whatIsAPartnersByItsNameWhileTheServiceRunsIsNoOperatorsAnyMore() throws Exception {
        Certified both = Issue.to("CN=both").by(home.authority);
        both.write(home.certificates(), "operator");
        try (RunningService service = RunningService.start(home)) {
            Client client = Client.of(home.authority.certificate(), both);
            assertThat(client.get(at(service, "/health")).statusCode()).isEqualTo(200);
            home.partner("globex", Map.of("subject", "CN=both", "addresses", "any"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(client.get(at(service, "/health")).statusCode())
                                    .isEqualTo(403));
        }
    }

    @Test
    void aFileThatIsNotThereIsAnErrorAtStart() throws Exception {
        Files.delete(home.certificates().resolve("operator.crt"));
        assertThatThrownBy(() -> RunningService.start(home))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("countersign.operators (-D): ")
                .hasMessageContaining("operator.crt");
    }

    @Test
    void aSampleCertificateLogsNobodyInFromElsewhere() throws Exception {
        SampleCertificates.write(folder.resolve("samples"));
        home.set("countersign.operations-host", "0.0.0.0").set("countersign.operators", "samples/stranger.crt");
        assertThatThrownBy(() -> RunningService.start(home))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("countersign.operators (-D): names a sample certificate");
    }

    @Test
    void norIsTheSampleCompanyShownElsewhere() throws Exception {
        SampleCertificates.write(folder.resolve("samples"));
        home.set("countersign.operations-host", "0.0.0.0")
                .set("countersign.certificate", "samples/company.crt")
                .set("countersign.key", "samples/company.key");
        assertThatThrownBy(() -> RunningService.start(home))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("would show a sample certificate");
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20));
    }

    private HttpResponse<String> get(RunningService service, @Nullable Certified own, String path) throws Exception {
        return Client.of(home.authority.certificate(), own).get(at(service, path));
    }

    private static URI at(RunningService service, String path) {
        return URI.create("https://localhost:" + service.at("/metrics").getPort() + path);
    }
}
