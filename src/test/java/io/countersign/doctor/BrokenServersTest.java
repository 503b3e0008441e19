package io.countersign.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.address.AllowedAddresses;
import io.countersign.doctor.BrokenServer.Conversation;
import io.countersign.doctor.BrokenServer.Tls;
import io.countersign.doctor.Finding.Mark;
import io.countersign.partner.CallTerms;
import io.countersign.revocation.Revocation;
import io.countersign.revocation.RevocationLists;
import io.countersign.testing.Certified;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.RevokedList;
import io.countersign.tls.Authorities;
import io.countersign.tls.CallerTls;
import io.countersign.tls.Identity;
import io.countersign.tls.RevocationCheck;
import io.countersign.tls.ServerTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Set-ups that do not work, or that work and should be mended; each is named by its true cause, and by no other's. */
@TestInstance(Lifecycle.PER_CLASS)
class BrokenServersTest {
    private static final String NAME = "edi.acme.example";
    private static final Duration DAY = Duration.ofDays(1);
    private final Instant now = Instant.now();
    private static final Patience PATIENCE =
            new Patience(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(2));
    private static final Patience SHORT =
            new Patience(Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofMillis(300));
    private static final String CHAIN = "server's chain";
    private static final String ASKS = "what it asks for";
    private static final String OURS_12 = "our certificate, TLS 1.2";
    private static final String OURS_13 = "our certificate, TLS 1.3";

    private final Certified root = Issue.root("CN=Acme Root, O=Acme");
    private final Certified middle =
            Issue.to("CN=Acme Issuing, O=Acme").asAuthority().by(root);
    private final Certified otherRoot = Issue.root("CN=Other Root, O=Other");
    private final Certified good = leaf().by(root);
    private final Certified under = leaf().by(middle);
    private final Certified ours = Issue.to("CN=company").by(otherRoot);
    private final List<Row> rows = new ArrayList<>();

    @TempDir
    private static Path folder;

    /** A set-up, and what is to be said of it. */
    private static final class Row {
        private final String name;
        private final String step;
        private final Mark mark;
        private final String wrong;
        private final String remedy;
        private @Nullable Conversation server;
        private @Nullable Certified openssl;
        private List<String> options = List.of();
        private String host = "localhost";
        private ServerTrust trust = new ServerTrust(Set.of(), Authorities.of(List.of()));
        private List<Certified> known = List.of();
        private Certified shown;
        private RevocationCheck revocation = (path, stapled) -> {};
        private AllowedAddresses addresses = AllowedAddresses.ANYWHERE;
        private List<String> resolved = List.of("127.0.0.1");
        private Patience patience = PATIENCE;

        Row(String name, String step, Mark mark, String wrong, String remedy, Certified shown) {
            this.name = name;
            this.step = step;
            this.mark = mark;
            this.wrong = wrong;
            this.remedy = remedy;
            this.shown = shown;
        }

        Row is(Conversation it) {
            server = it;
            return this;
        }

        Row openssl(Certified identity, String... options) {
            openssl = identity;
            this.options = List.of(options);
            return this;
        }

        Row at(String where) {
            host = where;
            return this;
        }

        Row trusting(Certified... authorities) {
            trust = ServerTrust.under(Authorities.of(
                    Stream.of(authorities).map(Certified::certificate).toList()));
            return this;
        }

        Row pinning(Certified pin) {
            trust = new ServerTrust(Set.of(pin.certificate()), Authorities.of(List.of()));
            return this;
        }

        Row knowing(Certified... these) {
            known = List.of(these);
            return this;
        }

        Row showing(Certified other) {
            shown = other;
            return this;
        }

        Row within(Patience other) {
            patience = other;
            return this;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Issue leaf() {
        return Issue.to("CN=acme's server, O=Acme").dns("localhost").dns(NAME);
    }

    private Row failing(String name, String step, String wrong, String remedy) {
        return row(name, step, Mark.FAILED, wrong, remedy);
    }

    private Row warned(String name, String step, String wrong, String remedy) {
        return row(name, step, Mark.WARNING, wrong, remedy);
    }

    private Row row(String name, String step, Mark mark, String wrong, String remedy) {
        Row row = new Row(name, step, mark, wrong, remedy, ours).trusting(root);
        rows.add(row);
        return row;
    }

    List<Row> rows() {
        if (rows.isEmpty()) {
            connections();
            noTls();
            oldTls();
            names();
            chains();
            pins();
            weak();
            hosts();
            revoked();
            asked();
            refusedUnder12();
            refusedUnder13();
            answers();
        }
        return rows;
    }

    private void connections() {
        failing("the name does not exist", "name", "does not exist", "compare the host of the url")
                        .at("nowhere.invalid")
                        .resolved =
                List.of();
        Row elsewhere = failing(
                "the name leads elsewhere",
                "name",
                "nothing of that is in the partner's serverAddresses",
                "serverAddresses");
        elsewhere.addresses = AllowedAddresses.parseNetworks("192.0.2.0/24");
        elsewhere.resolved = List.of();
        failing("nobody listens", "connect", "refused the connection", "compare the port of the url");
        warned(
                                "one of two addresses is dead",
                                "connect",
                                "only some of its addresses can be connected to: 127.0.0.2 refused the connection",
                                "nothing listens on this port")
                        .is(Tls.of(good))
                        .resolved =
                List.of("127.0.0.2", "127.0.0.1");
    }

    private void noTls() {
        failing("closes at once", "TLS", "closes the connection as soon as", "firewall or load balancer")
                .is(connection -> {});
        failing("resets at once", "TLS", "resets the connection as soon as", "firewall or load balancer")
                .is(BrokenServer.resets());
        failing("plain HTTP", "TLS", "but HTTP without TLS; its first bytes are 'HTTP/1.1 400", "switches TLS on")
                .is(BrokenServer.says("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
        failing(
                        "plain HTTP that waits for a request",
                        "TLS",
                        "but HTTP without TLS; its first bytes are 'HTTP/1.0 200",
                        "switches TLS on")
                .is(connection -> {
                    if (connection.getInputStream().read() == 'G') {
                        connection.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                    }
                });
        failing("SSH", "TLS", "speaks no TLS on this port but SSH", "compare host and port")
                .is(BrokenServer.says("SSH-2.0-OpenSSH_9.2\r\n"));
        failing("SMTP", "TLS", "speaks no TLS on this port but SMTP", "compare host and port")
                .is(BrokenServer.says("220 mail.acme.example ESMTP\r\n"));
        failing("silent", "TLS", "takes the connection and then says nothing", "hangs")
                .is(BrokenServer.silent())
                .within(SHORT);
        failing("wants the PROXY protocol", "TLS", "wants a PROXY protocol header", "which port is for callers")
                .is(connection -> {
                    StringBuilder header = new StringBuilder();
                    int next = connection.getInputStream().read();
                    if (next != 'P') {
                        return;
                    }
                    while (next != '\n') {
                        header.append((char) next);
                        next = connection.getInputStream().read();
                    }
                    Tls.of(good).with(connection);
                });
    }

    private void oldTls() {
        failing("TLS 1.1 only", "TLS", "nothing newer than TLS 1.1", "lets its server speak TLS 1.2 or 1.3")
                .openssl(good, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
        failing("TLS 1.0 only", "TLS", "nothing newer than TLS 1.0", "lets its server speak TLS 1.2 or 1.3")
                .openssl(good, "-tls1", "-cipher", "ALL:@SECLEVEL=0");
        failing(
                        "CBC suites only",
                        "TLS",
                        "it would take TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                        "AEAD suites and forward secrecy")
                .openssl(good, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256");
        failing(
                        "no forward secrecy",
                        "TLS",
                        "it would take TLS_RSA_WITH_AES_128_GCM_SHA256",
                        "AEAD suites and forward secrecy")
                .openssl(leaf().keys(Issue.rsa(2048)).by(root), "-tls1_2", "-cipher", "AES128-GCM-SHA256");
        failing("only CCM under TLS 1.3", "TLS", "it would take TLS_AES_128_CCM_SHA256", "AEAD suites")
                .openssl(good, "-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256");
        failing("an unknown curve only", "TLS", "it would take brainpoolP256r1", "X25519, P-256 or P-384")
                .openssl(leaf().keys(Issue.rsa(2048)).by(root), "-tls1_2", "-curves", "brainpoolP256r1");
        failing("nothing in common at all", "TLS", "the alert handshake_failure", "server's log")
                .is(BrokenServer.alerts(40));
        failing("no version in common at all", "TLS", "the alert protocol_version", "server's log")
                .is(BrokenServer.alerts(70));
    }

    private void names() {
        failing(
                        "serves another name",
                        "TLS",
                        "goes on without a name and answers with the alert unrecognized_name",
                        "lets its server, or the load balancer")
                .at(NAME)
                .is(Tls.of(good).serves("www.acme.example"));
        failing("closes when it sees the name", "TLS", "goes on without a name and closes", "serve " + NAME)
                .at(NAME)
                .is(connection -> {
                    byte[] hello = BrokenServer.hello(connection);
                    if (!new String(hello, StandardCharsets.ISO_8859_1).contains(NAME)) {
                        Tls.of(good).with(connection, hello);
                    }
                });
        failing("serves no such name, nor without one", "TLS", "the server serves no host " + NAME, "serve " + NAME)
                .at(NAME)
                .is(BrokenServer.alerts(112));
        failing(
                        "demands a name, and none is sent",
                        "TLS",
                        "serves only callers that say a host's name",
                        "the full name")
                .at("127.0.0.1")
                .is(BrokenServer.alerts(112));
    }

    private void chains() {
        Certified expired = leaf().valid(now.minus(DAY.multipliedBy(30)), now.minus(DAY.multipliedBy(3)))
                .by(root);
        Certified early =
                leaf().valid(now.plus(Duration.ofHours(3)), now.plus(DAY)).by(root);
        Certified oldMiddle = Issue.to("CN=Acme Issuing, O=Acme")
                .asAuthority()
                .valid(now.minus(DAY.multipliedBy(9)), now.minus(DAY.multipliedBy(5)))
                .by(root);
        Certified oldRoot = Issue.to("CN=Acme Root, O=Acme")
                .asAuthority()
                .valid(now.minus(DAY.multipliedBy(90)), now.minus(DAY.multipliedBy(7)))
                .selfSigned();
        Certified imitator = Issue.root("CN=Acme Root, O=Acme");
        Certified notOne = Issue.to("CN=Not an authority").by(root);
        Certified short0 = Issue.to("CN=Short").pathLength(0).by(root);
        Certified below = Issue.to("CN=Below").asAuthority().by(short0);
        Certified noSigning = Issue.to("CN=No signing")
                .asAuthority()
                .extension("2.5.29.15", new KeyUsage(KeyUsage.digitalSignature))
                .by(root);
        Certified stranger = leaf().by(Issue.root("CN=Stranger's Root, O=Stranger"));
        Certified outsider = leaf().by(otherRoot);
        X509Certificate strangersRoot = Issue.root("CN=Stranger").certificate();

        failing("expired", CHAIN, "the server's certificate 'CN=acme's server,O=Acme' expired 3 days ago", "renews it")
                .is(Tls.of(expired));
        failing("not yet valid", CHAIN, "either it is too new or our clock is wrong: it is now", "set the clock")
                .is(Tls.of(early));
        failing(
                        "expired intermediate",
                        CHAIN,
                        "the intermediate authority 'CN=Acme Issuing,O=Acme' expired 5 days ago",
                        "renews")
                .is(Tls.of(leaf().by(oldMiddle)));
        failing(
                        "expired root",
                        CHAIN,
                        "the trusted authority 'CN=Acme Root,O=Acme' expired 7 days ago",
                        "present certificate")
                .trusting(oldRoot)
                .is(Tls.of(leaf().by(oldRoot)));
        warned("intermediates after the root", CHAIN, "in the wrong order; that works with us", "own certificate first")
                .is(Tls.of(under, under.certificate(), root.certificate(), middle.certificate()));
        failing(
                        "authority first",
                        CHAIN,
                        "wrong order: the first certificate is that of the authority",
                        "own certificate first")
                .is(Tls.of(middle, middle.certificate(), under.certificate()));
        failing(
                        "authority first, with the server's own key",
                        "TLS",
                        "wrong order: the first certificate is that of the authority",
                        "own certificate first")
                .is(Tls.of(under, middle.certificate(), under.certificate()));
        warned("superfluous certificates", CHAIN, "certificates that its own does not need", "and nothing else")
                .is(Tls.of(good, good.certificate(), strangersRoot));
        failing(
                        "missing intermediate, same house",
                        CHAIN,
                        "perhaps under 'CN=Acme Root,O=Acme'",
                        "show the whole chain")
                .is(Tls.of(under, under.certificate()));
        failing(
                        "missing intermediate, which other files of ours have",
                        CHAIN,
                        "its own issuer 'CN=Acme Root,O=Acme' is trusted",
                        "show the whole chain")
                .knowing(middle)
                .is(Tls.of(under, under.certificate()));
        failing("issuer unknown", CHAIN, "which is neither shown nor in", "if it is the partner's root")
                .is(Tls.of(stranger));
        failing("unknown authority, shown", CHAIN, "an authority that is not in", "fetched by another way")
                .is(Tls.of(outsider, outsider.certificate(), otherRoot.certificate()));
        failing(
                        "same name, other key",
                        CHAIN,
                        "same name is trusted here, with another key",
                        "whether its authority has a new")
                .is(Tls.of(leaf().by(imitator)));
        failing("issuer is no authority", CHAIN, "basicConstraints lack CA:TRUE", "from a real authority")
                .is(Tls.of(leaf().by(notOne)));
        failing("path too long", CHAIN, "(path length)", "may have this many below")
                .is(Tls.of(leaf().by(below)));
        failing("issuer may not sign", CHAIN, "lacks keyCertSign", "keyCertSign")
                .is(Tls.of(leaf().by(noSigning)));
        failing(
                        "issuer for clients only",
                        CHAIN,
                        "'CN=For clients' may not certify TLS servers",
                        "compare its certificates")
                .is(Tls.of(leaf().by(Issue.to("CN=For clients")
                        .asAuthority()
                        .purposes(KeyPurposeId.id_kp_clientAuth)
                        .by(root))));
        failing("for clients only", CHAIN, "its purposes lack serverAuth, and are clientAuth", "purpose serverAuth")
                .is(Tls.of(leaf().purposes(KeyPurposeId.id_kp_clientAuth).by(root)));
        failing("no digitalSignature", CHAIN, "its key usage lacks digitalSignature", "key usage digitalSignature")
                .is(Tls.of(leaf().extension("2.5.29.15", new KeyUsage(KeyUsage.keyAgreement))
                        .by(root)));
        failing(
                        "key of another certificate",
                        "TLS",
                        "does not have the key of the certificate",
                        "the key that belongs to")
                .is(Tls.of(good).key(under));
    }

    private void pins() {
        Certified pinned = leaf().selfSigned();
        failing("self-signed", CHAIN, "is self-signed, and not pinned in", "we pin it")
                .is(Tls.of(pinned));
        failing(
                        "self-signed with the pin's subject",
                        CHAIN,
                        "and another key: its pin ends in",
                        "somebody else answers")
                .pinning(pinned)
                .is(Tls.of(leaf().selfSigned()));
        failing(
                        "renewed under the pinned key",
                        CHAIN,
                        "the same key as the one that is pinned: it was renewed",
                        "beside the old")
                .pinning(pinned)
                .is(Tls.of(leaf().keys(pinned.keys()).selfSigned()));
        failing("not the pinned one", CHAIN, "is not the pinned one; pinned is", "by another way whether")
                .pinning(pinned)
                .is(Tls.of(Issue.to("CN=somebody").dns("localhost").selfSigned()));
    }

    private void weak() {
        Certified weakMiddle = Issue.to("CN=Acme Issuing, O=Acme")
                .asAuthority()
                .keys(Issue.rsa(1024))
                .by(root);
        failing(
                        "RSA-1024",
                        CHAIN,
                        "the server's certificate is too weak: certificate 'CN=acme's server,O=Acme' has an RSA",
                        "RSA-2048, P-256")
                .is(Tls.of(leaf().keys(Issue.rsa(1024)).by(root)));
        failing("intermediate of RSA-1024", CHAIN, "the intermediate authority is too weak", "RSA-2048, P-256")
                .is(Tls.of(leaf().by(weakMiddle)));
        failing("SHA-1", CHAIN, "is signed with SHA1withECDSA", "SHA-256 or better")
                .is(Tls.of(leaf().signedWith("SHA1withECDSA").by(root)));
        Certified rsaRoot =
                Issue.to("CN=RSA Root").asAuthority().keys(Issue.rsa(2048)).selfSigned();
        failing("MD5", CHAIN, "is signed with MD5withRSA", "SHA-256 or better")
                .trusting(rsaRoot)
                .is(Tls.of(leaf().signedWith("MD5withRSA").by(rsaRoot)));
    }

    private void hosts() {
        String step = "host name";
        failing("another host", step, "it names www.acme.example", "among its subject alternative names")
                .is(Tls.of(Issue.to("CN=acme").dns("www.acme.example").by(root)));
        failing("only a common name", step, "as its common name only", "among its subject alternative names")
                .is(Tls.of(Issue.to("CN=localhost").by(root)));
        failing("wildcard too deep", step, "a wildcard stands for one label", "among its subject alternative names")
                .at(NAME)
                .is(Tls.of(Issue.to("CN=acme")
                        .dns("*.example")
                        .dns("*.acme.example.org")
                        .by(root)));
        failing(
                        "an address, and only names",
                        step,
                        "an address must be named as such: IP:127.0.0.1",
                        "alternative names")
                .at("127.0.0.1")
                .is(Tls.of(good));
    }

    private void revoked() {
        failing("revoked", "revocation", "a certificate of the server was revoked", "gets a new certificate")
                        .is(Tls.of(good))
                        .revocation =
                lists(RevokedList.of(root, good));
        failing("nobody knows", "revocation", "nobody says that", "countersign.revocation-unknown")
                        .is(Tls.of(good))
                        .revocation =
                lists(RevokedList.of(root).valid(now.minus(DAY.multipliedBy(3)), now.minus(DAY.multipliedBy(2))));
    }

    private RevocationCheck lists(RevokedList list) {
        try {
            Path file = Files.createTempFile(folder, "list", ".crl");
            Files.writeString(file, list.pem());
            return new Revocation(Clock.systemUTC(), Duration.ofSeconds(2), false).with(RevocationLists.read(file));
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void asked() {
        Certified between = Issue.to("CN=Between").asAuthority().by(otherRoot);
        Certified incomplete = Issue.to("CN=company").by(between);
        warned("asks for no certificate", ASKS, "asks for no certificate", "lets its server ask for one")
                .is(Tls.of(good).asksNobody());
        warned("asks for other authorities", ASKS, "of other authorities than ours", "adds our authority")
                .is(Tls.of(good).asksFor(root));
        warned("our chain lacks an intermediate", ASKS, "our chain is incomplete", "we append that certificate")
                .knowing(between, otherRoot)
                .showing(new Certified(incomplete.keys(), List.of(incomplete.certificate())))
                .is(Tls.of(good).asksFor(otherRoot));
        failing("ours has expired", ASKS, "our certificate 'CN=company' expired", "we renew it")
                .showing(Issue.to("CN=company")
                        .valid(now.minus(DAY.multipliedBy(9)), now.minus(DAY))
                        .by(otherRoot))
                .is(Tls.of(good));
        failing("ours is not valid yet", ASKS, "our certificate 'CN=company' is valid only from", "we set our clock")
                .showing(Issue.to("CN=company")
                        .valid(now.plus(DAY), now.plus(DAY.multipliedBy(9)))
                        .by(otherRoot))
                .is(Tls.of(good));
        failing("ours is not for clients", ASKS, "is not for TLS clients", "the purpose clientAuth")
                .showing(Issue.to("CN=company")
                        .purposes(KeyPurposeId.id_kp_serverAuth)
                        .by(otherRoot))
                .is(Tls.of(good));
        failing("takes no key of our kind", ASKS, "key of kind EC, which the server does not take", "with another")
                .openssl(good, "-Verify", "3", "-client_sigalgs", "rsa_pss_rsae_sha256:RSA+SHA256");
    }

    private void refusedUnder12() {
        String[][] alerts = {
            {
                "48",
                "unknown_ca",
                "does not know the authority that issued our",
                "adds our authority to those that its server trusts, or pins"
            },
            {"45", "certificate_expired", "holds our certificate for expired", "compare its dates"},
            {"44", "certificate_revoked", "holds our certificate for revoked", "get a new one"},
            {"42", "bad_certificate", "cannot use our certificate: it is broken", "what it expects"},
            {"43", "unsupported_certificate", "does not take a certificate of this kind", "clientAuth"},
            {
                "46",
                "certificate_unknown",
                "does not accept our certificate, and says no more",
                "registers our certificate"
            },
            {"49", "access_denied", "does not let its owner in", "access"},
            {"51", "decrypt_error", "could not verify what we signed", "countersign doctor"},
            {"116", "certificate_required", "did not get a certificate, or none that it takes", "authorities"},
            {"40", "handshake_failure", "ended the handshake once it had our certificate", "what it missed"},
        };
        for (String[] alert : alerts) {
            failing("refuses ours under 1.2, " + alert[1], OURS_12, alert[2], alert[3])
                    .is(Tls.of(good).alertsUnder12(Integer.parseInt(alert[0])));
        }
        failing("hangs up on ours", OURS_12, "without an alert or answer", "whether it knows this certificate")
                .is(Tls.of(good).only("TLSv1.2").judge((shown, tls, raw) -> {
                    try {
                        raw.shutdownOutput();
                    } catch (IOException broken) {
                        throw new CertificateException(broken);
                    }
                }));
        warned(
                        "accepts ours under 1.3, not under 1.2",
                        OURS_12,
                        "does not accept our certificate, and says no more; calls use TLS 1.3",
                        "registers")
                .is(Tls.of(good).judge(refusing("TLSv1.2")));
    }

    private static Tls.Judge refusing(String version) {
        return (shown, tls, raw) -> {
            if (tls.getHandshakeSession().getProtocol().equals(version)) {
                throw new CertificateException("refused");
            }
        };
    }

    private void refusedUnder13() {
        failing(
                        "accepts ours under 1.2, not under 1.3",
                        OURS_13,
                        "does not accept our certificate, and says no more",
                        "registers our certificate")
                .is(Tls.of(good).judge(refusing("TLSv1.3")));
        failing(
                        "unknown_ca under 1.3",
                        OURS_13,
                        "does not know the authority that issued our certificate, or lacks an intermediate one between them; the server"
                                + " asks for a certificate of other authorities than ours",
                        "adds our authority")
                .openssl(good, "-tls1_3", "-Verify", "3", "-verify_return_error", "-CAfile", write("wrong", root));
        failing("certificate_revoked under 1.3", OURS_13, "holds our certificate for revoked", "get a new one")
                .openssl(
                        good,
                        "-tls1_3",
                        "-Verify",
                        "3",
                        "-verify_return_error",
                        "-CAfile",
                        write("ours", otherRoot),
                        "-crl_check",
                        "-CRL",
                        write("revoked.crl", RevokedList.of(otherRoot, ours).pem()));
        Certified ended = Issue.to("CN=Ended Root")
                .asAuthority()
                .valid(now.minus(DAY.multipliedBy(9)), now.minus(DAY))
                .selfSigned();
        failing("certificate_expired under 1.3", OURS_13, "holds our certificate for expired", "compare its dates")
                .showing(Issue.to("CN=company").by(ended))
                .openssl(good, "-tls1_3", "-Verify", "3", "-verify_return_error", "-CAfile", write("ended", ended));
        failing("another purpose under 1.3", OURS_13, "does not take a certificate of this kind", "clientAuth")
                .openssl(
                        good,
                        "-tls1_3",
                        "-Verify",
                        "3",
                        "-verify_return_error",
                        "-purpose",
                        "smimesign",
                        "-CAfile",
                        write("ours2", otherRoot));
    }

    private String write(String name, Certified certificate) {
        return certificate.write(folder, name).toString();
    }

    private String write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text).toString();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void answers() {
        String problem = "{\"type\":\"urn:countersign:problem:address-not-allowed\",\"title\":\"From elsewhere\","
                + "\"status\":403,\"detail\":\"127.0.0.1\",\"instance\":\"urn:uuid:1234\"}";
        failing("403 with a problem document", "answer", "address-not-allowed (From elsewhere)", "under urn:uuid:1234")
                .is(answering("403 Forbidden", "Content-Type: application/problem+json", problem));
        failing(
                        "403",
                        "answer",
                        "accepted our certificate in the handshake, and does not let us in",
                        "access to /exchange")
                .is(answering("403 Forbidden", "X: y", "no"));
        failing("401", "answer", "another login besides the certificate (Basic)", "be enough")
                .is(answering("401 Unauthorized", "WWW-Authenticate: Basic", ""));
        warned("404", "answer", "has nothing to show at /exchange", "compare the path of the url")
                .is(answering("404 Not Found", "X: y", "no"));
        failing("500", "answer", "trouble of its own (500)", "server's log")
                .is(answering("500 Internal Server Error", "X: y", "no"));
        failing("503", "answer", "not available now, and says when it may be: Retry-After 60", "try again later")
                .is(answering("503 Service Unavailable", "Retry-After: 60", ""));
        failing("a redirect", "answer", "redirects to 'https://acme.example/new'", "into the url")
                .is(answering("301 Moved", "Location: https://acme.example/new", ""));
        warned("400", "answer", "does not like this GET", "send a first file")
                .is(answering("400 Bad Request", "X: y", ""));
        failing("garbage", "answer", "something that is not HTTP: 'what?'", "the service there is another")
                .is(Tls.of(good).answers("what?\r\n\r\n"));
        failing("no answer", "answer", "takes the request and says nothing", "waits for another behind it")
                .within(new Patience(
                        PATIENCE.connect(), PATIENCE.handshake(), Duration.ofSeconds(1), Duration.ofMillis(500)))
                .is(Tls.of(good).answers(Tls.SILENT));
        warned("a clock that is an hour off", "clock", "ahead of ours by", "sets it")
                .is(answering(
                        "200 OK",
                        "Date: "
                                + DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                        ZonedDateTime.now(ZoneOffset.UTC).plusHours(1)),
                        "ok"));
    }

    private Tls answering(String status, String header, String body) {
        return Tls.of(good)
                .answers("HTTP/1.1 " + status + "\r\n" + header + "\r\nContent-Length: " + body.length()
                        + "\r\nConnection: close\r\n\r\n" + body);
    }

    @Test
    void thereAreManyRows() {
        assertThat(rows()).hasSizeGreaterThan(70);
        assertThat(rows()).extracting(Row::toString).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theTrueCauseIsNamedAndNoOther(Row row) throws Exception {
        if (row.openssl != null) {
            Command.assumeInstalled("openssl");
        }
        List<Finding> told = examine(row);
        String all = told.stream().map(Finding::toString).collect(Collectors.joining("\n"));
        Finding found = told.stream()
                .filter(finding ->
                        finding.step().equals(row.step) && !finding.wrong().isEmpty())
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is wrong with " + row.step + ":\n" + all));
        assertThat(found.mark()).as(all).isEqualTo(row.mark);
        assertThat(found.wrong()).as(all).contains(row.wrong);
        assertThat(found.remedy()).as(all).contains(row.remedy);
        assertThat(told.stream().filter(Finding::isFailure)).as(all).hasSize(row.mark == Mark.FAILED ? 1 : 0);
        if (row.mark == Mark.FAILED) {
            assertThat(told.get(told.size() - 1).isFailure()
                            || told.get(told.size() - 1).step().equals(OURS_12))
                    .as("it stops there: " + all)
                    .isTrue();
        }
        assertThat(rows().stream()
                        .filter(other -> !row.wrong.contains(other.wrong) && !other.wrong.contains(row.wrong))
                        .filter(other -> found.wrong().contains(other.wrong)))
                .as("others whose cause is named, too: " + all)
                .isEmpty();
    }

    @Test
    void aServerThatIsAsItShouldBeIsAllWell() throws Exception {
        Row row = new Row("good", "", Mark.OK, "", "", ours).trusting(root).is(Tls.of(under));
        List<Finding> told = examine(row);
        assertThat(told)
                .allSatisfy(finding ->
                        assertThat(finding.mark()).as(finding.toString()).isEqualTo(Mark.OK));
        assertThat(told.stream().map(Finding::step))
                .containsExactly(
                        "terms",
                        "name",
                        "connect",
                        "TLS 1.3",
                        "TLS 1.2",
                        CHAIN,
                        "host name",
                        "revocation",
                        ASKS,
                        OURS_13,
                        OURS_12,
                        "answer");
    }

    private List<Finding> examine(Row row) throws Exception {
        if (row.server != null) {
            try (BrokenServer server = BrokenServer.start(row.server)) {
                return examine(row, server.port());
            }
        }
        if (row.openssl != null) {
            try (OpensslServer server =
                    OpensslServer.start(Files.createTempDirectory(folder, "s"), row.openssl, row.options)) {
                return examine(row, server.port());
            }
        }
        return examine(row, freePort());
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return free.getLocalPort();
        }
    }

    private static List<Finding> examine(Row row, int port) {
        List<Finding> told = new ArrayList<>();
        Call call = new Call(
                "acme",
                URI.create("https://" + row.host + ":" + port + "/exchange"),
                new CallTerms(
                        new CallerTls(
                                new Identity(row.shown.keys().getPrivate(), row.shown.chain()),
                                row.trust,
                                true,
                                row.revocation,
                                Clock.systemUTC()),
                        row.addresses),
                "the serverTrust of partner acme",
                row.known.stream().map(Certified::certificate).toList());
        boolean well = new CallCheck(call, host -> addresses(row, host), row.patience, told::add).run();
        assertThat(well).isEqualTo(told.stream().noneMatch(Finding::isFailure));
        return told;
    }

    private static InetAddress[] addresses(Row row, String host) throws UnknownHostException {
        if (row.resolved.isEmpty()) {
            throw new UnknownHostException(
                    row.addresses.any()
                            ? host
                            : host + " is at 127.0.0.1, and nothing of that is in the partner's serverAddresses: "
                                    + row.addresses);
        }
        InetAddress[] addresses = new InetAddress[row.resolved.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = InetAddress.getByName(row.resolved.get(i));
        }
        return addresses;
    }
}
