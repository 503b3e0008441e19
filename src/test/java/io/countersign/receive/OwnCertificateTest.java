package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.settings.InvalidSettingsException;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.testing.RunningService;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our own certificate is renewed while the service runs: whole and good, or the one before stays. */
class OwnCertificateTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    private Path folder;

    private final SettableClock clock = new SettableClock();
    private TestHome home;
    private Certified acme;
    private Certified renewed;
    private RunningService service;

    @BeforeEach
    void describe() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        renewed = own("CN=renewed");
    }

    private Certified own(String subject) {
        return Issue.to(subject).dns("localhost").by(home.authority);
    }

    private void start() throws Exception {
        service = RunningService.start(home, clock);
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void isShownFromTheNextHandshakeOnAndOpenConnectionsGoOn() throws Exception {
        start();
        try (SSLSocket open = connect()) {
            assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
            renewed.write(home.certificates(), "company");
            awaitShown(renewed);
            assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
            assertThat(open.getSession().getPeerCertificates()[0]).isEqualTo(home.company.certificate());
        }
        assertThat(service.complaints()).isEmpty();
    }

    @Test
    void isRenewedInAKeystoreToo() throws Exception {
        home.set("countersign.keystore", "own.p12").set("countersign.keystore-password", "secret");
        home.company.writeKeystore(folder.resolve("own.p12"), "secret");
        start();
        assertThat(shown()).isEqualTo(home.company.certificate());
        renewed.writeKeystore(folder.resolve("own.p12"), "secret");
        awaitShown(renewed);
    }

    @Test
    void mayHaveItsKeyBeforeItOrAfterIt() throws Exception {
        start();
        renewed.write(folder.resolve("new"), "company");
        move("new/company.key", "certificates/company.key");
        awaitComplaint("certificates/company.key is not the key of 'CN=company'");
        assertThat(shown()).isEqualTo(home.company.certificate());
        move("new/company.crt", "certificates/company.crt");
        awaitShown(renewed);
        assertThat(service.complaints()).isEmpty();
        Certified again = own("CN=again");
        again.write(folder.resolve("new"), "company");
        move("new/company.crt", "certificates/company.crt");
        awaitComplaint("is not the key of 'CN=again'");
        assertThat(shown()).isEqualTo(renewed.certificate());
        move("new/company.key", "certificates/company.key");
        awaitShown(again);
        assertThat(service.complaints()).isEmpty();
    }

    @Test
    void writtenInPiecesIsNeverShownInPieces() throws Exception {
        start();
        renewed.write(folder.resolve("new"), "company");
        for (String name : List.of("company.key", "company.crt")) {
            byte[] content = Files.readAllBytes(folder.resolve("new").resolve(name));
            Path target = home.certificates().resolve(name);
            Files.write(target, new byte[0]);
            for (int at = 0; at < content.length; at += 100) {
                Files.write(
                        target,
                        java.util.Arrays.copyOfRange(content, at, Math.min(at + 100, content.length)),
                        StandardOpenOption.APPEND);
                assertThat(shown()).isIn(home.company.certificate(), renewed.certificate());
            }
        }
        awaitShown(renewed);
        assertThat(service.complaints()).isEmpty();
    }

    /** As Kubernetes mounts secrets: each file a link through ..data, which is a link to a folder of that version. */
    @Test
    void isFollowedThroughALinkThatIsSwapped() throws Exception {
        Path mount = Files.createDirectories(folder.resolve("mount"));
        home.company.write(mount.resolve("..1"), "company");
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(mount.resolve("company.crt"), Path.of("..data/company.crt"));
        Files.createSymbolicLink(mount.resolve("company.key"), Path.of("..data/company.key"));
        home.set("countersign.certificate", "mount/company.crt").set("countersign.key", "mount/company.key");
        start();
        assertThat(shown()).isEqualTo(home.company.certificate());
        renewed.write(mount.resolve("..2"), "company");
        Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2"));
        Files.move(mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        awaitShown(renewed);
        assertThat(service.complaints()).isEmpty();
    }

    @Test
    void staysTheOneBeforeWhereTheNewOneCannotBeUsed() throws Exception {
        start();
        Files.writeString(home.certificates().resolve("company.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
        awaitComplaint("cannot be read as PEM");
        Certified expired = Issue.to("CN=expired")
                .dns("localhost")
                .valid(Instant.now().minus(Duration.ofDays(3)), Instant.now().minus(Duration.ofDays(1)))
                .by(home.authority);
        expired.write(home.certificates(), "company");
        awaitComplaint("'CN=expired' expired on");
        Files.delete(home.certificates().resolve("company.key"));
        awaitComplaint("company.key no such file");
        assertThat(shown()).isEqualTo(home.company.certificate());
        home.company.write(home.certificates(), "company");
        Awaitility.await().until(() -> service.complaints().isEmpty());
    }

    /** What partners' clients would not accept, although the key fits: renewals often come without the intermediate. */
    @Test
    void staysTheOneBeforeWhereTheNewOneLacksItsIntermediate() throws Exception {
        Certified intermediate = Issue.to("CN=Intermediate").asAuthority().by(home.authority);
        Certified whole = Issue.to("CN=below").dns("localhost").by(intermediate);
        whole.write(home.certificates(), "company");
        start();
        assertThat(shown()).isEqualTo(whole.certificate());
        Certified next = Issue.to("CN=below 2").dns("localhost").by(intermediate);
        new Certified(next.keys(), List.of(next.certificate())).write(home.certificates(), "company");
        awaitComplaint("is not a whole chain: 'CN=below 2'");
        assertThat(shown()).isEqualTo(whole.certificate());
        next.write(home.certificates(), "company");
        awaitShown(next);
    }

    @Test
    void staysTheOneBeforeWhereNoClientWouldAcceptTheNewOne() throws Exception {
        start();
        Issue renewal = Issue.to("CN=new").dns("localhost");
        renewal.purposes(KeyPurposeId.id_kp_clientAuth).by(home.authority).write(home.certificates(), "company");
        awaitComplaint("company.crt cannot be used: certificate 'CN=new' is not for TLS servers: its purposes are"
                + " [1.3.6.1.5.5.7.3.2], its key usage is not listed; accepted: purposes with serverAuth");
        renewal.purposes().keys(Issue.rsa(1024)).by(home.authority).write(home.certificates(), "company");
        awaitComplaint("company.crt cannot be used: certificate 'CN=new' has an RSA key of 1024 bits; accepted: 2048");
        Issue.to("CN=new")
                .dns("localhost")
                .signedWith("SHA1withECDSA")
                .by(home.authority)
                .write(home.certificates(), "company");
        awaitComplaint(
                "company.crt cannot be used: certificate 'CN=new' is signed with SHA1withECDSA; accepted: SHA-256");
        assertThat(shown()).isEqualTo(home.company.certificate());
    }

    @Test
    void thatNoClientWouldAcceptIsNoneToStartWith() {
        Issue.to("CN=new")
                .dns("localhost")
                .purposes(KeyPurposeId.id_kp_clientAuth)
                .by(home.authority)
                .write(home.certificates(), "company");
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(this::start)
                .withMessageContaining("countersign.certificate")
                .withMessageContaining("'CN=new' is not for TLS servers");
    }

    @Test
    void thatNamesNoHostIsWarnedOfOnceWhenItComesIntoForce() throws Exception {
        try (Logged log = Logged.by("io.countersign.tls.CompanyIdentity")) {
            start();
            assertThat(log.news()).isEmpty();
            Certified nameless = Issue.to("CN=nameless").by(home.authority);
            nameless.write(home.certificates(), "company");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(log.news())
                            .containsExactly("WARN the company's certificate 'CN=nameless' has no subject alternative"
                                    + " name: clients that check the host refuse it"));
            renewed.write(home.certificates(), "company");
            awaitShown(renewed);
            assertThat(log.news()).isEmpty();
        }
    }

    @Test
    void isFollowedByTheNextOneAtItsTime() throws Exception {
        Instant from = Instant.now().plus(Duration.ofHours(2)).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        renewed.write(home.certificates(), "next");
        home.set("countersign.next-certificate", "certificates/next.crt")
                .set("countersign.next-key", "certificates/next.key")
                .set("countersign.next-from", from.toString());
        start();
        assertThat(shown()).isEqualTo(home.company.certificate());
        clock.advance(Duration.ofHours(2).minusMinutes(1));
        assertThat(shown()).isEqualTo(home.company.certificate());
        clock.advance(Duration.ofMinutes(2));
        assertThat(shown()).isEqualTo(renewed.certificate());
    }

    private SSLSocket connect() throws IOException {
        return Client.of(home.authority.certificate(), acme).connect(service.port());
    }

    /** What a client without a session sees. */
    private X509Certificate shown() throws IOException {
        try (SSLSocket fresh = connect()) {
            assertThat(Client.exchange(fresh, WHO).status()).isEqualTo(200);
            return (X509Certificate) fresh.getSession().getPeerCertificates()[0];
        }
    }

    private void awaitShown(Certified expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> shown().equals(expected.certificate())
                        && service.complaints().isEmpty());
    }

    private void awaitComplaint(String text) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(service.complaints())
                        .anyMatch(
                                why -> why.startsWith("the certificate of the bean company: ") && why.contains(text)));
    }

    private void move(String from, String to) throws IOException {
        Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }
}
