package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.countersign.testing.Certified;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.Seen;
import io.countersign.testing.ServerTls;
import io.countersign.testing.Step;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.support.jsse.ClientAuthentication;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Which servers get a partner's files. Every row is a partner with a server of its own, seen from both ends; all of them are
 * in one home, and all their files are there when the service starts.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ServersTest {
    private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration DAY = Duration.ofDays(1);
    private static final String CONTENT = "an order";
    private static final int REPEATED = 10;

    private final List<ScriptedServer> servers = new ArrayList<>();
    private final List<Sent> taken = new ArrayList<>();
    private final List<Sent> refused = new ArrayList<>();
    private final ListAppender<ILoggingEvent> told = new ListAppender<>();
    private TestHome home;
    private Certified genuine;
    private RunningService service;
    private ScriptedServer turnsAway;

    /** What was sent to a partner, and what is to become of it. */
    private record Sent(
            String row,
            String partner,
            ScriptedServer server,
            @Nullable Certified shown,
            @Nullable FailureCode code,
            String words) {
        @Override
        public String toString() {
            return row;
        }
    }

    /** A row in the making: a server, and what the partner's file says besides its url. */
    private final class Row {
        private final String name;
        private final Certified server;
        private final Map<String, String> says = new HashMap<>();
        private String host = "localhost";
        private UnaryOperator<ServerTls> tls = UnaryOperator.identity();

        Row(String name, Certified server) {
            this.name = name;
            this.server = server;
        }

        Row at(String host) {
            this.host = host;
            return this;
        }

        Row says(String property, String value) {
            says.put(property, value);
            return this;
        }

        Row trusting(Certified... these) {
            return says("serverTrust", written(these));
        }

        Row tls(UnaryOperator<ServerTls> tls) {
            this.tls = tls;
            return this;
        }

        void isTaken() {
            isTaken(home.company);
        }

        void isTaken(@Nullable Certified shown) {
            VERSIONS.forEach(version -> taken.add(start(version, shown, null, "")));
        }

        void isRefused(FailureCode code, String words) {
            VERSIONS.forEach(version -> refused.add(start(version, null, code, words)));
        }

        private Sent start(String version, @Nullable Certified shown, @Nullable FailureCode code, String words) {
            String partner = "p" + servers.size();
            ScriptedServer started = server(tls.apply(ServerTls.of(server).protocols(version)));
            partner(partner, "https://" + host + ":" + started.port() + "/exchange", says);
            send(partner, "order.txt");
            return new Sent(name + ", " + version, partner, started, shown, code, words);
        }
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        genuine = Issue.to("CN=server").dns("localhost").ip("127.0.0.1").by(home.authority);
        turnsAway = server(ServerTls.of(genuine).protocols("TLSv1.3").accepting(ours -> false));
        partner("turnsaway", turnsAway.url("/exchange").toString(), Map.of());
        for (int i = 0; i < REPEATED; i++) {
            send("turnsaway", "order" + i, "x".repeat(i * i * i * i * 200)); // none to more than fits into buffers
        }
        trustedAndNamed();
        trustedByThePartnersFile();
        clients();
        named();
        notTrusted();
        notTrustedForOthers();
        notValidNow();
        told.start();
        ((Logger) LoggerFactory.getLogger("countersign.changes")).addAppender(told);
        service = RunningService.start(home);
    }

    @AfterAll
    void stop() {
        ((Logger) LoggerFactory.getLogger("countersign.changes")).detachAppender(told);
        service.close();
        servers.forEach(ScriptedServer::close);
    }

    private void trustedAndNamed() {
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        row("named by DNS name", named("localhost").by(home.authority)).isTaken();
        row("named by IP address", Issue.to("CN=server").ip("127.0.0.1").by(home.authority))
                .at("127.0.0.1")
                .isTaken();
        row("under an intermediate that it shows", named("localhost").by(intermediate))
                .isTaken();
        row("with an RSA key", named("localhost").keys(Issue.rsa(2048)).by(home.authority))
                .isTaken();
        row("without purposes", named("localhost").purposes().by(home.authority))
                .isTaken();
        row("named wrong, host not verified", named("elsewhere.example").by(home.authority))
                .says("verifyHost", "false")
                .isTaken();
    }

    private void trustedByThePartnersFile() {
        Certified leaf = named("localhost").selfSigned();
        Certified root = named("localhost").asAuthority().selfSigned();
        Certified own = Issue.root("CN=Partner's own authority");
        row("self-signed and pinned", leaf).trusting(leaf).isTaken();
        row("self-signed, an authority's, and pinned", root).trusting(root).isTaken();
        row("pinned beside another", leaf).trusting(root, leaf).isTaken();
        row("under the partner's own authority", named("localhost").by(own))
                .trusting(own)
                .isTaken();
        Certified forClients =
                named("localhost").purposes(KeyPurposeId.id_kp_clientAuth).by(own);
        row("pinned, whatever its purposes and issuer", forClients)
                .trusting(forClients)
                .isTaken();
    }

    private void clients() {
        Certified ours = Issue.to("CN=company at acme").by(home.authority);
        row("asks nobody for a certificate", genuine)
                .tls(tls -> tls.clients(ClientAuthentication.NONE))
                .isTaken(null);
        row("asks and can do without", genuine)
                .tls(tls -> tls.clients(ClientAuthentication.WANT))
                .isTaken();
        row("takes only the company's", genuine)
                .tls(tls -> tls.accepting(home.company.certificate()::equals))
                .isTaken();
        String file = written(ours);
        row("gets the one of its own", genuine)
                .says("certificate", file)
                .says("key", file.replace(".crt", ".key"))
                .tls(tls -> tls.accepting(ours.certificate()::equals))
                .isTaken(ours);
        row("turns ours away", genuine)
                .tls(tls -> tls.accepting(certificate -> false))
                .isRefused(FailureCode.CLIENT_CERTIFICATE_REFUSED, "turned our certificate away");
        row("turns away the one of its own", genuine)
                .says("certificate", file)
                .says("key", file.replace(".crt", ".key"))
                .tls(tls -> tls.accepting(home.company.certificate()::equals))
                .isRefused(FailureCode.CLIENT_CERTIFICATE_REFUSED, "turned our certificate away");
    }

    private void named() {
        row("of another DNS name", named("elsewhere.example").by(home.authority))
                .isRefused(
                        FailureCode.SERVER_HOST_MISMATCH,
                        "'CN=server' does not name localhost; it names elsewhere.example");
        row("of another IP address", Issue.to("CN=server").ip("127.0.0.2").by(home.authority))
                .at("127.0.0.1")
                .isRefused(FailureCode.SERVER_HOST_MISMATCH, "does not name 127.0.0.1; it names 127.0.0.2");
        row("of a DNS name, called by IP address", named("localhost").by(home.authority))
                .at("127.0.0.1")
                .isRefused(FailureCode.SERVER_HOST_MISMATCH, "does not name 127.0.0.1; it names localhost");
        row("named in the common name only", Issue.to("CN=localhost").by(home.authority))
                .isRefused(FailureCode.SERVER_HOST_MISMATCH, "no host at all (a common name does not count)");
        Certified pinned = named("elsewhere.example").selfSigned();
        row("pinned and of another name", pinned)
                .trusting(pinned)
                .isRefused(FailureCode.SERVER_HOST_MISMATCH, "does not name localhost; it names elsewhere.example");
    }

    private void notTrusted() {
        FailureCode untrusted = FailureCode.SERVER_CERTIFICATE_UNTRUSTED;
        row("self-signed", named("localhost").selfSigned()).isRefused(untrusted, "is self-signed");
        row("self-signed, with a pinned one's name", named("localhost").selfSigned())
                .trusting(named("localhost").selfSigned())
                .isRefused(untrusted, "is self-signed and not what serverTrust in the partner's file pins");
        row("under an unknown authority", named("localhost").by(Issue.root("CN=Nobody's")))
                .isRefused(untrusted, "'CN=Nobody's', which is not among the trusted authorities");
        row("under one that has a trusted one's name", named("localhost").by(Issue.root("CN=Test authority")))
                .isRefused(
                        untrusted,
                        "the server is not trusted: no valid path from 'CN=server' to a known authority: the signature of"
                                + " 'CN=server' is not by the key of 'CN=Test authority'");
        row(
                        "named wrong and untrusted, host not verified",
                        named("elsewhere.example").selfSigned())
                .says("verifyHost", "false")
                .isRefused(untrusted, "is self-signed");
        row(
                        "for clients only",
                        named("localhost")
                                .purposes(KeyPurposeId.id_kp_clientAuth)
                                .by(home.authority))
                .isRefused(untrusted, "is not for TLS servers");
        row(
                        "with an RSA key of 1024 bits",
                        named("localhost").keys(Issue.rsa(1024)).by(home.authority))
                .isRefused(untrusted, "has an RSA key of 1024 bits");
        Certified weak = named("localhost").keys(Issue.rsa(1024)).selfSigned();
        row("pinned, with an RSA key of 1024 bits", weak)
                .trusting(weak)
                .isRefused(untrusted, "has an RSA key of 1024 bits");
        Certified forClients = Issue.to("CN=For clients")
                .asAuthority()
                .purposes(KeyPurposeId.id_kp_clientAuth)
                .by(home.authority);
        row("under an intermediate for clients", named("localhost").by(forClients))
                .isRefused(untrusted, "'CN=For clients' may not certify TLS servers (its purposes lack serverAuth)");
        Certified narrow = Issue.to("CN=Narrow").pathLength(0).selfSigned();
        Certified below = Issue.to("CN=Below").asAuthority().by(narrow);
        row(
                        "over more intermediates than the authority allows",
                        named("localhost").by(below))
                .trusting(narrow)
                .isRefused(untrusted, "'CN=Narrow' allows no more than 0 authorities below it (path length)");
        Certified acme = Issue.to("CN=Acme's authority")
                .asAuthority()
                .critical(
                        "2.5.29.30",
                        new NameConstraints(
                                new GeneralSubtree[] {
                                    new GeneralSubtree(new GeneralName(GeneralName.dNSName, "acme.example"))
                                },
                                null))
                .selfSigned();
        row("of a name that its authority may not certify", named("localhost").by(acme))
                .trusting(acme)
                .isRefused(
                        untrusted,
                        "has the name 'dns:localhost', which 'CN=Acme's authority' may not certify: its name constraints do"
                                + " not permit it");
        row("signed over SHA-1", named("localhost").signedWith("SHA1withECDSA").by(home.authority))
                .isRefused(untrusted, "is signed with SHA1withECDSA");
    }

    /** Whom one partner's file trusts is trusted for nobody else, and what it trusts is all that is. */
    private void notTrustedForOthers() {
        FailureCode untrusted = FailureCode.SERVER_CERTIFICATE_UNTRUSTED;
        Certified globex = named("localhost").selfSigned();
        Certified authority = Issue.root("CN=Globex's authority");
        Certified clients = Issue.root("CN=Globex's authority for clients");
        home.partner(
                "globex",
                Map.of(
                        "subject", "CN=globex",
                        "authority", written(clients),
                        "serverTrust", written(globex, authority)));
        row("another partner's, where something else is pinned", globex)
                .trusting(named("localhost").selfSigned())
                .isRefused(untrusted, "is self-signed");
        row("another partner's, where nothing is pinned", globex).isRefused(untrusted, "is self-signed");
        row("under another partner's serverTrust", named("localhost").by(authority))
                .isRefused(untrusted, "which is not among the trusted authorities");
        row("under another partner's authority", named("localhost").by(clients))
                .isRefused(untrusted, "which is not among the trusted authorities");
        row("under the partner's own authority for clients", named("localhost").by(clients))
                .says("authority", written(clients))
                .isRefused(untrusted, "which is not among the trusted authorities");
        row("under the shared trust, where the partner's file names another", genuine)
                .trusting(authority)
                .isRefused(untrusted, "'CN=Test authority', which is not among the trusted authorities");
    }

    private void notValidNow() {
        Instant now = Instant.now();
        FailureCode expired = FailureCode.SERVER_CERTIFICATE_EXPIRED;
        row(
                        "expired",
                        named("localhost")
                                .valid(now.minus(DAY), now.minusSeconds(60))
                                .by(home.authority))
                .isRefused(expired, "the server's certificate 'CN=server' expired on");
        row(
                        "not yet valid",
                        named("localhost")
                                .valid(now.plus(DAY), now.plus(DAY).plus(DAY))
                                .by(home.authority))
                .isRefused(expired, "the server's certificate 'CN=server' is not valid before");
        Certified old =
                named("localhost").valid(now.minus(DAY), now.minusSeconds(60)).selfSigned();
        row("expired and pinned", old).trusting(old).isRefused(expired, "expired on");
    }

    List<Sent> taken() {
        return taken;
    }

    List<Sent> refused() {
        return refused;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("taken")
    void aServerThatIsRightGetsTheFile(Sent sent) {
        awaitFile("sent/" + sent.partner() + "/order.txt.answer.json");
        assertThat(home.files("failed/" + sent.partner())).isEmpty();
        assertThat(home.files("outbox/" + sent.partner())).isEmpty();
        assertThat(sent.server().handshakeFailures()).isEmpty();
        Seen request = sent.server().seen().get(0);
        assertThat(request.body()).asString(StandardCharsets.UTF_8).isEqualTo(CONTENT);
        assertThat(request.certificate())
                .isEqualTo(sent.shown() == null ? null : sent.shown().certificate());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void aServerThatIsWrongGetsNothing(Sent sent) throws Exception {
        JsonObject problem = problem(sent.partner(), "order.txt");
        assertThat(problem.getString("type"))
                .isEqualTo("urn:countersign:problem:"
                        + Objects.requireNonNull(sent.code()).word());
        assertThat(problem.getString("detail")).contains(sent.words());
        assertThat(home.files("outbox/" + sent.partner())).isEmpty();
        assertThat(sent.server().seen()).isEmpty();
        assertThat(sent.server().connections()).isEqualTo(1);
        // A server that still says its own part of the handshake may miss the alert.
        assertThat(sent.server().handshakeFailure().getMessage())
                .containsPattern(
                        sent.code() == FailureCode.CLIENT_CERTIFICATE_REFUSED
                                ? "not accepted: CN=company"
                                : "Received fatal alert: certificate_unknown|Broken pipe|Connection reset");
    }

    /** A server of TLS 1.3 turns a certificate away only after the client's handshake, when the request is on its way. */
    @Test
    void aServerThatTurnsOursAwayIsUnderstoodEveryTime() throws Exception {
        for (int i = 0; i < REPEATED; i++) {
            assertThat(problem("turnsaway", "order" + i).getString("type"))
                    .isEqualTo("urn:countersign:problem:client-certificate-refused");
        }
        assertThat(turnsAway.seen()).isEmpty();
        assertThat(turnsAway.connections()).isEqualTo(REPEATED);
    }

    @Test
    void aServerIsCalledByIpv6Address() throws Exception {
        InetAddress loopback = InetAddress.getByName("::1");
        Assumptions.assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "no IPv6 here");
        ScriptedServer server = ScriptedServer.start(
                ServerTls.of(Issue.to("CN=server").ip("::1").by(home.authority)), "::1");
        servers.add(server);
        partner("ipv6", "https://[::1]:" + server.port() + "/exchange", Map.of());
        send("ipv6", "order.txt");
        awaitFile("sent/ipv6/order.txt.answer.json");
        assertThat(server.seen().get(0).certificate()).isEqualTo(home.company.certificate());
        assertThat(server.seen().get(0).headers()).containsEntry("host", "[::1]:" + server.port());
    }

    @Test
    void aServerOfAnOlderVersionIsRefused() throws Exception {
        ScriptedServer server = server(ServerTls.of(genuine).protocols("TLSv1.1"));
        partner("older", server.url("/exchange").toString(), Map.of());
        send("older", "order.txt");
        assertThat(failure("older"))
                .contains("tls-failed", "does not speak TLS 1.2 or 1.3, and nothing older is spoken here");
    }

    @Test
    void openSslOfAnOlderVersionIsRefused() throws Exception {
        try (OpenSsl server = OpenSsl.serve(home, genuine, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")) {
            partner("openssl-older", server.url(), Map.of());
            send("openssl-older", "order.txt");
            assertThat(failure("openssl-older"))
                    .contains("tls-failed", "does not speak TLS 1.2 or 1.3, and nothing older is spoken here");
        }
    }

    @Test
    void openSslThatTurnsOursAwayIsUnderstoodEveryTime() throws Exception {
        String other = written(Issue.root("CN=Other authority"));
        for (String version : List.of("-tls1_2", "-tls1_3")) {
            try (OpenSsl server =
                    OpenSsl.serve(home, genuine, version, "-Verify", "3", "-verify_return_error", "-CAfile", other)) {
                partner("openssl" + version, server.url(), Map.of());
                for (int i = 0; i < REPEATED; i++) {
                    send("openssl" + version, "order" + i);
                }
                for (int i = 0; i < REPEATED; i++) {
                    assertThat(failure("openssl" + version, "order" + i))
                            .contains(
                                    "client-certificate-refused",
                                    "(alert unknown_ca): it does not know the authority that issued it");
                }
            }
        }
    }

    @Test
    void aServerWithoutTlsIsRefused() throws Exception {
        ScriptedServer server = server(ServerTls.of(genuine)).otherwise(Step.atConnect(socket -> {
            socket.getInputStream().read();
            socket.getOutputStream()
                    .write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }));
        partner("plain", server.url("/exchange").toString(), Map.of());
        send("plain", "order.txt");
        assertThat(failure("plain")).contains("tls-failed", "answers, but not with TLS");
    }

    @Test
    void theRequestSaysOnlyWhatItMust() throws Exception {
        ScriptedServer server = server(ServerTls.of(genuine));
        partner("quiet", server.url("/exchange").toString(), Map.of());
        send("quiet", "year/first.txt");
        awaitFile("sent/quiet/year/first.txt.answer.json");
        send("quiet", "year/second.txt");
        awaitFile("sent/quiet/year/second.txt.answer.json");
        assertThat(server.connections()).isEqualTo(1);
        Seen first = server.seen().get(0);
        Map<String, String> expected = new HashMap<>();
        expected.put("host", "localhost:" + server.port());
        expected.put("user-agent", "Countersign");
        expected.put("accept", "application/pkcs7-mime, application/json;q=0.9");
        expected.put("connection", "keep-alive");
        expected.put("content-type", "application/octet-stream");
        expected.put("content-length", "" + CONTENT.length());
        expected.put("content-disposition", "attachment; filename*=UTF-8''first.txt");
        expected.put("content-digest", digest());
        expected.put("idempotency-key", key("quiet/year/first.txt"));
        expected.put("expect", "100-continue");
        assertThat(first.method() + " " + first.target()).isEqualTo("POST /exchange");
        assertThat(first.headers()).containsExactlyInAnyOrderEntriesOf(expected);
        expected.put("content-disposition", "attachment; filename*=UTF-8''second.txt");
        expected.put("idempotency-key", key("quiet/year/second.txt"));
        expected.remove("expect");
        assertThat(server.seen().get(1).headers()).containsExactlyInAnyOrderEntriesOf(expected);
    }

    /** The connection that was kept must not be used again. */
    @Test
    void aServerThatIsTrustedNoLongerGetsNothingMore() throws Exception {
        ScriptedServer server = server(ServerTls.of(genuine));
        partner("waning", server.url("/exchange").toString(), Map.of());
        send("waning", "first.txt");
        awaitFile("sent/waning/first.txt.answer.json");
        awaitChange(
                "waning",
                () -> partner(
                        "waning",
                        server.url("/exchange").toString(),
                        Map.of("serverTrust", written(named("localhost").selfSigned()))));
        send("waning", "order.txt");
        assertThat(failure("waning")).contains("server-certificate-untrusted");
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void aChangedCertificateOfOursIsShownFromTheNextFileOn() {
        ScriptedServer server = server(ServerTls.of(genuine));
        partner("renewed", server.url("/exchange").toString(), Map.of());
        send("renewed", "first.txt");
        awaitFile("sent/renewed/first.txt.answer.json");
        Certified ours = Issue.to("CN=company at renewed").by(home.authority);
        String file = written(ours);
        awaitChange(
                "renewed",
                () -> partner(
                        "renewed",
                        server.url("/exchange").toString(),
                        Map.of("certificate", file, "key", file.replace(".crt", ".key"))));
        send("renewed", "second.txt");
        awaitFile("sent/renewed/second.txt.answer.json");
        assertThat(server.seen().get(1).certificate()).isEqualTo(ours.certificate());
    }

    @Test
    void aHostThatIsNotVerifiedIsWarnedOfAtTheStartAndWhenAFileComesToSaySo() {
        String warning = "the host of its server is not verified (verifyHost: false)";
        Sent unverified = taken.stream()
                .filter(sent -> sent.row().startsWith("named wrong, host not verified"))
                .findFirst()
                .orElseThrow();
        assertThat(told()).containsOnlyOnce("partner " + unverified.partner() + ": " + warning);
        Map<String, String> silent = Map.of("subject", "CN=later");
        home.partner("later", silent);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() ->
                        told().stream().anyMatch(line -> line.contains("after a change of") && line.contains("later")));
        assertThat(told()).doesNotContain("partner later: " + warning);
        Map<String, String> says = new HashMap<>(silent);
        says.put("verifyHost", "false");
        awaitChange("later", () -> home.partner("later", says));
        assertThat(told()).containsOnlyOnce("partner later: " + warning);
    }

    @Test
    void aHostThatIsNotVerifiedIsWarnedOfAtEveryStart(@TempDir Path folder) throws Exception {
        TestHome other = new TestHome(folder);
        other.partner("often", Map.of("subject", "CN=often", "verifyHost", "false"));
        for (int start = 0; start < 2; start++) {
            RunningService.start(other).close();
        }
        assertThat(told())
                .filteredOn("partner often: the host of its server is not verified (verifyHost: false)"::equals)
                .hasSize(2);
    }

    private List<String> told() {
        return List.copyOf(told.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private Row row(String name, Certified server) {
        return new Row(name, server);
    }

    private static Issue named(String host) {
        return Issue.to("CN=server").dns(host);
    }

    private ScriptedServer server(ServerTls tls) {
        ScriptedServer server = ScriptedServer.start(tls);
        servers.add(server);
        return server;
    }

    private void partner(String name, String url, Map<String, String> says) {
        Map<String, String> all = new HashMap<>(says);
        all.put("subject", "CN=" + name);
        all.put("url", url);
        home.partner(name, all);
    }

    /** The certificates' files, as a partner's file names them. */
    private String written(Certified... these) {
        List<String> files = new ArrayList<>();
        for (Certified each : these) {
            each.write(home.certificates(), each.fingerprint());
            files.add("certificates/" + each.fingerprint() + ".crt");
        }
        return String.join(", ", files);
    }

    /** Puts a file that nobody has written to for a minute into the partner's outbox, in one step. */
    private void send(String partner, String name) {
        send(partner, name, CONTENT);
    }

    private void send(String partner, String name, String content) {
        try {
            Path target = home.data().resolve("outbox").resolve(partner).resolve(name);
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            Path file = Files.writeString(Files.createTempFile(home.folder, "order", ""), content);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static String digest() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(CONTENT.getBytes(StandardCharsets.UTF_8));
            return "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":";
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private String key(String file) throws Exception {
        return ((JsonObject) Jsoner.deserialize(home.read("data/sent/" + file + ".answer.json"))).getString("key");
    }

    /** Waits until what is changed in a partner's file is in force. */
    private void awaitChange(String partner, Runnable change) {
        int before = changes(partner);
        change.run();
        Awaitility.await().atMost(PATIENCE).until(() -> changes(partner) > before);
    }

    private int changes(String partner) {
        return (int) told().stream()
                .filter(line -> line.matches(".*after a change of .*\\b" + partner + "\\b.*"))
                .count();
    }

    private void awaitFile(String file) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .atMost(PATIENCE)
                .until(() -> Files.exists(home.data().resolve(file)));
    }

    private JsonObject problem(String partner, String name) throws Exception {
        String document = "failed/" + partner + "/" + name + ".problem.json";
        awaitFile(document);
        return (JsonObject) Jsoner.deserialize(home.read("data/" + document));
    }

    /** What kind of problem it was, and why. */
    private String failure(String partner) throws Exception {
        return failure(partner, "order.txt");
    }

    private String failure(String partner, String name) throws Exception {
        JsonObject problem = problem(partner, name);
        return problem.getString("type") + ": " + problem.getString("detail");
    }

    /** {@code openssl s_server}, where it is installed. */
    private record OpenSsl(Process process, int port) implements AutoCloseable {
        private static final Pattern LISTENS = Pattern.compile("ACCEPT .*:(\\d+)");

        static OpenSsl serve(TestHome home, Certified identity, String... options) throws IOException {
            Command.assumeInstalled("openssl");
            identity.write(home.certificates(), "openssl");
            List<String> command = new ArrayList<>(List.of("openssl", "s_server", "-accept", "127.0.0.1:0", "-www"));
            command.addAll(List.of("-cert", "certificates/openssl.crt", "-key", "certificates/openssl.key"));
            command.addAll(List.of(options));
            Path output = home.folder.resolve("openssl.log");
            Process process = new ProcessBuilder(command)
                    .directory(home.folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Awaitility.await()
                    .until(() -> !process.isAlive()
                            || LISTENS.matcher(Files.readString(output)).find());
            Matcher listens = LISTENS.matcher(Files.readString(output));
            if (!listens.find()) {
                throw new IllegalStateException(Files.readString(output));
            }
            return new OpenSsl(process, Integer.parseInt(listens.group(1)));
        }

        String url() {
            return "https://localhost:" + port + "/exchange";
        }

        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
