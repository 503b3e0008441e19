package io.countersign.revocation;

import static io.countersign.revocation.Asking.OCSP;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What OCSP responders say, and what of it counts. */
class RespondersTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Asking asking = new Asking();
    private final Certified leaf = asking.leafWithResponder();
    private final Instant now = Instant.now();

    @AfterEach
    void close() {
        asking.close();
    }

    @Test
    void letPassWhatIsGood() {
        asking.says(OcspAnswer.good(asking.root, leaf));

        asking.passes(leaf);
        assertThat(asking.responder.asked(OCSP)).isEqualTo(1);
    }

    @Test
    void endWhatIsRevokedWithDateAndReason() {
        asking.says(OcspAnswer.revoked(asking.root, leaf));

        asking.isRevoked(leaf, "certificate 'CN=leaf' is revoked since 2");
        asking.isRevoked(leaf, "(key compromise), says OCSP responder " + asking.responder.url(OCSP));
    }

    @Test
    void endWhatIsRevokedAlsoByAnAnswerThatIsOld() {
        asking.says(OcspAnswer.revoked(asking.root, leaf).valid(now.minus(HOUR), now.minus(HOUR.dividedBy(2))));

        asking.isRevoked(leaf, "key compromise");
    }

    @Test
    void endWhatTheyDoNotKnowAlsoWhereTheUnknownIsAllowed() {
        asking.says(OcspAnswer.unknown(asking.root, leaf));

        asking.refused(asking.refusing, leaf)
                .matches(refusal -> !refusal.isRevoked())
                .withMessageContaining("does not know the certificate");
        asking.refused(asking.allowing, leaf).withMessageContaining("does not know the certificate");
    }

    @Test
    void knowWhatTheyDidNotKnowSoonAfter() {
        asking.says(OcspAnswer.unknown(asking.root, leaf));
        asking.refused(asking.refusing, leaf);

        asking.says(OcspAnswer.good(asking.root, leaf));
        asking.clock.advance(Duration.ofSeconds(31));
        asking.passes(leaf);
    }

    @Test
    void mayDifferInTheirClocksByMinutes() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now.plusSeconds(240), now.plus(HOUR)));
        asking.passes(leaf);

        Certified other = asking.leafWithResponder();
        asking.says(OcspAnswer.good(asking.root, other).valid(now.minus(HOUR), now.minusSeconds(240)));
        asking.passes(other);
    }

    @Test
    void saidTooLongAgo() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now.minus(HOUR), now.minusSeconds(360)));

        asking.isUndetermined(leaf, "its answer was good until ");
    }

    @Test
    void sayBeforeTheTime() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now.plusSeconds(360), now.plus(HOUR)));

        asking.isUndetermined(leaf, "its answer is not valid before ");
    }

    @Test
    void areBelievedForMinutesWhereTheySayNotHowLong() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now.minus(HOUR), null));
        asking.passes(leaf);

        Certified other = asking.leafWithResponder();
        asking.says(
                OcspAnswer.good(asking.root, other).valid(now.minus(HOUR), null).produced(now.minusSeconds(660)));
        asking.isUndetermined(other, "its answer was good until ");
    }

    @Test
    void mustBeTheIssuer() {
        Certified impostor = Issue.root("CN=Root");
        asking.says(OcspAnswer.good(asking.root, leaf).signedBy(impostor));
        asking.isUndetermined(leaf, "signed by 'CN=Root', whom the issuer has not certified");

        Certified other = asking.leafWithResponder();
        asking.responder.says(OCSP, () -> {
            byte[] answer = OcspAnswer.good(asking.root, other).bytes();
            answer[answer.length - 1] ^= 1;
            return answer;
        });
        asking.isUndetermined(other, "is not signed by the issuer, nor by a certificate that it holds");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void maySpeakForTheIssuerWithACertificateForThat(boolean rsa) {
        Issue delegate = Issue.to("CN=responder").purposes(KeyPurposeId.id_kp_OCSPSigning);
        asking.says(OcspAnswer.good(asking.root, leaf)
                .signedBy((rsa ? delegate.keys(Issue.rsa(2048)) : delegate).by(asking.root)));

        asking.passes(leaf);
    }

    @Test
    void maySpeakForTheIssuerOnlyWithThePurpose() {
        asking.says(OcspAnswer.good(asking.root, leaf)
                .signedBy(Issue.to("CN=partner").by(asking.root)));
        asking.isUndetermined(leaf, "'CN=partner', whose certificate is not for that (its purposes lack OCSPSigning)");

        Certified other = asking.leafWithResponder();
        asking.says(OcspAnswer.good(asking.root, other)
                .signedBy(Issue.to("CN=any").purposes().by(asking.root)));
        asking.isUndetermined(other, "its purposes lack OCSPSigning");
    }

    @Test
    void maySpeakForTheIssuerOnlyWhileTheirCertificateIsValid() {
        asking.says(OcspAnswer.good(asking.root, leaf)
                .signedBy(Issue.to("CN=responder")
                        .purposes(KeyPurposeId.id_kp_OCSPSigning)
                        .valid(now.minus(HOUR), now.minusSeconds(60))
                        .by(asking.root)));

        asking.isUndetermined(leaf, "certificate 'CN=responder' expired on ");
    }

    @Test
    void maySpeakOnlyForTheIssuerWhoCertifiedThem() {
        Certified another = Issue.root("CN=Root");
        Certified below = Issue.to("CN=below").asAuthority().by(asking.root);
        for (Certified issuer : new Certified[] {another, below}) {
            Certified asked = asking.leafWithResponder();
            asking.says(OcspAnswer.good(asking.root, asked)
                    .signedBy(Issue.to("CN=responder")
                            .purposes(KeyPurposeId.id_kp_OCSPSigning)
                            .by(issuer)));
            asking.isUndetermined(asked, "'CN=responder', whom the issuer has not certified");
        }
    }

    @Test
    void mustSignStrongly() {
        asking.says(OcspAnswer.good(asking.root, leaf).signedWith("SHA1withECDSA"));
        asking.isUndetermined(leaf, "its answer is signed with SHA1");

        Certified other = asking.leafWithResponder();
        asking.says(OcspAnswer.good(asking.root, other)
                .signedBy(Issue.to("CN=responder")
                        .purposes(KeyPurposeId.id_kp_OCSPSigning)
                        .keys(Issue.rsa(1024))
                        .by(asking.root)));
        asking.isUndetermined(other, "has an RSA key of 1024 bits");
    }

    @Test
    void mustSpeakOfTheCertificate() {
        asking.says(OcspAnswer.good(asking.root, leaf).serial(BigInteger.TEN));
        asking.isUndetermined(leaf, "is about another certificate");

        Certified namesake = Issue.root("CN=Root"); // the same name and serial number, another issuer
        Certified other = asking.leafWithResponder();
        asking.says(OcspAnswer.good(namesake, other).signedBy(asking.root));
        asking.isUndetermined(other, "is about another certificate");
    }

    @Test
    void mustNotSpeakOfWhatNobodyUnderstands() {
        asking.says(OcspAnswer.good(asking.root, leaf).withCriticalExtension());

        asking.isUndetermined(leaf, "critical extensions that are not known");
    }

    @Test
    void mayHaveTrouble() {
        asking.responder.says(OCSP, () -> OcspAnswer.error(3));

        asking.isUndetermined(leaf, "answers with the error tryLater");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "0\u0080", "<html>"})
    void mustSpeakOcsp(String garbage) {
        asking.responder.says(OCSP, () -> garbage.getBytes(StandardCharsets.ISO_8859_1));

        asking.isUndetermined(leaf, "its answer cannot be read as OCSP");
    }
}
