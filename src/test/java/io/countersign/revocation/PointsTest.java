package io.countersign.revocation;

import static io.countersign.revocation.Asking.CRL;
import static io.countersign.revocation.Asking.OCSP;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.testing.RevokedList;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the lists at distribution points say, and what of it counts. */
class PointsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Asking asking = new Asking();
    private final Certified leaf = asking.leafWithList();
    private final Instant now = Instant.now();

    @AfterEach
    void close() {
        asking.close();
    }

    @Test
    void haveListsThatLetPassWhatTheyDoNotName() {
        asking.says(RevokedList.of(asking.root, asking.leafWithList()));

        asking.passes(leaf);
        asking.passes(asking.leafWithList());
        assertThat(asking.responder.asked(CRL)).as("one list for both").isEqualTo(1);
    }

    @Test
    void haveListsThatEndWhatTheyName() {
        asking.says(RevokedList.of(asking.root, leaf));

        asking.isRevoked(leaf, "(key compromise), says revocation list " + asking.responder.url(CRL));
    }

    @Test
    void haveListsThatEndWhatTheyHold() {
        asking.says(RevokedList.of(asking.root).entry(leaf, CRLReason.certificateHold));

        asking.isRevoked(leaf, "(certificate hold)");
    }

    @Test
    void haveOldListsThatStillEndWhatTheyNameAndProveNothingGood() {
        Certified revoked = asking.leafWithList();
        asking.says(RevokedList.of(asking.root, revoked).valid(now.minus(HOUR.multipliedBy(2)), now.minus(HOUR)));

        asking.isRevoked(revoked, "key compromise");
        asking.isUndetermined(leaf, "should have been replaced on ");
    }

    @Test
    void haveListsWithoutAnEndThatProveNothingGood() {
        Certified revoked = asking.leafWithList();
        asking.says(RevokedList.of(asking.root, revoked).valid(now.minus(HOUR), null));

        asking.isRevoked(revoked, "key compromise");
        asking.isUndetermined(leaf, "has no next update");
    }

    @Test
    void mustHaveListsOfTheIssuer() {
        asking.says(RevokedList.of(Issue.root("CN=Root"), leaf));
        asking.isUndetermined(leaf, "is not signed by the issuer");
    }

    @Test
    void mustHaveListsOfThatName() {
        asking.says(RevokedList.of(
                Issue.to("CN=Other").asAuthority().keys(asking.root.keys()).selfSigned()));
        asking.isUndetermined(leaf, "is not signed by the issuer");
    }

    @Test
    void mustHaveListsThatAreSignedStrongly() {
        asking.says(RevokedList.of(asking.root).signedWith("SHA1withECDSA"));

        asking.isUndetermined(leaf, "a revocation list is signed with SHA1withECDSA; accepted: SHA-256 or better");
    }

    @Test
    void mustHaveWholeLists() {
        asking.says(RevokedList.of(asking.root).extension(Extension.deltaCRLIndicator, true, new ASN1Integer(1)));

        asking.isUndetermined(leaf, "holds a delta revocation list");
    }

    @Test
    void mayHaveListsOfUsersOrOfAuthoritiesOnly() {
        asking.says(scoped(null, true, false, null));
        asking.passes(leaf);

        Certified other =
                Issue.to("CN=leaf").crl(asking.responder.url("/authorities")).by(asking.root);
        asking.responder.says(
                "/authorities", () -> scoped(null, false, true, null).bytes());
        asking.isUndetermined(other, "does not cover this certificate");
    }

    @Test
    void mustHaveListsForAllReasons() {
        asking.says(scoped(null, false, false, new ReasonFlags(ReasonFlags.keyCompromise)));

        asking.isUndetermined(leaf, "does not cover this certificate, or not all reasons");
    }

    @Test
    void mustHaveTheListOfThisPoint() {
        asking.says(scoped(asking.responder.url(CRL), false, false, null));
        asking.passes(leaf);

        Certified other = Issue.to("CN=leaf").crl(asking.responder.url("/2")).by(asking.root);
        asking.responder.says(
                "/2",
                () -> scoped(asking.responder.url(CRL), false, false, null).bytes());
        asking.isUndetermined(other, "does not cover this certificate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "0\u0080", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"})
    void mustHaveLists(String garbage) {
        asking.responder.says(CRL, () -> garbage.getBytes(StandardCharsets.ISO_8859_1));

        asking.isUndetermined(leaf, "cannot be read as a revocation list");
    }

    @Test
    void areAskedWhereTheResponderSaysNothing() {
        Certified both = asking.leaf();
        asking.responder.closesAt(OCSP);
        asking.says(RevokedList.of(asking.root));
        asking.passes(both);

        Certified revoked = asking.leaf();
        asking.responder.says(
                OCSP, () -> OcspAnswer.unknown(asking.root, revoked).bytes());
        asking.clock.advance(HOUR);
        asking.says(RevokedList.of(asking.root, revoked).valid(now, now.plus(HOUR.multipliedBy(9))));
        asking.isRevoked(revoked, "says revocation list");
    }

    @Test
    void mayKnowWhatTheResponderDoesNot() {
        Certified both = asking.leaf();
        asking.says(OcspAnswer.unknown(asking.root, both));
        asking.says(RevokedList.of(asking.root));

        asking.passes(both);
    }

    @Test
    void areAskedInTimeAlsoWhereTheResponderIsSilent() {
        asking.responder.silentAt(OCSP);
        asking.says(RevokedList.of(asking.root));

        asking.passes(asking.hasty, asking.leaf());
    }

    @Test
    void areNotAskedWhereTheResponderSaysGood() {
        Certified both = asking.leaf();
        asking.says(OcspAnswer.good(asking.root, both));

        asking.passes(both);
        assertThat(asking.responder.asked(CRL)).isZero();
    }

    @Test
    void elsewhereThanOnTheWebAreNotAsked() {
        asking.passes(Issue.to("CN=leaf").crl("ldap://127.0.0.1:1/cn=list").by(asking.root));
    }

    @Test
    void ofWhichOneIsEnough() {
        asking.responder.answersAt("/gone", 404);
        asking.says(RevokedList.of(asking.root));

        asking.passes(Issue.to("CN=leaf")
                .crl(asking.responder.url("/gone"))
                .crl(asking.responder.url(CRL))
                .by(asking.root));
    }

    private RevokedList scoped(
            @Nullable String point, boolean users, boolean authorities, @Nullable ReasonFlags reasons) {
        DistributionPointName name = point == null
                ? null
                : new DistributionPointName(
                        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, point)));
        return RevokedList.of(asking.root)
                .extension(
                        Extension.issuingDistributionPoint,
                        true,
                        new IssuingDistributionPoint(name, users, authorities, reasons, false, false));
    }
}
