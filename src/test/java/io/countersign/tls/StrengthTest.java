package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import java.math.BigInteger;
import java.security.CryptoPrimitive;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrengthTest {
    private static final Certified RSA_ROOT =
            Issue.to("CN=Root").asAuthority().keys(Issue.rsa(2048)).selfSigned();
    private static final Certified EC_ROOT = Issue.root("CN=Root");
    private static final Set<CryptoPrimitive> SIGNATURE = EnumSet.of(CryptoPrimitive.SIGNATURE);
    private static final Set<CryptoPrimitive> AGREEMENT = EnumSet.of(CryptoPrimitive.KEY_AGREEMENT);

    private final Strength strength = new Strength();

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1"})
    void sufficesFromP256On(String curve) {
        X509Certificate certificate =
                Issue.to("CN=a").keys(Issue.ec(curve)).by(EC_ROOT).certificate();

        assertThatCode(() -> Strength.check(certificate)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "Ed448"})
    void sufficesWithEdwardsCurves(String algorithm) throws GeneralSecurityException {
        KeyPair keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        X509Certificate certificate = Issue.to("CN=a")
                .asAuthority()
                .keys(keys)
                .signedWith(algorithm)
                .selfSigned()
                .certificate();

        assertThatCode(() -> Strength.check(certificate)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA256withRSA", "SHA384withRSA", "SHA512withRSA"})
    void sufficesFromRsa2048AndSha256On(String algorithm) {
        X509Certificate certificate = Issue.to("CN=a")
                .keys(RSA_ROOT.keys())
                .signedWith(algorithm)
                .by(RSA_ROOT)
                .certificate();

        assertThatCode(() -> Strength.check(certificate)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 2040})
    void isLackedByAShortRsaKey(int bits) {
        X509Certificate certificate =
                Issue.to("CN=a").keys(Issue.rsa(bits)).by(EC_ROOT).certificate();

        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Strength.check(certificate))
                .withMessage("certificate 'CN=a' has an RSA key of " + bits + " bits; accepted: 2048 or more");
    }

    @Test
    void isLackedByAShortCurve() throws GeneralSecurityException {
        X509Certificate certificate = Issue.to("CN=a").keys(p224()).by(EC_ROOT).certificate();

        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Strength.check(certificate))
                .withMessageMatching("certificate 'CN=a' has (an EC key of 224 bits|a key of kind EC); accepted: .*");
    }

    @Test
    void isLackedByAnotherKindOfKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA");
        generator.initialize(2048);
        X509Certificate certificate =
                Issue.to("CN=a").keys(generator.generateKeyPair()).by(EC_ROOT).certificate();

        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Strength.check(certificate))
                .withMessage("certificate 'CN=a' has a key of kind DSA; accepted: RSA, EC, EdDSA");
    }

    @ParameterizedTest
    @CsvSource({
        "MD2withRSA, MD2withRSA",
        "MD5withRSA, MD5withRSA",
        "SHA1withRSA, SHA1withRSA",
        "SHA224withRSA, SHA224withRSA",
    })
    void isLackedByAWeakRsaSignature(String algorithm, String named) {
        X509Certificate certificate =
                Issue.to("CN=a").signedWith(algorithm).by(RSA_ROOT).certificate();

        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Strength.check(certificate))
                .withMessage("certificate 'CN=a' is signed with " + named + "; accepted: SHA-256 or better");
    }

    @Test
    void ofAPssSignatureIsThatOfItsDigest() throws Exception {
        X509Certificate strong = signed("SHA256withRSAandMGF1");
        X509Certificate weak = signed("SHA1withRSAandMGF1");

        assertThatCode(() -> Strength.check(strong)).doesNotThrowAnyException();
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Strength.check(weak))
                .withMessage("certificate 'CN=a' is signed with SHA-1; accepted: SHA-256 or better");
    }

    /** Signed with a digest that nobody has broken and nobody here has looked at. */
    @Test
    void isLackedByASignatureThatIsNotKnown() throws Exception {
        X509Certificate certificate = signed("RIPEMD160withRSA");

        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Strength.check(certificate))
                .withMessageStartingWith("certificate 'CN=a' is signed with ")
                .withMessageEndingWith("; accepted: SHA-256 or better");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA1withECDSA", "SHA224withECDSA"})
    void isLackedByAWeakEcSignature(String algorithm) {
        X509Certificate certificate =
                Issue.to("CN=a").signedWith(algorithm).by(EC_ROOT).certificate();

        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> Strength.check(certificate))
                .withMessage("certificate 'CN=a' is signed with " + algorithm + "; accepted: SHA-256 or better");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ecdsa_secp256r1_sha256",
                "rsa_pss_rsae_sha256",
                "rsa_pkcs1_sha256",
                "SHA256withECDSA",
                "SHA512withRSA",
                "RSASSA-PSS",
                "ed25519",
                "RSA",
                "EC",
            })
    void permitsHandshakeSignatures(String algorithm) {
        assertThat(strength.permits(SIGNATURE, algorithm, null)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rsa_pkcs1_sha1",
                "ecdsa_sha1",
                "dsa_sha1",
                "rsa_md5",
                "SHA1withRSA",
                "SHA1withECDSA",
                "MD5withRSA",
                "MD5andSHA1withRSA",
                "SHA-1"
            })
    void permitsNoHandshakeSignaturesOverBrokenDigests(String algorithm) {
        assertThat(strength.permits(SIGNATURE, algorithm, null)).isFalse();
        assertThat(strength.permits(SIGNATURE, algorithm, RSA_ROOT.keys().getPublic(), null))
                .isFalse();
    }

    @Test
    void judgesKeysThatSignAndNoneThatAgree() {
        assertThat(strength.permits(SIGNATURE, Issue.rsa(1024).getPublic())).isFalse();
        assertThat(strength.permits(SIGNATURE, "SHA256withRSA", Issue.rsa(1024).getPublic(), null))
                .isFalse();
        assertThat(strength.permits(SIGNATURE, "SHA256withRSA", RSA_ROOT.keys().getPublic(), null))
                .isTrue();
        assertThat(strength.permits(AGREEMENT, Issue.rsa(1024).getPublic())).isTrue();
        assertThat(strength.permits(AGREEMENT, "SHA1", null)).isTrue();
    }

    private static X509Certificate signed(String algorithm) throws Exception {
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                new X500Principal("CN=a"),
                BigInteger.ONE,
                Date.from(now),
                Date.from(now.plusSeconds(60)),
                new X500Principal("CN=a"),
                RSA_ROOT.keys().getPublic());
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm)
                        .setProvider(new BouncyCastleProvider())
                        .build(RSA_ROOT.keys().getPrivate())));
    }

    /** A curve that newer JDKs have given up. */
    static KeyPair p224() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
        generator.initialize(new ECGenParameterSpec("secp224r1"));
        return generator.generateKeyPair();
    }
}
