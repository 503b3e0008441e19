package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.tls.Authorities.Authority;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificationPathTest {
    private final Instant now = Instant.now();
    private final Instant longAgo = now.minus(Duration.ofDays(900));
    private final Instant yesterday = now.minus(Duration.ofDays(1));
    private final Instant tomorrow = now.plus(Duration.ofDays(1));
    private final Instant far = now.plus(Duration.ofDays(900));
    private static final Certified ROOT = Issue.root("CN=Root");
    private static final Certified INTERMEDIATE =
            Issue.to("CN=Intermediate").asAuthority().by(ROOT);
    private static final Certified LEAF = Issue.to("CN=acme").by(ROOT);
    private static final Certified BELOW = Issue.to("CN=acme").by(INTERMEDIATE);

    @Test
    void leadsStraightToAnAuthority() throws CertificateException {
        CertificationPath path = build(LEAF.chain(), ROOT);

        assertThat(path.leaf()).isEqualTo(LEAF.certificate());
        assertThat(path.issuers()).containsExactly(Authority.of(ROOT.certificate()));
    }

    @Test
    void leadsOverAnIntermediateNearestFirst() throws CertificateException {
        CertificationPath path = build(BELOW.chain(), ROOT);

        assertThat(path.leaf()).isEqualTo(BELOW.certificate());
        assertThat(path.issuers())
                .containsExactly(Authority.of(INTERMEDIATE.certificate()), Authority.of(ROOT.certificate()));
    }

    @Test
    void saysOfEachCertificateBelowTheAnchorWhoIssuedIt() throws CertificateException {
        assertThat(build(BELOW.chain(), ROOT).issued())
                .containsExactly(
                        new Issued(BELOW.certificate(), Authority.of(INTERMEDIATE.certificate())),
                        new Issued(INTERMEDIATE.certificate(), Authority.of(ROOT.certificate())));
        assertThat(build(BELOW.chain(), INTERMEDIATE).issued())
                .containsExactly(new Issued(BELOW.certificate(), Authority.of(INTERMEDIATE.certificate())));
    }

    @Test
    void saysOfAPinWhoIssuedItWhereThatIsKnownOrShown() {
        Authorities root = Authorities.of(ROOT.chain());
        Issued issued = new Issued(LEAF.certificate(), Authority.of(ROOT.certificate()));
        Certified impostor = Issue.root("CN=Root");

        assertThat(CertificationPath.ofPinned(LEAF.chain(), root)).containsExactly(issued);
        assertThat(CertificationPath.ofPinned(
                        List.of(LEAF.certificate(), ROOT.certificate()), Authorities.of(impostor.chain())))
                .containsExactly(issued);
        assertThat(CertificationPath.ofPinned(
                        List.of(LEAF.certificate(), impostor.certificate()), Authorities.of(List.of())))
                .isEmpty();
        assertThat(CertificationPath.ofPinned(ROOT.chain(), root)).isEmpty();
    }

    @Test
    void leadsToAnIntermediateThatIsItselfTrusted() throws CertificateException {
        assertThat(build(BELOW.chain(), INTERMEDIATE).issuers())
                .containsExactly(Authority.of(INTERMEDIATE.certificate()));
        assertThat(build(List.of(BELOW.certificate()), INTERMEDIATE).issuers())
                .containsExactly(Authority.of(INTERMEDIATE.certificate()));
    }

    @Test
    void findsItsWayWhateverTheOrderAndWhateverElseIsShown() throws CertificateException {
        Certified second = Issue.to("CN=Second").asAuthority().by(INTERMEDIATE);
        Certified leaf = Issue.to("CN=acme").by(second);
        List<X509Certificate> shown = new ArrayList<>(List.of(
                INTERMEDIATE.certificate(),
                Issue.root("CN=Root").certificate(),
                ROOT.certificate(),
                second.certificate(),
                Issue.to("CN=Second").asAuthority().by(ROOT).certificate()));
        Collections.shuffle(shown);
        shown.add(0, leaf.certificate());

        assertThat(build(shown, ROOT).issuers())
                .containsExactly(
                        Authority.of(second.certificate()),
                        Authority.of(INTERMEDIATE.certificate()),
                        Authority.of(ROOT.certificate()));
    }

    @Test
    void isNotFoundWhereAnIntermediateIsMissing() {
        refused(List.of(BELOW.certificate()), ROOT)
                .withMessage("certificate 'CN=acme' is issued under 'CN=Intermediate', which is not among the trusted"
                        + " authorities; if it is an intermediate, its certificate has to be shown, too");
    }

    @Test
    void isNotFoundWhereALowerIntermediateIsMissing() {
        Certified second = Issue.to("CN=Second").asAuthority().by(INTERMEDIATE);
        Certified leaf = Issue.to("CN=acme").by(second);

        refused(List.of(leaf.certificate(), INTERMEDIATE.certificate()), ROOT)
                .withMessage("no valid path from 'CN=acme' to a known authority: the certificate of 'CN=Second', which"
                        + " issued 'CN=acme', was not shown");
    }

    @Test
    void isNotFoundUnderAnUnknownAuthority() {
        Certified other = Issue.to("CN=acme, O=Acme").by(Issue.root("CN=Other"));

        refused(other.chain(), ROOT)
                .withMessage("certificate 'CN=acme,O=Acme' is issued under 'CN=Other', which is not among the trusted"
                        + " authorities; if it is an intermediate, its certificate has to be shown, too");
    }

    @Test
    void isNotFoundUnderAnAuthorityOfTheSameNameAndAnotherKey() {
        refused(Issue.to("CN=acme").by(Issue.root("CN=Root")).chain(), ROOT)
                .withMessageStartingWith("no valid path from 'CN=acme' to a known authority: ");
    }

    @Test
    void isNotFoundWithoutAnyAuthority() {
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> CertificationPath.build(LEAF.chain(), Authorities.of(List.of()), now))
                .withMessageContaining("which is not among the trusted authorities");
    }

    @Test
    void isNotFoundForASelfSignedCertificate() {
        refused(Issue.to("CN=acme").selfSigned().chain(), ROOT)
                .withMessage("certificate 'CN=acme' is self-signed and no partner's file pins it");
        refused(Issue.root("CN=acme").chain(), ROOT).withMessageContaining("is self-signed");
    }

    @Test
    void isNotFoundForASelfSignedCertificateThatShowsATrustedOneBehindIt() {
        Certified self = Issue.to("CN=acme").selfSigned();

        refused(List.of(self.certificate(), ROOT.certificate()), ROOT)
                .withMessage("no valid path from 'CN=acme' to a known authority: 'CN=acme' is self-signed and not among"
                        + " the trusted authorities");
        refused(List.of(self.certificate(), LEAF.certificate(), ROOT.certificate()), ROOT)
                .withMessageStartingWith("no valid path from 'CN=acme' to a known authority: ");
    }

    @Test
    void isNotFoundOverAnIssuerThatIsNoAuthority() {
        Certified leaf = Issue.to("CN=globex").by(LEAF);

        refused(List.of(leaf.certificate(), LEAF.certificate()), ROOT)
                .withMessageStartingWith("no valid path from 'CN=globex' to a known authority: ")
                .withMessageEndingWith("'CN=acme', which issued 'CN=globex', is not an authority");
    }

    @Test
    void isNotFoundWhereTheSignatureIsAnothers() {
        Certified forged = Issue.to("CN=acme").by(new Certified(Issue.ec("secp256r1"), ROOT.chain()));

        refused(forged.chain(), ROOT)
                .withMessageStartingWith("no valid path from 'CN=acme' to a known authority: ")
                .withMessageEndingWith("the signature of 'CN=acme' is not by the key of 'CN=Root'");
    }

    @Test
    void ofWhichNothingIsWrongButThatNobodyKnowsItEndsInAnUnknownCertificate() {
        Certified otherRoot = Issue.root("CN=Root");
        Certified unknown = Issue.to("CN=acme").by(otherRoot);
        Certified expiredRoot =
                Issue.to("CN=Root").asAuthority().valid(longAgo, yesterday).selfSigned();
        Certified below =
                Issue.to("CN=acme").by(Issue.to("CN=Intermediate").asAuthority().by(otherRoot));

        isUnknown(unknown.chain(), ROOT);
        isUnknown(List.of(unknown.certificate(), otherRoot.certificate()), ROOT);
        isUnknown(unknown.chain(), expiredRoot);
        isUnknown(below.chain(), ROOT);
        isUnknown(Issue.to("CN=acme").by(Issue.root("CN=Other")).chain(), ROOT);
        refused(Issue.to("CN=acme").by(expiredRoot).chain(), expiredRoot)
                .matches(known -> !(known instanceof UnknownCertificateException))
                .withMessageStartingWith("certificate 'CN=Root' expired on ");
    }

    @Test
    void brokenBelowATrustedAuthorityThatIsShownItselfDoesNotEndInAnUnknownCertificate() {
        Certified constrained = Issue.to("CN=Constrained")
                .asAuthority()
                .extension(
                        "2.5.29.30",
                        new NameConstraints(
                                new GeneralSubtree[] {
                                    new GeneralSubtree(new GeneralName(GeneralName.dNSName, "acme.example"))
                                },
                                null))
                .by(ROOT);
        Certified outside = Issue.to("CN=acme").dns("globex.example").by(constrained);

        refused(List.of(outside.certificate(), constrained.certificate(), ROOT.certificate()), ROOT)
                .matches(broken -> !(broken instanceof UnknownCertificateException))
                .matches(broken -> !String.valueOf(broken.getMessage()).contains("not among the trusted"));
    }

    private void isUnknown(List<X509Certificate> shown, Certified anchor) {
        assertThatExceptionOfType(UnknownCertificateException.class)
                .isThrownBy(() -> build(shown, anchor))
                .matches(unknown -> unknown.certificate().equals(shown.get(0)));
    }

    @Test
    void isNotFoundForAnExpiredLeaf() {
        refused(Issue.to("CN=acme").valid(longAgo, yesterday).by(ROOT).chain(), ROOT)
                .withMessageStartingWith("certificate 'CN=acme' expired on ");
    }

    @Test
    void isNotFoundForALeafOfTheFuture() {
        refused(Issue.to("CN=acme").valid(tomorrow, far).by(ROOT).chain(), ROOT)
                .withMessageStartingWith("certificate 'CN=acme' is not valid before ");
    }

    @Test
    void isNotFoundOverAnExpiredIntermediate() {
        Certified expired = Issue.to("CN=Intermediate")
                .asAuthority()
                .valid(longAgo, yesterday)
                .by(ROOT);

        refused(Issue.to("CN=acme").by(expired).chain(), ROOT)
                .withMessageStartingWith("no valid path from 'CN=acme' to a known authority: ")
                .withMessageContaining("certificate 'CN=Intermediate' expired on ");
    }

    @Test
    void isNotFoundUnderAnExpiredAuthority() {
        Certified expired =
                Issue.to("CN=Root").asAuthority().valid(longAgo, yesterday).selfSigned();

        refused(Issue.to("CN=acme").by(expired).chain(), expired)
                .withMessageStartingWith("certificate 'CN=Root' expired on ");
    }

    @Test
    void isNotFoundUnderAnAuthorityOfTheFuture() {
        Certified future =
                Issue.to("CN=Root").asAuthority().valid(tomorrow, far).selfSigned();

        refused(Issue.to("CN=acme").by(future).chain(), future)
                .withMessageStartingWith("certificate 'CN=Root' is not valid before ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isFoundUnderARenewedAuthorityBesideItsExpiredCertificate(boolean expiredFirst) throws CertificateException {
        X509Certificate expired = Issue.to("CN=Root")
                .asAuthority()
                .keys(ROOT.keys())
                .valid(longAgo, yesterday)
                .selfSigned()
                .certificate();
        Authorities both = Authorities.of(
                expiredFirst ? List.of(expired, ROOT.certificate()) : List.of(ROOT.certificate(), expired));

        for (int i = 0; i < 10; i++) { // the choice between the two was once left to chance
            assertThat(CertificationPath.build(LEAF.chain(), both, now).issuers())
                    .containsExactly(Authority.of(ROOT.certificate()));
        }
    }

    @Test
    void isJudgedByTheGivenInstant() throws CertificateException {
        Certified root = Issue.to("CN=Root").asAuthority().valid(longAgo, far).selfSigned();
        Certified leaf = Issue.to("CN=acme").valid(longAgo, yesterday).by(root);
        Authorities anchors = Authorities.of(root.chain());

        assertThat(CertificationPath.build(leaf.chain(), anchors, yesterday.minusSeconds(1))
                        .leaf())
                .isEqualTo(leaf.certificate());
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> CertificationPath.build(leaf.chain(), anchors, yesterday.plusSeconds(2)))
                .withMessageContaining("expired on");
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> CertificationPath.build(leaf.chain(), anchors, longAgo.minusSeconds(2)))
                .withMessageContaining("is not valid before");
    }

    @Test
    void isNotFoundForTheWrongPurpose() {
        refused(
                        Issue.to("CN=acme")
                                .purposes(KeyPurposeId.id_kp_serverAuth)
                                .by(ROOT)
                                .chain(),
                        ROOT)
                .withMessage("certificate 'CN=acme' is not for TLS clients (its purposes lack clientAuth, or its key"
                        + " usage digitalSignature)");
    }

    @Test
    void isFoundWithoutAnyPurpose() throws CertificateException {
        Certified leaf = Issue.to("CN=acme").purposes().by(ROOT);

        assertThat(leaf.certificate().getExtendedKeyUsage()).isNull();
        assertThat(build(leaf.chain(), ROOT).leaf()).isEqualTo(leaf.certificate());
    }

    @Test
    void isNotFoundForAShortRsaKey() {
        refused(Issue.to("CN=acme").keys(Issue.rsa(1024)).by(ROOT).chain(), ROOT)
                .withMessage("certificate 'CN=acme' has an RSA key of 1024 bits; accepted: 2048 or more");
    }

    @Test
    void isNotFoundOverAShortRsaKey() {
        Certified weak = Issue.to("CN=Weak").asAuthority().keys(Issue.rsa(1024)).by(ROOT);

        refused(Issue.to("CN=acme").by(weak).chain(), ROOT)
                .withMessage("certificate 'CN=Weak' has an RSA key of 1024 bits; accepted: 2048 or more");
    }

    @Test
    void isNotFoundUnderAnAuthorityWithAShortRsaKey() {
        Certified weak = Issue.to("CN=Weak").asAuthority().keys(Issue.rsa(1024)).selfSigned();

        refused(Issue.to("CN=acme").by(weak).chain(), weak)
                .withMessage("certificate 'CN=Weak' has an RSA key of 1024 bits; accepted: 2048 or more");
    }

    @Test
    void isNotFoundForAShortCurve() throws Exception {
        refused(Issue.to("CN=acme").keys(StrengthTest.p224()).by(ROOT).chain(), ROOT)
                .withMessageMatching(
                        "certificate 'CN=acme' has (an EC key of 224 bits|a key of kind EC); accepted: .*");
    }

    @Test
    void isNotFoundOverASha1Signature() {
        refused(Issue.to("CN=acme").signedWith("SHA1withECDSA").by(ROOT).chain(), ROOT)
                .withMessage("certificate 'CN=acme' is signed with SHA1withECDSA; accepted: SHA-256 or better");
    }

    /** Nobody checks the signature that an authority made for itself; being on the list is what it is trusted for. */
    @Test
    void isFoundUnderAnAuthorityThatSignedItselfWithSha1() throws CertificateException {
        Certified old =
                Issue.to("CN=Old").asAuthority().signedWith("SHA1withECDSA").selfSigned();

        assertThat(build(Issue.to("CN=acme").by(old).chain(), old).issuers())
                .containsExactly(Authority.of(old.certificate()));
    }

    @Test
    void isNotFoundOverTooManyIntermediates() throws CertificateException {
        Certified issuer = ROOT;
        for (int i = 0; i < 8; i++) {
            issuer = Issue.to("CN=Intermediate " + i).asAuthority().by(issuer);
        }
        assertThat(build(Issue.to("CN=acme").by(issuer).chain(), ROOT).issuers())
                .hasSize(9);

        Certified ninth = Issue.to("CN=Intermediate 8").asAuthority().by(issuer);
        refused(Issue.to("CN=acme").by(ninth).chain(), ROOT)
                .withMessageStartingWith("no valid path from 'CN=acme' to a known authority: ");
    }

    private CertificationPath build(List<X509Certificate> shown, Certified... anchors) throws CertificateException {
        return CertificationPath.build(
                shown,
                Authorities.of(
                        Arrays.stream(anchors).map(Certified::certificate).toList()),
                now);
    }

    private ThrowableAssertAlternative<CertificateException> refused(
            List<X509Certificate> shown, Certified... anchors) {
        return assertThatExceptionOfType(CertificateException.class).isThrownBy(() -> build(shown, anchors));
    }
}
