package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatesTest {
    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2026-12-31T23:59:59Z");
    private static final Certified ROOT = Issue.root("CN=Root");
    private static final X509Certificate YEAR =
            Issue.to("CN=acme").valid(FROM, UNTIL).by(ROOT).certificate();

    @Test
    void haveTheSha256OfTheirEncodingAsFingerprint() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(YEAR.getEncoded());

        assertThat(Certificates.fingerprint(YEAR))
                .isEqualTo(HexFormat.of().formatHex(digest))
                .matches("[0-9a-f]{64}");
    }

    @Test
    void areValidFromTheirFirstToTheirLastSecond() {
        assertThatCode(() -> Certificates.checkDates(YEAR, FROM)).doesNotThrowAnyException();
        assertThatCode(() -> Certificates.checkDates(YEAR, UNTIL)).doesNotThrowAnyException();
    }

    @Test
    void areNotValidBeforeOrAfter() {
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Certificates.checkDates(YEAR, FROM.minusMillis(1)))
                .withMessage("certificate 'CN=acme' is not valid before 2026-01-01T00:00:00Z");
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Certificates.checkDates(YEAR, UNTIL.plusMillis(1)))
                .withMessage("certificate 'CN=acme' expired on 2026-12-31T23:59:59Z");
    }

    @Test
    void areForClientsWhereTheirPurposesSayItOrTheyHaveNone() throws CertificateException {
        assertThat(forClients(KeyPurposeId.id_kp_clientAuth)).isTrue();
        assertThat(forClients(KeyPurposeId.id_kp_emailProtection, KeyPurposeId.id_kp_clientAuth))
                .isTrue();
        assertThat(forClients()).isTrue();
        assertThat(forClients(KeyPurposeId.id_kp_serverAuth)).isFalse();
        assertThat(forClients(KeyPurposeId.anyExtendedKeyUsage)).isFalse();
    }

    @Test
    void areAnAuthoritysByTheirBasicConstraints() {
        assertThat(Certificates.isAuthority(ROOT.certificate())).isTrue();
        assertThat(Certificates.isAuthority(YEAR)).isFalse();
    }

    @Test
    void areSelfSignedWhereNameAndSignatureAreTheirOwn() {
        X509Certificate self = Issue.to("CN=self").selfSigned().certificate();
        X509Certificate sameNameOtherKey = Issue.to("CN=Root").by(ROOT).certificate();

        assertThat(Certificates.isSelfSigned(self)).isTrue();
        assertThat(Certificates.isSelfSigned(YEAR)).isFalse();
        assertThat(Certificates.isSelfSigned(sameNameOtherKey)).isFalse();
    }

    @Test
    void areSignedByTheKeyThatSignedThem() {
        assertThat(Certificates.isSignedBy(YEAR, ROOT.keys().getPublic())).isTrue();
        assertThat(Certificates.isSignedBy(YEAR, Issue.ec("secp256r1").getPublic()))
                .isFalse();
        assertThat(Certificates.isSignedBy(YEAR, Issue.rsa(2048).getPublic())).isFalse();
    }

    @Test
    void areNamedByTheirSubject() {
        assertThat(Certificates.name(
                        Issue.to("CN=edi, O=Acme, C=DE").selfSigned().certificate()))
                .isEqualTo("'CN=edi,O=Acme,C=DE'");
    }

    /** A subject is whatever its owner wrote; it must not make a second line of a log, nor turn one around. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n", "\r", "\u001b", "\u007f", "\u0085", "\u009b", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b",
                "\u200f"
            })
    void areNamedWithoutWhatCouldBreakTheLine(String broken) {
        X509Certificate certificate =
                Issue.to("CN=\"a" + broken + "b\"").selfSigned().certificate();

        assertThat(Certificates.name(certificate)).isEqualTo("'CN=a?b'");
    }

    private static boolean forClients(KeyPurposeId... purposes) throws CertificateException {
        return Certificates.allowsClientAuthentication(
                Issue.to("CN=a").purposes(purposes).by(ROOT).certificate());
    }
}
