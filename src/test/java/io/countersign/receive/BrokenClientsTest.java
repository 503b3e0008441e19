package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Event;
import io.countersign.refusal.Nearest;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.RevokedList;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an operator reads of callers whose side, or ours for them, is set up wrongly: the true cause, what was shown, and the
 * partner that it might have been; while the caller is told nothing of others.
 */
@TestInstance(Lifecycle.PER_CLASS)
class BrokenClientsTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private final Instant now = Instant.now();
    private final Certified other = Issue.root("CN=Other authority");
    private final Certified globexAuthority = Issue.root("CN=Globex CA");
    private final Certified umbrellaAuthority = Issue.to("CN=Umbrella CA")
            .asAuthority()
            .critical(
                    "2.5.29.30",
                    new NameConstraints(
                            new GeneralSubtree[] {
                                new GeneralSubtree(new GeneralName(GeneralName.rfc822Name, "umbrella.example"))
                            },
                            null))
            .selfSigned();
    private TestHome home;
    private RunningService service;
    private Certified acme;
    private Certified initech;
    private Certified umbrella;
    private Certified issuing;
    private Certified revoked;
    private Certified switchedOff;
    private Certified elsewhere;

    /** A caller, as far as it gets, and what it reads. */
    private interface Call {
        String make() throws Exception;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        initech = Issue.to("CN=initech,O=Initech").dns("edi.initech.example").selfSigned();
        initech.write(home.certificates(), "initech");
        home.partner("initech", Map.of("certificates", "certificates/initech.crt", "addresses", "any"));
        umbrella = Issue.to("CN=umbrella").by(home.authority);
        umbrella.write(home.certificates(), "umbrella");
        home.partner(
                "umbrella",
                Map.of("certificates", "certificates/umbrella.crt until " + now.minus(DAY), "addresses", "any"));
        globexAuthority.write(home.certificates(), "globex-ca");
        home.partner(
                "globex",
                Map.of("authority", "certificates/globex-ca.crt", "san", "dns:edi.globex.example", "addresses", "any"));
        umbrellaAuthority.write(home.certificates(), "umbrella-ca");
        home.partner(
                "umbrellas",
                Map.of(
                        "authority", "certificates/umbrella-ca.crt",
                        "san", "email:orders@umbrella.example",
                        "addresses", "any"));
        home.partner("hooli", Map.of("subject", "CN=hooli", "addresses", "any"));
        issuing = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        issuing.write(home.certificates(), "issuing");
        home.partner(
                "vandelay",
                Map.of("authority", "certificates/issuing.crt", "subject", "CN=vandelay", "addresses", "any"));
        home.partner(
                "soylent", Map.of("authority", "certificates/shared.crt", "subject", "CN=soylent", "addresses", "any"));
        home.authority.write(home.certificates(), "shared");
        switchedOff = home.pinned("off");
        home.partner("off", Map.of("certificates", "certificates/off.crt", "addresses", "any", "enabled", "false"));
        elsewhere = home.pinned("elsewhere");
        home.partner("elsewhere", Map.of("certificates", "certificates/elsewhere.crt", "addresses", "10.0.0.0/8"));
        revoked = Issue.to("CN=hooli").by(home.authority);
        Files.writeString(
                home.certificates().resolve("ca.crt"),
                Certified.pem(home.authority.certificate())
                        + Certified.pem(RevokedList.of(home.authority, revoked).list()));
        other.write(home.certificates(), "other");
        service = RunningService.start(home);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    List<Arguments> broken() {
        List<Arguments> rows = new ArrayList<>();
        certificates(rows);
        chains(rows);
        ours(rows);
        protocols(rows);
        partners(rows);
        return rows;
    }

    private void certificates(List<Arguments> rows) {
        row(rows, "no certificate", tls(null), "shown no certificate, and this listener demands one", null, null);
        row(rows, "no certificate, 1.2", tls(null, "TLSv1.2"), "shown no certificate", null, null);
        row(
                rows,
                "self-signed, known to nobody",
                tls(Issue.to("CN=nobody").selfSigned()),
                "'CN=nobody' is self-signed and no partner's file pins it",
                null,
                null);
        row(
                rows,
                "another authority",
                tls(Issue.to("CN=nobody").by(other)),
                "issued under 'CN=Other authority', which is not among the trusted authorities",
                null,
                null);
        row(
                rows,
                "renewed, with a new key",
                tls(Issue.to("CN=initech,O=Initech").selfSigned()),
                "self-signed and no partner's file pins it",
                "initech",
                "same subject and issuer, new key; its pin ends in …" + ending(initech));
        row(
                rows,
                "renewed, with the same key",
                tls(Issue.to("CN=initech,O=Initech, C=DE").keys(initech.keys()).selfSigned()),
                "self-signed and no partner's file pins it",
                "initech",
                "same key, in another certificate; its pin ends in …" + ending(initech));
        row(
                rows,
                "renewed under another authority",
                tls(Issue.to("CN=initech,O=Initech").by(other)),
                "issued under 'CN=Other authority'",
                "initech",
                "same subject and new key, issued by 'CN=Other authority' instead of 'CN=initech,O=Initech'");
        row(
                rows,
                "with a pinned one's name",
                tls(Issue.to("CN=x").dns("edi.initech.example").selfSigned()),
                "no partner's file pins it",
                "initech",
                "has its name dns:edi.initech.example, and another subject and key");
        row(
                rows,
                "the pin has had its time",
                tls(umbrella),
                "the pin certificates/umbrella.crt of certificate 'CN=umbrella' has not counted since",
                "umbrella",
                "it is its pinned certificate, and the pin");
        row(
                rows,
                "expired",
                tls(Issue.to("CN=hooli")
                        .valid(now.minus(DAY.multipliedBy(9)), now.minus(DAY.multipliedBy(3)))
                        .by(home.authority)),
                "expired on",
                "hooli",
                "has its name subject:cn=hooli, expired 3 days ago");
        row(
                rows,
                "not yet valid: the clock is off",
                tls(Issue.to("CN=hooli")
                        .valid(now.plus(Duration.ofHours(3)), now.plus(DAY))
                        .by(home.authority)),
                "is not valid before",
                "hooli",
                "has its name subject:cn=hooli, valid only in 2 h");
        row(
                rows,
                "for servers only",
                tls(Issue.to("CN=hooli").purposes(KeyPurposeId.id_kp_serverAuth).by(home.authority)),
                "is not for TLS clients (its purposes lack clientAuth",
                "hooli",
                "has its name subject:cn=hooli");
        row(
                rows,
                "without digitalSignature",
                tls(Issue.to("CN=hooli")
                        .extension("2.5.29.15", new KeyUsage(KeyUsage.keyEncipherment))
                        .by(home.authority)),
                "is not for TLS clients",
                "hooli",
                "");
        row(
                rows,
                "RSA of 1024 bits",
                tls(Issue.to("CN=hooli").keys(Issue.rsa(1024)).by(home.authority)),
                "has an RSA key of 1024 bits; accepted: 2048 or more",
                "hooli",
                "");
        row(rows, "revoked", tls(revoked), "'CN=hooli' is revoked since", "hooli", "");
        row(
                rows,
                "a key that does not fit",
                tls(new Certified(Issue.ec("secp256r1"), acme.chain())),
                "does not have the key of the certificate that it has shown",
                "acme",
                "it is its pinned certificate");
        row(
                rows,
                "a key that does not fit, 1.2",
                tls(new Certified(Issue.ec("secp256r1"), acme.chain()), "TLSv1.2"),
                "does not have the key of the certificate that it has shown",
                "acme",
                "it is its pinned certificate");
    }

    private void chains(List<Arguments> rows) {
        Certified leaf = Issue.to("CN=vandelay").by(issuing);
        Certified second = Issue.to("CN=Issuing 2").asAuthority().by(home.authority);
        Certified unshown = Issue.to("CN=Unshown").asAuthority().by(home.authority);
        Certified expired = Issue.to("CN=Old issuing")
                .asAuthority()
                .valid(now.minus(DAY), now.minus(Duration.ofHours(1)))
                .by(home.authority);
        Certified namesake = Issue.root("CN=Test authority");
        row(
                rows,
                "an intermediate left out",
                tls(alone(Issue.to("CN=hooli").by(unshown))),
                "issued under 'CN=Unshown', which is not among the trusted authorities; if it is an intermediate, its"
                        + " certificate has to be shown, too",
                "hooli",
                "has its name subject:cn=hooli, issued by 'CN=Unshown'");
        Certified sometimes = Issue.to("CN=hooli").by(second);
        row(
                rows,
                "an intermediate left out that was shown before",
                () -> tls(sometimes).make() + tls(alone(sometimes)).make(),
                "issued under 'CN=Issuing 2', which is not among the trusted authorities",
                "hooli",
                "issuer 'CN=Issuing 2' is not in trust, and was not shown; its parent 'CN=Test authority' is");
        row(
                rows,
                "the wrong way round",
                tls(new Certified(leaf.keys(), List.of(leaf.chain().get(1), leaf.certificate()))),
                "certificates are in the wrong order: 'CN=Issuing', an authority's, comes before its own 'CN=vandelay'",
                null,
                null);
        row(rows, "an authority as client", tls(issuing), "identifies no partner", null, null);
        row(
                rows,
                "another intermediate, both under one root",
                tls(Issue.to("CN=vandelay").by(second)),
                "identifies no partner",
                "vandelay",
                "has its name subject:cn=vandelay, issued by 'CN=Issuing 2' instead of 'CN=Issuing', both under 'CN=Test"
                        + " authority'");
        row(
                rows,
                "another's name under the right authority",
                tls(Issue.to("CN=other").dns("edi2.globex.example").by(globexAuthority)),
                "identifies no partner",
                "globex",
                "issued by its authority 'CN=Globex CA', to dns:edi2.globex.example, subject:cn=other instead of"
                        + " dns:edi.globex.example");
        row(
                rows,
                "the right name under another authority",
                tls(Issue.to("CN=x").dns("edi.globex.example").by(home.authority)),
                "identifies no partner",
                "globex",
                "has its name dns:edi.globex.example, issued by 'CN=Test authority' instead of 'CN=Globex CA'");
        row(
                rows,
                "an authority of the same name",
                tls(Issue.to("CN=x").dns("edi.globex.example").by(Issue.root("CN=Globex CA"))),
                "the signature of 'CN=x' is not by the key of 'CN=Globex CA'",
                "globex",
                "has its name dns:edi.globex.example, and its authority's name 'CN=Globex CA', but is signed by another key");
        row(
                rows,
                "an authority of the shared one's name",
                tls(Issue.to("CN=hooli").by(namesake)),
                "the signature of 'CN=hooli' is not by the key of 'CN=Test authority'",
                "hooli",
                "");
        row(
                rows,
                "an intermediate that expired",
                tls(Issue.to("CN=hooli").by(expired)),
                "'CN=Old issuing' expired on",
                "hooli",
                "");
        row(
                rows,
                "under an ordinary certificate",
                tls(new Certified(
                        Issue.to("CN=hooli").by(acme).keys(),
                        List.of(Issue.to("CN=hooli").by(acme).certificate(), acme.certificate()))),
                "'CN=acme', which issued 'CN=hooli', is not an authority",
                "hooli",
                "");
        Certified narrow = Issue.to("CN=Narrow").asAuthority().pathLength(0).by(home.authority);
        row(
                rows,
                "a path that is too long",
                tls(Issue.to("CN=hooli").by(Issue.to("CN=Below").asAuthority().by(narrow))),
                "'CN=Narrow' allows no more than 0 authorities below it (path length), and there are 1",
                "hooli",
                "");
        Certified forServers = Issue.to("CN=For servers")
                .asAuthority()
                .purposes(KeyPurposeId.id_kp_serverAuth)
                .by(home.authority);
        row(
                rows,
                "under an intermediate for servers",
                tls(Issue.to("CN=hooli").by(forServers)),
                "'CN=For servers' may not certify TLS clients (its purposes lack clientAuth)",
                "hooli",
                "");
        row(
                rows,
                "a name that its authority may not certify",
                tls(Issue.to("CN=x").email("orders@initech.example").by(umbrellaAuthority)),
                "has the name 'email:orders@initech.example', which 'CN=Umbrella CA' may not certify: its name constraints"
                        + " do not permit it",
                "umbrellas",
                "issued by its authority 'CN=Umbrella CA', to email:orders@initech.example");
    }

    /** What is wrong with us, in the caller's eyes. */
    private void ours(List<Arguments> rows) {
        row(
                rows,
                "it does not trust our authority",
                () -> asked(Client.of(other.certificate(), acme).unconnected(service.port())),
                "the caller has ended it: it does not accept our certificate",
                null,
                null);
        row(
                rows,
                "openssl does not trust our authority",
                openssl("-CAfile certificates/other.crt -verify_return_error"),
                "the caller has ended it: it does not trust the authority that issued our certificate",
                null,
                null);
        row(
                rows,
                "its clock is far ahead",
                openssl("-CAfile certificates/ca.crt -verify_return_error -attime 4102444800"),
                "for it our certificate is not valid now: its clock may be wrong, or ours",
                null,
                null);
        row(
                rows,
                "it dials another name",
                this::dialledAnother,
                "it wants the server gateway.example, and our certificate names localhost",
                null,
                null);
        row(
                rows,
                "it wants RSA",
                openssl("-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256"),
                "the caller takes no certificate with a key and signature like ours",
                null,
                null);
    }

    private void protocols(List<Arguments> rows) {
        row(
                rows,
                "HTTP without TLS",
                bytes("GET /exchange HTTP/1.1\r\nHost: x\r\n\r\n"),
                "does not speak TLS; it begins with 'GET /exchange HTTP/1.1'",
                null,
                null);
        row(rows, "SSH", bytes("SSH-2.0-OpenSSH_9.2\r\n"), "does not speak TLS; it begins with 'SSH-2.0", null, null);
        row(rows, "noise", bytes("\u00ff\u00fe\u0000\u0001noise"), "SSL message", null, null);
        row(
                rows,
                "TLS 1.0",
                bytes(hello(1, 0xc013, 0xc009)),
                "the caller speaks only TLSv1; accepted: TLSv1.3",
                null,
                null);
        row(rows, "TLS 1.1", bytes(hello(2, 0xc013, 0xc009)), "the caller speaks only TLSv1.1; accepted", null, null);
        row(rows, "SSL 3.0", bytes(hello(0, 0x000a)), "the caller speaks only SSLv3; accepted: TLSv1.3", null, null);
        row(
                rows,
                "only RSA key exchange",
                bytes(hello(3, 0x009c, 0x002f)),
                "offers only cipher suites without forward secrecy or AEAD: TLS_RSA_WITH_AES_128_GCM_SHA256,"
                        + " TLS_RSA_WITH_AES_128_CBC_SHA; accepted: TLS_AES_128_GCM_SHA256",
                null,
                null);
        row(
                rows,
                "only CBC",
                bytes(hello(3, 0xc023, 0xc009)),
                "offers only cipher suites without forward secrecy or AEAD: TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                null,
                null);
        row(
                rows,
                "goes in the middle of a word",
                bytes(hello(3, 0xc02b).substring(0, 20)),
                "closed before the first message of its handshake was whole",
                null,
                null);
        row(
                rows,
                "goes when it has seen our certificate",
                this::gone,
                "closed before the handshake ended, after the caller had seen our certificate",
                null,
                null);
        row(
                rows,
                "a PROXY header from nobody's proxy",
                bytes("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
                "begins with a PROXY header, and",
                null,
                null);
    }

    private void partners(List<Arguments> rows) {
        row(rows, "switched off", tls(switchedOff), "enabled: false in the partner's file", null, null);
        row(
                rows,
                "from elsewhere",
                tls(elsewhere),
                "127.0.0.1 is not among the partner's addresses: 10.0.0.0/8",
                null,
                null);
        row(
                rows,
                "genuine, and nobody's",
                tls(Issue.to("CN=stranger").by(home.authority)),
                "'CN=stranger' issued by 'CN=Test authority' identifies no partner",
                null,
                null);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void isToldToTheOperatorAndNotToTheCaller(
            String what, Call call, String reason, @Nullable String partner, @Nullable String difference)
            throws Exception {
        int before = service.refusals().size();
        String told = call.make();
        Awaitility.await().until(() -> service.refusals().size() > before);
        String id = service.refusals().get(0).id();
        Event event = service.service().refusals().events().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();

        assertThat(event.reason()).contains(reason);
        if (partner == null) {
            assertThat(event.nearest()).isNull();
        } else {
            assertThat(event.nearest()).extracting(Nearest::partner).isEqualTo(partner);
            assertThat(event.nearest().difference()).contains(difference);
        }
        assertThat(told)
                .doesNotContainIgnoringCase("authority")
                .doesNotContainIgnoringCase("initech")
                .doesNotContainIgnoringCase("globex")
                .doesNotContainIgnoringCase("vandelay")
                .doesNotContain("10.0.0.0")
                .doesNotContain("CN=");
    }

    private static void row(
            List<Arguments> rows,
            String what,
            Call call,
            String reason,
            @Nullable String partner,
            @Nullable String difference) {
        rows.add(Arguments.of(what, call, reason, partner, difference));
    }

    private Call tls(@Nullable Certified shown, String... protocols) {
        return () -> asked(
                (shown == null
                                ? Client.of(home.authority.certificate(), null)
                                : Client.showing(home.authority.certificate(), shown))
                        .unconnected(service.port()),
                protocols);
    }

    /** What the server says; where that is nothing but an alert, what becomes of it here. */
    private static String asked(SSLSocket socket, String... protocols) throws IOException {
        try (socket) {
            if (protocols.length > 0) {
                socket.setEnabledProtocols(protocols);
            }
            return Client.exchange(socket, WHO).toString();
        } catch (SSLException | SocketException ended) {
            return String.valueOf(ended.getMessage());
        }
    }

    private Call openssl(String arguments) {
        return () -> {
            Command.assumeInstalled("openssl");
            String line = "openssl s_client -quiet -nocommands -connect 127.0.0.1:" + service.port()
                    + " -cert certificates/acme.crt -key certificates/acme.key " + arguments
                    + " < /dev/null > /dev/null 2>&1";
            return Command.run(home.folder, List.of("sh", "-c", line)).output();
        };
    }

    private String dialledAnother() throws IOException {
        Socket plain = new Socket("127.0.0.1", service.port());
        try (SSLSocket socket = Client.of(home.authority.certificate(), acme).over(plain, "gateway.example")) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            return asked(socket);
        }
    }

    private Call bytes(String first) {
        return () -> {
            try (Socket socket = new Socket("127.0.0.1", service.port())) {
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write(first.getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            }
        };
    }

    /** A client's first message of an old version (RFC 5246, 7.4.1.2). */
    private static String hello(int minor, int... suites) {
        StringBuilder offer = new StringBuilder("03%02x".formatted(minor) + "00".repeat(33));
        offer.append("%04x".formatted(2 * suites.length));
        for (int suite : suites) {
            offer.append("%04x".formatted(suite));
        }
        offer.append("0100");
        int length = offer.length() / 2;
        String all = "160301%04x01%06x".formatted(length + 4, length) + offer;
        return new String(HexFormat.of().parseHex(all), StandardCharsets.ISO_8859_1);
    }

    private String gone() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", service.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(Client.hello());
            return HexFormat.of().formatHex(socket.getInputStream().readNBytes(5));
        }
    }

    private static Certified alone(Certified chain) {
        return new Certified(chain.keys(), List.of(chain.certificate()));
    }

    private static String ending(Certified pinned) {
        return pinned.fingerprint().substring(60);
    }
}
