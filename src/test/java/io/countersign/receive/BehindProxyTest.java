package io.countersign.receive;

import static io.countersign.testing.ProxyDoor.freePort;
import static io.countersign.testing.ProxyDoor.member;
import static io.countersign.testing.ProxyDoor.port;
import static io.countersign.testing.ProxyDoor.shown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.testing.ProxyBytes;
import io.countersign.testing.ProxyDoor;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A proxy at 127.0.0.5 that ends the callers' TLS, and says what certificate they have shown (RFC 9440), on a listener of its
 * own.
 */
class BehindProxyTest {
    private static final String PROXY = "127.0.0.5";
    private static final String OTHER = "127.0.0.9";
    private static final String FROM = "X-Forwarded-For: 198.51.100.7\r\n";
    private static final String PUT_HEADERS = "Content-Length: 5\r\n";

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified proxy;
    private Certified acme;
    private final SettableClock clock = new SettableClock();

    @BeforeEach
    void describe() {
        home = new TestHome(folder);
        proxy = Issue.to("CN=proxy").by(home.authority);
        proxy.write(home.certificates(), "proxy");
        acme = home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "198.51.100.0/24"));
        home.set("countersign.proxies", PROXY).set("countersign.without-proxy", "direct");
        home.write("routes/behind-proxy.camel.yaml", door("behind-proxy", "certificates/proxy.crt", ""));
    }

    @Test
    void aPinnedPartnerIsAdmittedAndGetsItsReceipt() throws Exception {
        try (RunningService service = start();
                SSLSocket socket = connect(service, proxy)) {
            Answer who = ask(socket, FROM + shown(acme));
            assertThat(who.status()).as(who.body()).isEqualTo(200);
            assertThat(who.body()).contains("\"partner\":\"acme\"", "\"address\":\"198.51.100.7\"", acme.fingerprint());
            Answer put = Client.exchange(
                    socket,
                    "PUT /exchange/order HTTP/1.1\r\nHost: localhost\r\n" + FROM + shown(acme) + PUT_HEADERS
                            + "\r\nhello");
            assertThat(put.status()).as(put.body()).isEqualTo(201);
            assertThat(put.body()).contains("\"address\":\"198.51.100.7\"", acme.fingerprint());
            String location = put.headers().get("location");
            assertThat(location).startsWith("/exchange/receipts/");
            Answer receipt = Client.exchange(
                    socket, "GET " + location + " HTTP/1.1\r\nHost: localhost\r\n" + FROM + shown(acme) + "\r\n");
            assertThat(receipt.status()).isEqualTo(200);
            assertThat(receipt.body()).isEqualTo(put.body());
            assertThat(home.files("inbox/acme")).hasSize(1);
            assertThat(service.refusals()).isEmpty();
        }
    }

    @Test
    void onOneConnectionEachRequestHasItsOwnCaller() throws Exception {
        Certified globex = home.pinned("globex");
        home.partner("globex", Map.of("certificates", "certificates/globex.crt", "addresses", "2001:db8::/32"));
        try (RunningService service = start();
                SSLSocket socket = connect(service, proxy)) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(socket, FROM + shown(acme)).body()).contains("\"partner\":\"acme\"");
                assertThat(ask(socket, "X-Forwarded-For: 2001:db8::7\r\n" + shown(globex))
                                .body())
                        .contains("\"partner\":\"globex\"", "\"address\":\"2001:db8::7\"");
                assertRefused(service, ask(socket, FROM), 403, "certificate-missing", "No client certificate");
                assertRefused(
                        service,
                        ask(socket, FROM + shown(globex)),
                        403,
                        "address-not-allowed",
                        "198.51.100.7 is not among the partner's addresses");
            }
        }
    }

    @Test
    void whatIsRefusedThereIsNoErrorOfTheRoute() throws Exception {
        try (Logged log = Logged.by("org.apache.camel.processor");
                RunningService service = start();
                SSLSocket socket = connect(service, proxy)) {
            assertRefused(service, ask(socket, FROM), 403, "certificate-missing", "No client certificate");
            assertThat(log.news()).isEmpty();
        }
    }

    @Test
    void aPartnerUnderAnAuthorityIsAdmittedByTheChainThatTheProxyPassesOn() throws Exception {
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        Certified hooli = Issue.to("CN=edi").dns("hooli.example").by(intermediate);
        home.partner("hooli", Map.of("san", "dns:hooli.example", "addresses", "any"));
        try (RunningService service = start();
                SSLSocket socket = connect(service, proxy)) {
            assertThat(ask(socket, FROM + shown(hooli)).body()).contains("\"partner\":\"hooli\"");
            assertThat(ask(
                                    socket,
                                    FROM + "Client-Cert: " + member(hooli.certificate())
                                            + "\r\nClient-Cert-Chain: " + member(intermediate.certificate())
                                            + "\r\nClient-Cert-Chain: " + member(home.authority.certificate())
                                            + "\r\n")
                            .body())
                    .contains("\"partner\":\"hooli\"");
            assertRefused(
                    service,
                    ask(socket, FROM + "Client-Cert: " + member(hooli.certificate()) + "\r\n"),
                    403,
                    "certificate-unknown",
                    "is issued under 'CN=Issuing', which is not among the trusted authorities");
        }
    }

    @Test
    void aLongChainFits() throws Exception {
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        Certified hooli = Issue.to("CN=edi")
                .dns("hooli.example")
                .extension("1.3.6.1.4.1.32473.1", new DEROctetString(new byte[20_000]))
                .by(intermediate);
        home.partner("hooli", Map.of("san", "dns:hooli.example", "addresses", "any"));
        try (RunningService service = start();
                SSLSocket socket = connect(service, proxy)) {
            assertThat(shown(hooli)).hasSizeGreaterThan(25_000);
            assertThat(ask(socket, FROM + shown(hooli)).body()).contains("\"partner\":\"hooli\"");
            Answer tooLong = ask(socket, FROM + "X-Long: " + "x".repeat(70_000) + "\r\n");
            assertThat(tooLong.status()).isEqualTo(431);
        }
    }

    @Test
    void certificatesAreCheckedAsIfTheyHadBeenShownHere() throws Exception {
        Certified issuer = Issue.root("CN=Issuer of hooli");
        Certified hooli = Issue.to("CN=edi").dns("hooli.example").by(issuer);
        home.set("countersign.trust", "trust");
        home.authority.write(folder.resolve("trust"), "ca");
        issuer.write(folder.resolve("trust"), "issuer");
        home.partner("hooli", Map.of("san", "dns:hooli.example", "addresses", "any"));
        Instant now = Instant.now();
        try (RunningService service = start();
                SSLSocket socket = connect(service, proxy)) {
            assertThat(ask(socket, FROM + shown(hooli)).status()).isEqualTo(200);
            assertUnknown(
                    service, socket, Issue.to("CN=edi").dns("hooli.example").selfSigned(), "is self-signed");
            assertUnknown(service, socket, Issue.to("CN=acme").by(home.authority), "identifies no partner");
            assertUnknown(
                    service,
                    socket,
                    Issue.to("CN=edi")
                            .dns("hooli.example")
                            .purposes(KeyPurposeId.id_kp_serverAuth)
                            .by(issuer),
                    "purpose");
            assertUnknown(
                    service,
                    socket,
                    Issue.to("CN=edi")
                            .dns("hooli.example")
                            .keys(Issue.rsa(1024))
                            .by(issuer),
                    "RSA key of 1024 bits");
            assertUnknown(
                    service,
                    socket,
                    Issue.to("CN=edi")
                            .dns("hooli.example")
                            .signedWith("SHA1withECDSA")
                            .by(issuer),
                    "SHA1");
            Certified expired = Issue.to("CN=edi")
                    .dns("hooli.example")
                    .valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1)))
                    .by(issuer);
            assertRefused(
                    service, ask(socket, FROM + shown(expired)), 403, "certificate-expired", "'CN=edi' expired on");
            home.write("trust/issuer.crl", RevokedList.of(issuer, hooli).pem());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> ask(socket, FROM + shown(hooli)).status() == 403);
            assertRefused(service, ask(socket, FROM + shown(hooli)), 403, "certificate-revoked", "is revoked");
            clock.advance(Duration.ofDays(30));
            assertThat(ask(socket, FROM + shown(acme)).status())
                    .as("acme's, and the proxy's, are valid still")
                    .isEqualTo(200);
            clock.advance(Duration.ofDays(60));
            assertRefused(
                    service, ask(socket, FROM + shown(acme)), 403, "certificate-unknown", "'CN=proxy' expired on");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Client-Cert: garbage",
                "Client-Cert: ",
                "Client-Cert: ::",
                "Client-Cert: :aGVsbG8=:",
                "Client-Cert: ACME\r\nClient-Cert: ACME",
                "Client-Cert: ACME, ACME",
                "Client-Cert: ACME\r\nclient-cert: OTHER",
                "Client-Cert-Chain: ACME",
                "Client-Cert: ACME\r\nClient-Cert-Chain: x",
                "Client-Cert: -----BEGIN%20CERTIFICATE-----",
            })
    void whatCouldBeReadInTwoWaysOrNotAtAllIsRefused(String headers) throws Exception {
        try (RunningService service = start();
                SSLSocket socket = connect(service, proxy)) {
            Answer answer = ask(
                    socket,
                    FROM
                            + headers.replace("ACME", member(acme.certificate()))
                                    .replace("OTHER", member(proxy.certificate()))
                            + "\r\n");
            assertRefused(service, answer, 400, "request-invalid", "Client-Cert");
            assertThat(service.refusals().get(0).caller().address()).isEqualTo(PROXY);
            assertThat(ask(socket, FROM + shown(acme)).status()).isEqualTo(200);
        }
    }

    @Test
    void onlyAProxysOwnCertificateOpensTheDoor() throws Exception {
        Certified other = Issue.to("CN=proxy").by(home.authority);
        try (RunningService service = start()) {
            for (Certified stranger : new Certified[] {other, acme}) {
                int before = service.refusals().size();
                assertThatThrownBy(() -> {
                            try (SSLSocket socket = connect(service, stranger)) {
                                ask(socket, FROM + shown(acme));
                            }
                        })
                        .isInstanceOf(IOException.class);
                Awaitility.await().until(() -> service.refusals().size() > before);
                assertThat(service.refusals().get(0).code()).isEqualTo("handshake");
                assertThat(service.refusals().get(0).reason()).contains("is not a proxy's");
            }
            assertThat(home.files("seen")).as("nobody is to approve it").isEmpty();
        }
    }

    @Test
    void aProxysCertificateFromElsewhereOpensNoDoor() throws Exception {
        try (RunningService service = start()) {
            assertThatThrownBy(() -> Client.of(home.authority.certificate(), proxy)
                            .connect(OTHER, port(service, "behind-proxy")))
                    .isInstanceOf(IOException.class);
            assertThat(service.refusal().reason()).isEqualTo("127.0.0.9 is not among the proxies (127.0.0.5)");
        }
    }

    @Test
    void withoutProxiesNobodyMaySayWhatCertificateACallerHas() throws Exception {
        home.set("countersign.proxies", "");
        try (RunningService service = start();
                SSLSocket socket = connect(service, proxy)) {
            Answer answer = ask(socket, FROM + shown(acme));
            assertRefused(service, answer, 403, "certificate-unknown", "no proxies are listed");
            assertThat(answer.body()).contains("What certificate you have is not known here.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aProxyWhoseCertificateIsTakenOutIsTurnedAwayAtTheNextRequest(String protocol) throws Exception {
        Certified next = Issue.to("CN=next proxy").selfSigned();
        next.write(home.certificates(), "next");
        home.write("certificates/proxies.crt", Certified.pem(proxy.certificate(), next.certificate()));
        home.write("routes/behind-proxy.camel.yaml", door("behind-proxy", "certificates/proxies.crt", ""));
        try (RunningService service = start()) {
            Client client = Client.of(home.authority.certificate(), proxy);
            int port = port(service, "behind-proxy");
            try (SSLSocket open = client.connect(PROXY, port, protocol)) {
                assertThat(ask(open, FROM + shown(acme)).status()).isEqualTo(200);
                home.write("certificates/proxies.crt", Certified.pem(next.certificate()));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> ask(open, FROM + shown(acme)).status() == 403);
                assertThat(service.refusals().get(0).reason())
                        .contains("the proxy 127.0.0.5 may not say what certificate a caller has", "CN=proxy");
                try (SSLSocket resumed = client.connect(PROXY, port, protocol)) {
                    assertThat(resumed.getSession().getCreationTime())
                            .as("the session is the first one, resumed")
                            .isLessThanOrEqualTo(open.getSession().getCreationTime());
                    assertRefused(
                            service, ask(resumed, FROM + shown(acme)), 403, "certificate-unknown", "is not a proxy's");
                }
            }
            try (SSLSocket socket = connect(service, next)) {
                assertThat(ask(socket, FROM + shown(acme)).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void onTheMainListenerTheHeadersChangeNothing() throws Exception {
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", OTHER));
        Certified globex = home.pinned("globex");
        Certified stranger = Issue.to("CN=stranger").by(home.authority);
        try (RunningService service = start()) {
            int main = port(service, "receive");
            try (SSLSocket socket =
                    Client.of(home.authority.certificate(), acme).connect(OTHER, main)) {
                for (String headers : new String[] {shown(globex), "Client-Cert: garbage\r\n", shown(acme)}) {
                    assertThat(ask(socket, headers).body()).contains("\"partner\":\"acme\"", acme.fingerprint());
                }
            }
            try (SSLSocket socket =
                    Client.of(home.authority.certificate(), stranger).connect(OTHER, main)) {
                assertRefused(service, ask(socket, shown(acme)), 403, "certificate-unknown", "CN=stranger");
            }
            // The proxy's own certificate makes its owner nobody there, listed or not.
            for (String from : new String[] {PROXY, OTHER}) {
                byte[] header = from.equals(PROXY) ? ProxyBytes.textFrom(OTHER) : new byte[0];
                try (SSLSocket socket =
                        Client.of(home.authority.certificate(), proxy).connect(from, main, header, true)) {
                    assertRefused(service, ask(socket, FROM + shown(acme)), 403, "certificate-unknown", "CN=proxy");
                }
            }
        }
    }

    /** The proxy before the door is none before the main listener, which stays as open as without it. */
    @Test
    void aDoorWithProxiesOfItsOwnLeavesTheMainListenerAsItIs() throws Exception {
        home.set("countersign.proxies", "").set("countersign.without-proxy", "refuse");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "198.51.100.0/24, " + PROXY));
        home.write(
                "routes/behind-proxy.camel.yaml",
                ProxyDoor.yaml("behind-proxy", "certificates/proxy.crt", "addresses: " + PROXY + ", 10.0.0.0/24")
                        + ProxyDoor.yaml("closed", "certificates/proxy.crt"));
        try (RunningService service = start()) {
            try (SSLSocket socket = connect(service, proxy)) {
                assertThat(ask(socket, FROM + shown(acme)).body()).contains("\"address\":\"198.51.100.7\"");
            }
            Client client = Client.of(home.authority.certificate(), acme);
            try (SSLSocket socket = client.connect(PROXY, port(service, "receive"))) {
                assertThat(ask(socket, FROM).body()).contains("\"address\":\"127.0.0.5\"");
            }
            assertThatThrownBy(() -> client.connect(
                                    PROXY, port(service, "receive"), ProxyBytes.textFrom("198.51.100.7"), true)
                            .close())
                    .isInstanceOf(IOException.class);
            assertThat(service.refusal().reason())
                    .isEqualTo("begins with a PROXY header, and 127.0.0.5 is not among the proxies (there are none)");
            try (SSLSocket socket =
                    Client.of(home.authority.certificate(), proxy).connect(PROXY, port(service, "closed"))) {
                assertRefused(
                        service,
                        ask(socket, FROM + shown(acme)),
                        403,
                        "certificate-unknown",
                        "no proxies are listed, so that nobody may say what certificate a caller has");
            }
        }
    }

    @Test
    void theAddressMayComeByForwardedOrByTheProxyProtocol() throws Exception {
        home.write(
                "routes/behind-proxy.camel.yaml",
                door("by-forwarded", "certificates/proxy.crt", "forwarded")
                        + door("by-protocol", "certificates/proxy.crt", "proxy-protocol"));
        try (RunningService service = start()) {
            Client client = Client.of(home.authority.certificate(), proxy);
            try (SSLSocket socket = client.connect(PROXY, port(service, "by-forwarded"))) {
                assertThat(ask(socket, "X-Forwarded-For: 1.1.1.1\r\nForwarded: for=198.51.100.8\r\n" + shown(acme))
                                .body())
                        .contains("\"address\":\"198.51.100.8\"");
                assertRefused(
                        service,
                        ask(socket, FROM + shown(acme)),
                        403,
                        "address-not-allowed",
                        "the proxy 127.0.0.5 does not say who calls: no Forwarded");
            }
            try (SSLSocket socket =
                    client.connect(PROXY, port(service, "by-protocol"), ProxyBytes.bytesFrom("198.51.100.9"), true)) {
                assertThat(ask(socket, FROM + shown(acme)).body()).contains("\"address\":\"198.51.100.9\"");
            }
        }
    }

    @Test
    void aProxysCertificateThatCannotBeReadIsAnErrorAtStart() {
        home.write("routes/behind-proxy.camel.yaml", door("behind-proxy", "certificates/missing.crt", ""));
        assertThatThrownBy(this::start).hasMessageContaining("missing.crt no such file");
    }

    @Test
    void theReadmesDoorIsOne() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        Matcher block = Pattern.compile("```yaml\n# (routes/behind-proxy[.]camel[.]yaml)\n(.*?)```", Pattern.DOTALL)
                .matcher(readme);
        assertThat(block.find()).isTrue();
        proxy.write(folder.resolve("certs"), "proxy");
        home.write(block.group(1), block.group(2).replace("8445", freePort()).replace("10.0.0.5", PROXY));
        try (RunningService service = start();
                SSLSocket socket = connect(service, proxy)) {
            assertThat(ask(socket, FROM + shown(acme)).body()).contains("\"partner\":\"acme\"");
        }
    }

    @Test
    void theDoorComesAndGoesWithItsFile() throws Exception {
        String file = home.read("routes/behind-proxy.camel.yaml");
        home.write("routes/behind-proxy.camel.yaml", "- beans: []\n");
        try (RunningService service = start()) {
            home.write("routes/behind-proxy.camel.yaml", file);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> service.service().addresses().size() == 5);
            try (SSLSocket socket = connect(service, proxy)) {
                assertThat(ask(socket, FROM + shown(acme)).status()).isEqualTo(200);
            }
            Files.delete(folder.resolve("routes/behind-proxy.camel.yaml"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> service.service().addresses().size() == 4);
            assertThat(service.complaints()).isEmpty();
        }
    }

    private RunningService start() throws Exception {
        return RunningService.start(home, clock);
    }

    private SSLSocket connect(RunningService service, Certified own) throws IOException {
        return Client.of(home.authority.certificate(), own).connect(PROXY, port(service, "behind-proxy"));
    }

    private void assertUnknown(RunningService service, SSLSocket socket, Certified caller, String reason)
            throws IOException {
        assertRefused(service, ask(socket, FROM + shown(caller)), 403, "certificate-unknown", reason);
        assertThat(service.refusals().get(0).caller().certificate()).isEqualTo(caller.fingerprint());
        assertThat(service.refusals().get(0).caller().address()).isEqualTo("198.51.100.7");
    }

    private static void assertRefused(RunningService service, Answer answer, int status, String code, String reason) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("urn:countersign:problem:" + code + "\"");
        Refused refused = service.refusals().get(0);
        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.reason()).contains(reason);
    }

    private static Answer ask(SSLSocket socket, String headers) throws IOException {
        return Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    }

    private static String door(String id, String certificates, String header) {
        return header.isEmpty()
                ? ProxyDoor.yaml(id, certificates)
                : ProxyDoor.yaml(id, certificates, "header: " + header);
    }
}
