package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.tls.ServerCertificateException.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerTrustTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final String HOST = "edi.acme.example";
    private static final Certified ROOT = Issue.root("CN=Root");

    private final Instant now = Instant.now();

    @TempDir
    private Path folder;

    @Test
    void isGivenToWhatAnAuthorityIssued() {
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(ROOT);

        accepted(under(ROOT), server().by(ROOT), HOST);
        accepted(under(ROOT), server().by(intermediate), HOST);
        accepted(under(ROOT), server().purposes(KeyPurposeId.id_kp_serverAuth).by(ROOT), HOST);
    }

    @Test
    void isGivenToNobodyWhereNobodyIsNamed() {
        refused(new ServerTrust(Set.of(), Authorities.of(List.of())), server().by(ROOT), HOST, Fault.UNTRUSTED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isGivenToWhatIsPinned(boolean authority) throws Exception {
        Certified pinned = authority ? server().asAuthority().selfSigned() : server().selfSigned();

        accepted(reading(pinned), pinned, HOST);
    }

    @Test
    void needsOfAPinNeitherIssuerNorPurpose() throws Exception {
        Certified pinned = server().purposes(KeyPurposeId.id_kp_clientAuth).by(ROOT);

        accepted(reading(pinned), pinned, HOST);
    }

    @Test
    void needsOfAPinThatItIsTheWholeCertificate() throws Exception {
        Certified pinned = server().selfSigned();
        Certified renewed = server().keys(pinned.keys()).selfSigned();

        refused(reading(pinned), renewed, HOST, Fault.UNTRUSTED)
                .withMessage("the server is not trusted: certificate 'CN=server' is self-signed and not what"
                        + " serverTrust in the partner's file pins");
    }

    @Test
    void isGivenToAnyOfWhatSeveralFilesHold() throws Exception {
        Certified old = server().selfSigned();
        Certified renewed = server().selfSigned();
        ServerTrust trust = reading(old, renewed, ROOT);

        accepted(trust, old, HOST);
        accepted(trust, renewed, HOST);
        accepted(trust, server().by(ROOT), HOST);
    }

    @Test
    void isGivenToWhatAPinnedAuthorityIssuedAndNotToWhatAnotherPinDid() throws Exception {
        Certified pinned = server().selfSigned();
        Certified beneath = server().by(pinned);

        accepted(reading(ROOT), server().by(ROOT), HOST);
        refused(
                reading(pinned),
                new Certified(beneath.keys(), List.of(beneath.certificate(), pinned.certificate())),
                HOST,
                Fault.UNTRUSTED);
    }

    @Test
    void endsWithTheDatesAlsoOfAPin() throws Exception {
        Certified old = server().valid(now.minus(DAY), now.minusSeconds(1)).selfSigned();
        Certified early = server().valid(now.plus(DAY), now.plus(DAY).plus(DAY)).by(ROOT);

        refused(reading(old), old, HOST, Fault.EXPIRED)
                .withMessageStartingWith("the server's certificate 'CN=server' expired on ");
        refused(under(ROOT), early, HOST, Fault.EXPIRED)
                .withMessageStartingWith("the server's certificate 'CN=server' is not valid before ");
    }

    @Test
    void endsWithTheDatesOfTheAuthority() {
        Certified old = Issue.to("CN=Old root")
                .asAuthority()
                .valid(now.minus(DAY), now.minusSeconds(1))
                .selfSigned();

        refused(under(old), server().by(old), HOST, Fault.UNTRUSTED)
                .withMessageStartingWith("the server is not trusted: certificate 'CN=Old root' expired on ");
    }

    @Test
    void isNotGivenToWhatIsWeakAlsoWherePinned() throws Exception {
        Certified weakKey = server().keys(Issue.rsa(1024)).selfSigned();
        Certified weakSignature = server().signedWith("SHA1withECDSA").by(ROOT);

        refused(reading(weakKey), weakKey, HOST, Fault.UNTRUSTED)
                .withMessage("the server is not trusted: certificate 'CN=server' has an RSA key of 1024 bits;"
                        + " accepted: 2048 or more");
        refused(under(ROOT), weakSignature, HOST, Fault.UNTRUSTED)
                .withMessage("the server is not trusted: certificate 'CN=server' is signed with SHA1withECDSA;"
                        + " accepted: SHA-256 or better");
    }

    @Test
    void isNotGivenToWhatIsForClients() {
        refused(under(ROOT), server().purposes(KeyPurposeId.id_kp_clientAuth).by(ROOT), HOST, Fault.UNTRUSTED)
                .withMessage("the server is not trusted: certificate 'CN=server' is not for TLS servers (its purposes"
                        + " lack serverAuth, or its key usage digitalSignature)");
    }

    @Test
    void isNotGivenWhereTheWayToTheAuthorityDoesNotHold() {
        Certified impostor = Issue.root("CN=Root");
        Certified beneathLeaf = server().by(server().by(ROOT));
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(ROOT);
        Certified alone = server().by(intermediate);

        refused(under(ROOT), server().by(impostor), HOST, Fault.UNTRUSTED)
                .withMessage("the server is not trusted: no valid path from 'CN=server' to a known authority:"
                        + " the signature of 'CN=server' is not by the key of 'CN=Root'");
        refused(under(ROOT), beneathLeaf, HOST, Fault.UNTRUSTED);
        refused(under(ROOT), new Certified(alone.keys(), List.of(alone.certificate())), HOST, Fault.UNTRUSTED)
                .withMessage("the server is not trusted: certificate 'CN=server' is issued under 'CN=Issuing', which is"
                        + " not among the trusted authorities; if it is an intermediate, its certificate has to be"
                        + " shown, too");
    }

    @Test
    void isNotGivenToAnotherHostAlsoWherePinned() throws Exception {
        Certified pinned = server().selfSigned();

        refused(reading(pinned), pinned, "other.example", Fault.OTHER_HOST)
                .withMessage("the server's certificate 'CN=server' does not name other.example; it names " + HOST);
        refused(under(ROOT), Issue.to("CN=" + HOST).by(ROOT), HOST, Fault.OTHER_HOST)
                .withMessageEndingWith("it names no host at all (a common name does not count)");
    }

    @Test
    void asksForNoHostWhereItIsNotVerifiedAndForAllElse() {
        accepted(under(ROOT), Issue.to("CN=server").by(ROOT), "");
        refused(under(ROOT), server().selfSigned(), "", Fault.UNTRUSTED);
    }

    @Test
    void isNotReadWhereThereIsARevocationListOrNothing() throws Exception {
        Path list = Files.writeString(
                folder.resolve("list.pem"), Certified.pem(ROOT.certificate(), PemFileTest.revocationList()));
        Path missing = folder.resolve("missing.pem");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> ServerTrust.read(List.of(list)))
                .withMessage(list + " holds a revocation list; accepted: in countersign.trust");
        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> ServerTrust.read(List.of(missing)))
                .withMessageStartingWith(missing.toString());
    }

    @Test
    void isNotReadWhereThereIsNoCertificate() throws Exception {
        ROOT.write(folder, "root");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> ServerTrust.read(List.of(folder.resolve("root.key"))));
    }

    private static Issue server() {
        return Issue.to("CN=server").dns(HOST);
    }

    private static ServerTrust under(Certified... these) {
        return ServerTrust.under(Authorities.of(
                List.of(these).stream().map(Certified::certificate).toList()));
    }

    /** As a partner's file says it. */
    private ServerTrust reading(Certified... these) throws IOException, KeyMaterialException {
        List<Path> files = new ArrayList<>();
        for (Certified each : these) {
            files.add(
                    Files.writeString(folder.resolve(each.fingerprint() + ".pem"), Certified.pem(each.certificate())));
        }
        return ServerTrust.read(files);
    }

    private void accepted(ServerTrust trust, Certified server, String host) {
        assertThatCode(() -> trust.check(shown(server), host, now)).doesNotThrowAnyException();
    }

    private ThrowableAssertAlternative<ServerCertificateException> refused(
            ServerTrust trust, Certified server, String host, Fault fault) {
        return assertThatExceptionOfType(ServerCertificateException.class)
                .isThrownBy(() -> trust.check(shown(server), host, now))
                .satisfies(refusal -> assertThat(refusal.fault()).isEqualTo(fault));
    }

    private static X509Certificate[] shown(Certified server) {
        return server.chain().toArray(X509Certificate[]::new);
    }
}
