package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(Lifecycle.PER_CLASS)
class HandshakeTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private TestHome home;

    private RunningService service;

    private Certified pinned;

    private Certified selfSigned;

    private Certified pinnedAuthority;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        pinned = home.pinned("acme");
        selfSigned = Issue.to("CN=selfsigned").purposes().selfSigned();
        selfSigned.write(home.certificates(), "selfsigned");
        home.partner("initech", Map.of("certificates", "certificates/selfsigned.crt", "addresses", "any"));
        pinnedAuthority = Issue.root("CN=pinned authority");
        pinnedAuthority.write(home.certificates(), "pinnedauthority");
        home.partner("umbrella", Map.of("certificates", "certificates/pinnedauthority.crt", "addresses", "any"));
        home.partner("hooli", Map.of("subject", "CN=hooli", "addresses", "any"));
        service = RunningService.start(home);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    List<Arguments> strangers() {
        Instant now = Instant.now();
        Certified other = Issue.root("CN=Other authority");
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        Certified expiredIntermediate = Issue.to("CN=Old issuing")
                .asAuthority()
                .valid(now.minus(DAY), now.minus(HOUR))
                .by(home.authority);
        List<Arguments> strangers = new ArrayList<>();
        strangers.add(stranger(
                "of an unknown authority", Issue.to("CN=hooli").by(other), "not among the trusted authorities"));
        strangers.add(stranger(
                "expired",
                Issue.to("CN=hooli").valid(now.minus(DAY), now.minus(HOUR)).by(home.authority),
                "expired on"));
        strangers.add(stranger(
                "not yet valid",
                Issue.to("CN=hooli").valid(now.plus(HOUR), now.plus(DAY)).by(home.authority),
                "is not valid before"));
        strangers.add(
                stranger("self-signed and not pinned", Issue.to("CN=hooli").selfSigned(), "self-signed"));
        strangers.add(stranger(
                "with the pinned one's subject, self-signed",
                Issue.to("CN=selfsigned").selfSigned(),
                "self-signed"));
        strangers.add(stranger(
                "under a pinned certificate that is an authority's",
                Issue.to("CN=hooli").by(pinnedAuthority),
                "not among the trusted authorities"));
        strangers.add(stranger(
                "under a partner's ordinary certificate",
                new Certified(
                        Issue.to("CN=hooli").by(pinned).keys(),
                        List.of(Issue.to("CN=hooli").by(pinned).certificate(), pinned.certificate())),
                "no valid path"));
        strangers.add(stranger(
                "for servers only",
                Issue.to("CN=hooli").purposes(KeyPurposeId.id_kp_serverAuth).by(home.authority),
                "not for TLS clients"));
        strangers.add(stranger(
                "with any purpose but not this one",
                Issue.to("CN=hooli").purposes(KeyPurposeId.anyExtendedKeyUsage).by(home.authority),
                "not for TLS clients"));
        strangers.add(stranger(
                "with an RSA key of 1024 bits",
                Issue.to("CN=hooli").keys(Issue.rsa(1024)).by(home.authority),
                "1024"));
        strangers.add(stranger(
                "with an intermediate left out",
                new Certified(
                        Issue.to("CN=hooli").by(intermediate).keys(),
                        List.of(Issue.to("CN=hooli").by(intermediate).certificate())),
                "not among the trusted authorities"));
        strangers.add(stranger(
                "under an intermediate that expired", Issue.to("CN=hooli").by(expiredIntermediate), "no valid path"));
        return strangers;
    }

    /** The key of the certificate shown is the client's own in each; a wrong pair would fail for another reason. */
    private static Arguments stranger(String which, Certified shown, String reason) {
        return Arguments.of(which, shown, reason);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangers")
    void refusesACertificate(String which, Certified shown, String reason) throws Exception {
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            Refused refused = refusedHandshake(shown, protocol);
            assertThat(refused.reason()).as("%s in %s", which, protocol).contains(reason);
            assertThat(refused.caller().address()).isEqualTo("127.0.0.1");
        }
        assertThat(home.files("inbox")).isEmpty();
    }

    @Test
    void refusesACallerWithoutCertificate() throws Exception {
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            assertThat(refusedHandshake(null, protocol).reason())
                    .containsIgnoringCase("empty client certificate chain");
        }
    }

    @Test
    void refusesASignatureOverSha1() throws Exception {
        Certified weak = Issue.to("CN=hooli").signedWith("SHA1withECDSA").by(home.authority);
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            int before = service.refusals().size();
            assertThatThrownBy(() -> ask(weak, protocol)).isInstanceOf(IOException.class);
            waitForRefusal(before);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3", "TLSv1.2"})
    void acceptsWhatIsPinnedOrIssuedUnderAKnownAuthority(String protocol) throws Exception {
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        List<Certified> genuine = List.of(
                pinned,
                selfSigned,
                pinnedAuthority,
                Issue.to("CN=hooli").by(home.authority),
                Issue.to("CN=hooli").by(intermediate),
                Issue.to("CN=hooli").purposes().by(home.authority),
                Issue.to("CN=hooli").keys(Issue.rsa(2048)).by(home.authority));
        for (Certified shown : genuine) {
            assertThat(ask(shown, protocol)).contains("HTTP/1.1 200");
        }
    }

    @ParameterizedTest(name = "3.{0}")
    @ValueSource(ints = {1, 2})
    void speaksNoOlderVersion(int minor) throws Exception {
        int before = service.refusals().size();
        assertThat(alertTo(minor, 0xc013, 0xc009)).as("protocol_version").isEqualTo(70);
        waitForRefusal(before);
    }

    /** The alert that answers a client that offers no more than this (RFC 5246, 7.2); JDKs offer such things no longer. */
    private int alertTo(int minor, int... suites) throws IOException {
        ByteArrayOutputStream offer = new ByteArrayOutputStream();
        offer.writeBytes(new byte[] {3, (byte) minor});
        offer.writeBytes(new byte[33]); // random, and no session
        offer.writeBytes(new byte[] {0, (byte) (2 * suites.length)});
        for (int suite : suites) {
            offer.writeBytes(new byte[] {(byte) (suite >> 8), (byte) suite});
        }
        offer.writeBytes(new byte[] {1, 0}); // no compression
        int length = offer.size();
        try (Socket socket = new Socket("127.0.0.1", service.port())) {
            socket.setSoTimeout(10_000);
            ByteArrayOutputStream hello = new ByteArrayOutputStream();
            hello.writeBytes(new byte[] {22, 3, 1, 0, (byte) (length + 4), 1, 0, 0, (byte) length});
            hello.writeBytes(offer.toByteArray());
            socket.getOutputStream().write(hello.toByteArray());
            byte[] alert = socket.getInputStream().readNBytes(7);
            assertThat(alert[0]).as("record type").isEqualTo((byte) 21);
            return alert[6];
        }
    }

    @Test
    void speaksOnlyAeadWithForwardSecrecy() throws Exception {
        assertThat(alertTo(3, 0x009c, 0x009d, 0x003c, 0x002f))
                .as("handshake_failure")
                .isEqualTo(40);
        Client client = Client.of(home.authority.certificate(), pinned);
        for (String suite :
                List.of("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA")) {
            int before = service.refusals().size();
            assertThatThrownBy(() -> {
                        try (SSLSocket socket = client.unconnected(service.port())) {
                            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                            socket.setEnabledCipherSuites(new String[] {suite});
                            socket.startHandshake();
                        }
                    })
                    .as(suite)
                    .isInstanceOf(IOException.class);
            waitForRefusal(before);
        }
    }

    @Test
    void doesNotTellStrangersWhomItTrusts() throws Exception {
        assertThat(Client.authoritiesAskedFor(home.authority.certificate(), service.port()))
                .isEmpty();
    }

    private Refused refusedHandshake(Certified shown, String protocol) {
        int before = service.refusals().size();
        assertThatThrownBy(() -> ask(shown, protocol)).isInstanceOf(IOException.class);
        Refused refused = waitForRefusal(before);
        assertThat(refused.code()).isEqualTo("handshake");
        return refused;
    }

    private Refused waitForRefusal(int before) {
        org.awaitility.Awaitility.await().until(() -> service.refusals().size() > before);
        return service.refusals().get(0);
    }

    /** The first line of an answer; under TLS 1.3 a client learns only here that its certificate was refused. */
    private String ask(Certified shown, String protocol) throws IOException {
        try (SSLSocket socket = Client.of(home.authority.certificate(), shown).connect(service.port(), protocol)) {
            return "HTTP/1.1 "
                    + Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .status();
        }
    }
}
