package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a partner to be is told of itself, before anybody lets it in. */
class PreflightTest {
    private static final String USE = """
            - templatedRoute:
                routeId: preflight
                routeTemplateRef: preflight
                parameters:
                  - name: port
                    value: "0"
                  - name: perMinute
                    value: "%s"
            """;

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private @Nullable RunningService service;

    @BeforeEach
    void describe() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        Certified initech = Issue.to("CN=initech").selfSigned();
        initech.write(home.certificates(), "initech");
        home.partner("initech", Map.of("certificates", "certificates/initech.crt", "addresses", "any"));
        Issue.root("CN=Globex CA").write(home.certificates(), "globex-ca");
        home.partner(
                "globex",
                Map.of("authority", "certificates/globex-ca.crt", "subject", "CN=globex", "addresses", "any"));
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void isOffUnlessItIsSwitchedOn() throws Exception {
        service = RunningService.start(home);

        assertThat(service.service().addresses()).noneMatch(address -> address.contains("preflight"));
    }

    @Test
    void aPartnerIsToldThatItWouldBeAdmitted() throws Exception {
        start(100);

        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            JsonObject told = json(acme, protocol);
            assertThat(told.getBoolean("admitted")).isTrue();
            assertThat(told.getString("partner")).isEqualTo("acme");
            assertThat(told.getString("address")).isEqualTo("127.0.0.1");
            assertThat(told.getString("tls")).isEqualTo(protocol);
            assertThat(((JsonObject) told.get("certificate")).getString("fingerprint"))
                    .isEqualTo(acme.fingerprint());
        }
        assertThat(text(acme)).startsWith("You would be admitted, as acme.\n").contains(acme.fingerprint());
        assertThat(service().refusals()).isEmpty();
    }

    @Test
    void otherwiseItIsToldWhyAndWhatIsWrongWithItsOwnCertificate() throws Exception {
        start(100);
        Instant now = Instant.now();
        Certified issuing = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        Certified chained = Issue.to("CN=globex").by(issuing);

        told(null, "certificate-missing. No client certificate was shown.", "certificate  none");
        told(Issue.to("CN=initech").selfSigned(), "certificate-unknown", "It is self-signed: whoever runs");
        told(Issue.to("CN=x").by(home.authority), "certificate-unknown", "identifies no partner");
        told(
                new Certified(chained.keys(), List.of(chained.certificate())),
                "certificate-unknown",
                "No other certificate was shown with it.");
        told(
                new Certified(
                        chained.keys(),
                        List.of(
                                chained.certificate(),
                                Issue.root("CN=y").certificate(),
                                chained.chain().get(1))),
                "certificate-unknown",
                "The certificates are not in order");
        told(
                Issue.to("CN=x")
                        .valid(now.minus(Duration.ofDays(3)), now.minus(Duration.ofDays(2)))
                        .by(home.authority),
                "certificate-expired",
                "'CN=x' expired on");
        told(
                Issue.to("CN=x")
                        .valid(now.plus(Duration.ofDays(3)), now.plus(Duration.ofDays(4)))
                        .by(home.authority),
                "certificate-expired",
                "is not valid before");
        told(
                Issue.to("CN=x").purposes(KeyPurposeId.id_kp_serverAuth).by(home.authority),
                "certificate-unknown",
                "is not for TLS clients");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "10.0.0.0/8"));
        Awaitility.await().untilAsserted(() -> told(acme, "address-not-allowed", "may not call from 127.0.0.1"));
    }

    /** Whoever asks with made-up certificates learns from the answers neither who is known nor who is trusted. */
    @Test
    void nothingIsToldAboutOthers() throws Exception {
        start(100);
        Certified unknown = Issue.root("CN=Nobody's CA");
        Certified namesake = Issue.root("CN=Globex CA");
        List<String> told = new ArrayList<>();
        for (Certified authority : List.of(unknown, namesake)) {
            for (String subject : List.of("CN=globex", "CN=nobody")) {
                told.add(text(Issue.to(subject).by(authority))
                        .lines()
                        .filter(line -> line.startsWith("You") || line.startsWith("  No other"))
                        .map(line -> line.replaceAll("[0-9a-f]{64}", "…"))
                        .toList()
                        .toString());
            }
        }
        assertThat(told).hasSize(4).containsOnly(told.get(0));
        assertThat(text(Issue.to("CN=initech").selfSigned()).replaceAll("CN=initech", ""))
                .doesNotContainIgnoringCase("initech")
                .doesNotContainIgnoringCase("pin");
    }

    @Test
    void whatItIsRefusedForIsRecordedAndItsCertificateKeptForAnOperator() throws Exception {
        start(100);
        Certified renewed = Issue.to("CN=initech").selfSigned();

        JsonObject told = json(renewed, "TLSv1.3");

        JsonObject problem = (JsonObject) told.get("problem");
        assertThat(service().refusal().reason()).startsWith("asked by preflight: ");
        assertThat(problem.getString("instance"))
                .isEqualTo("urn:uuid:" + service().refusal().id());
        Awaitility.await()
                .untilAsserted(() -> assertThat(home.files("seen"))
                        .extracting(file -> file.getFileName().toString())
                        .containsExactly(renewed.fingerprint() + ".crt"));
    }

    @Test
    void itTakesNoFilesAndAdmitsNobodyElsewhere() throws Exception {
        start(100);

        assertThat(ask(acme, "PUT /preflight HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")
                        .status())
                .isEqualTo(405);
        assertThat(ask(acme, "GET /exchange HTTP/1.1\r\nHost: x\r\n\r\n").status())
                .isEqualTo(404);
        assertThat(home.files("inbox")).isEmpty();
    }

    @Test
    void whoAsksTooOftenHasToWait() throws Exception {
        start(3);
        for (int i = 0; i < 3; i++) {
            assertThat(ask(acme, get("*/*")).status()).isEqualTo(200);
        }

        Answer limited = ask(acme, get("*/*"));

        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.headers()).containsKey("retry-after");
        assertThat(limited.body()).contains(":rate-limited");
    }

    private void start(int perMinute) throws Exception {
        home.write("routes/preflight.camel.yaml", USE.formatted(perMinute));
        service = RunningService.start(home);
    }

    private RunningService service() {
        return java.util.Objects.requireNonNull(service);
    }

    private void told(@Nullable Certified shown, String... words) throws IOException {
        assertThat(text(shown)).startsWith("You would not be admitted: ").contains(words);
    }

    private String text(@Nullable Certified shown) throws IOException {
        Answer answer = ask(shown, get("*/*"));
        assertThat(answer.headers()).containsEntry("content-type", "text/plain;charset=utf-8");
        return answer.body();
    }

    private JsonObject json(Certified shown, String protocol) throws Exception {
        Answer answer = ask(shown, get("application/json"), protocol);
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        return (JsonObject) Jsoner.deserialize(answer.body());
    }

    private static String get(String accept) {
        return "GET /preflight HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + "\r\n\r\n";
    }

    private Answer ask(@Nullable Certified shown, String request, String... protocols) throws IOException {
        Client client = shown == null
                ? Client.of(home.authority.certificate(), null)
                : Client.showing(home.authority.certificate(), shown);
        try (SSLSocket socket = client.connect(service().at("/preflight").getPort(), protocols)) {
            return Client.exchange(socket, request);
        }
    }
}
