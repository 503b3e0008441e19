package io.countersign.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.countersign.testing.Certified;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.SignedContent;
import io.countersign.tls.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Receipts as CMS signed data: made here, read here, and both by others too. */
class SignedReceiptTest {
    private static final byte[] RECEIPT = "{\"id\":\"1\",\"name\":\"Über\"}\n".getBytes(StandardCharsets.UTF_8);
    private static final Certified ROOT = Issue.root("CN=Root");
    private static final Certified ISSUING =
            Issue.to("CN=Issuing").asAuthority().by(ROOT);
    private static final Certified EC = Issue.to("CN=company")
            .purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_emailProtection)
            .by(ISSUING);

    private static final KeyPair RSA = Issue.rsa(2048);

    @TempDir
    private Path folder;

    static Stream<KeyPair> keys() {
        return Stream.of(Issue.ec("secp256r1"), Issue.ec("secp384r1"), RSA, edwards("Ed25519"), edwards("Ed448"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void whatIsSignedIsReadAgain(KeyPair keys) throws Exception {
        Certified company = Issue.to("CN=company").keys(keys).by(ISSUING);
        Instant at = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        SignedReceipt read = SignedReceipt.read(sign(company, at));
        assertThat(read.content()).isEqualTo(RECEIPT);
        assertThat(read.signedAt()).isEqualTo(at);
        assertThat(read.signer()).isEqualTo(company.certificate());
        assertThat(read.signerName()).isEqualTo("'CN=company'");
        assertThat(read.shown()).containsExactlyInAnyOrder(company.certificate(), ISSUING.certificate());
    }

    @Test
    void bouncyCastleFindsEverythingThatBelongsInIt() throws Exception {
        CMSSignedData data = new CMSSignedData(sign(EC, Instant.now()));
        assertThat(data.getSignedContentType().getId()).isEqualTo("1.2.840.113549.1.7.1");
        assertThat(data.getCertificates().getMatches(null)).hasSize(2);
        SignerInformation signature =
                data.getSignerInfos().getSigners().iterator().next();
        assertThat(signature.verify(new JcaSimpleSignerInfoVerifierBuilder().build(EC.certificate())))
                .isTrue();
        for (String attribute : List.of(
                "1.2.840.113549.1.9.3", // contentType
                "1.2.840.113549.1.9.4", // messageDigest
                "1.2.840.113549.1.9.5", // signingTime
                "1.2.840.113549.1.9.16.2.47")) { // signingCertificateV2
            assertThat(signature.getSignedAttributes().get(new ASN1ObjectIdentifier(attribute)))
                    .as(attribute)
                    .isNotNull();
        }
        assertThat(signature.getDigestAlgOID()).isEqualTo("2.16.840.1.101.3.4.2.1"); // SHA-256
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec", "rsa"})
    void opensslVerifiesIt(String kind) throws Exception {
        Command.assumeInstalled("openssl");
        Certified company = kind.equals("ec")
                ? EC
                : Issue.to("CN=company")
                        .purposes(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_emailProtection)
                        .keys(RSA)
                        .by(ISSUING);
        ROOT.write(folder, "root");
        Files.write(folder.resolve("receipt.p7m"), sign(company, Instant.now()));
        Command verified = openssl("cms -verify -inform DER -in receipt.p7m -CAfile root.crt -out receipt.json");
        assertThat(verified.exitCode()).as(verified.output()).isZero();
        assertThat(Files.readAllBytes(folder.resolve("receipt.json"))).isEqualTo(RECEIPT);
    }

    @Test
    void opensslWantsToBeToldWhereTheCertificateIsForTlsAlone() throws Exception {
        Command.assumeInstalled("openssl");
        ROOT.write(folder, "root");
        Files.write(folder.resolve("receipt.p7m"), sign(Issue.to("CN=company").by(ISSUING), Instant.now()));
        String line = "cms -verify -inform DER -in receipt.p7m -CAfile root.crt -out receipt.json";
        assertThat(openssl(line).output()).contains("unsuitable certificate purpose");
        assertThat(openssl(line + " -purpose any").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " -noattr", " -nocerts"})
    void whatOpensslSignsIsReadUnlessItLeavesADoubt(String option) throws Exception {
        Command.assumeInstalled("openssl");
        EC.write(folder, "company");
        Files.write(folder.resolve("receipt.json"), RECEIPT);
        Command signed = openssl("cms -sign -binary -nodetach -nosmimecap -outform DER -in receipt.json"
                + " -signer company.crt -inkey company.key -out receipt.p7m" + option);
        assertThat(signed.exitCode()).as(signed.output()).isZero();
        byte[] encoded = Files.readAllBytes(folder.resolve("receipt.p7m"));
        if (option.isEmpty()) {
            assertThat(SignedReceipt.read(encoded).content()).isEqualTo(RECEIPT);
        } else {
            refused(encoded, option.equals(" -noattr") ? "has no signed attributes" : "is not in it");
        }
    }

    @Test
    void aChangeOfAnyByteIsNoticed() {
        byte[] encoded = sign(EC, Instant.now());
        for (int i = 0; i < encoded.length; i += 7) {
            byte[] changed = encoded.clone();
            changed[i] ^= 1;
            try {
                SignedReceipt read = SignedReceipt.read(changed);
                // A certificate above the signer's is not signed here; whoever builds a path notices.
                assertThat(read.content()).isEqualTo(RECEIPT);
                assertThat(read.signer()).isEqualTo(EC.certificate());
            } catch (ReceiptException noticed) {
                assertThat(noticed.getMessage()).startsWith("it").doesNotContain("null");
            }
        }
    }

    @Test
    void anotherContentUnderTheSameSignatureIsNoticed() throws Exception {
        byte[] encoded = sign(EC, Instant.now());
        byte[] changed = new String(encoded, StandardCharsets.ISO_8859_1)
                .replace("\"id\":\"1\"", "\"id\":\"2\"")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(changed).hasSameSizeAs(encoded).isNotEqualTo(encoded);
        refused(changed, "its signature is not by the key of 'CN=company', or what was signed has changed");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 100, 500, 1000})
    void whatIsCutOffIsNoticed(int length) {
        refused(Arrays.copyOf(sign(EC, Instant.now()), length), "cannot be read as CMS signed data");
    }

    @Test
    void whatIsSomethingElseIsNone() throws Exception {
        byte[] encoded = sign(EC, Instant.now());
        refused(RECEIPT, "cannot be read as CMS signed data");
        refused(EC.certificate().getEncoded(), "cannot be read as CMS signed data");
        refused(Arrays.copyOf(encoded, encoded.length + 1), "cannot be read as CMS signed data");
        refused(nested(30_000), "cannot be read as CMS signed data");
    }

    @Test
    void oneSignatureIsAccepted() {
        refused(SignedContent.of(RECEIPT).encoded(), "it has 0 signatures");
        refused(SignedContent.of(RECEIPT).by(EC).by(ISSUING).encoded(), "it has 2 signatures");
    }

    @Test
    void theReceiptMustBeInIt() {
        refused(SignedContent.of(RECEIPT).by(EC).detached().encoded(), "has a signature, and not the receipt");
    }

    @Test
    void aSignatureWithoutAttributesCouldBeOneOfSomethingElse() {
        refused(SignedContent.of(RECEIPT).by(EC).withoutAttributes().encoded(), "has no signed attributes");
    }

    @Test
    void theSignersCertificateMustBeInIt() {
        refused(SignedContent.of(RECEIPT).byHidden(EC).encoded(), "its signer's certificate is not in it");
        refused(
                SignedContent.of(RECEIPT)
                        .byHidden(EC)
                        .showing(ISSUING.certificate())
                        .encoded(),
                "its signer's certificate is not in it");
    }

    @Test
    void anotherCertificateOfTheSameNameAndNumberIsNotTheSigners() {
        Certified other = Issue.to("CN=company")
                .serial(EC.certificate().getSerialNumber())
                .by(ISSUING);
        refused(
                SignedContent.of(RECEIPT)
                        .byHidden(EC)
                        .showing(other.certificate())
                        .encoded(),
                "its signature is not by the key of 'CN=company'");
    }

    @Test
    void anotherCertificateOfTheSameKeyIsNotTheOneThatWasMeant() throws Exception {
        Certified renewed = Issue.to("CN=company")
                .serial(EC.certificate().getSerialNumber())
                .keys(EC.keys())
                .by(ISSUING);
        refused(
                SignedContent.of(RECEIPT).by(renewed).naming(EC.certificate()).encoded(),
                "its signature is meant by another certificate");
        SignedReceipt read = SignedReceipt.read(SignedContent.of(RECEIPT)
                .by(renewed)
                .naming(renewed.certificate())
                .encoded());
        assertThat(read.signer()).isEqualTo(renewed.certificate());
    }

    @Test
    void itMustSayWhenItWasSigned() throws Exception {
        refused(SignedContent.of(RECEIPT).by(EC).at(null).encoded(), "does not say when it was made");
        Instant at = Instant.now().minusSeconds(60);
        assertThat(SignedReceipt.read(SignedContent.of(RECEIPT).by(EC).at(at).encoded())
                        .signedAt())
                .isCloseTo(at, within(1, ChronoUnit.SECONDS));
    }

    @Test
    void theCertificateMustHaveBeenValidThen() {
        Instant now = Instant.now();
        Certified expired = Issue.to("CN=old")
                .valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(2)))
                .by(ISSUING);
        refused(SignedContent.of(RECEIPT).by(expired).encoded(), "by 'CN=old': certificate 'CN=old' expired on");
        refused(
                SignedContent.of(RECEIPT)
                        .by(EC)
                        .at(now.minus(Duration.ofDays(9)))
                        .encoded(),
                "is not valid before");
    }

    @Test
    void whatIsWeakCountsForNothing() {
        refused(SignedContent.of(RECEIPT).by(EC).digest("SHA1").encoded(), "accepted: SHA-256 or better");
        Certified weak = Issue.to("CN=weak").keys(Issue.rsa(1024)).by(ISSUING);
        refused(SignedContent.of(RECEIPT).by(weak).encoded(), "has an RSA key of 1024 bits");
        refused(
                SignedContent.of(RECEIPT)
                        .by(Issue.to("CN=weak").keys(RSA).by(ISSUING))
                        .digest("SHA1")
                        .encoded(),
                "accepted: SHA-256 or better");
    }

    @Test
    void aKeyThatIsNotForSigningSignsNothing() {
        Certified forAgreement = Issue.to("CN=agree")
                .extension(Extension.keyUsage.getId(), new KeyUsage(KeyUsage.keyAgreement))
                .by(ISSUING);
        refused(
                SignedContent.of(RECEIPT).by(forAgreement).encoded(),
                "key usage has neither digitalSignature nor nonRepudiation");
    }

    private Command openssl(String arguments) throws IOException, InterruptedException {
        return Command.run(folder, List.of("sh", "-c", "openssl " + arguments));
    }

    private static void refused(byte[] encoded, String why) {
        assertThatThrownBy(() -> SignedReceipt.read(encoded))
                .isInstanceOf(ReceiptException.class)
                .hasMessageContaining(why);
    }

    private static byte[] sign(Certified company, Instant at) {
        try {
            return ReceiptSignature.of(RECEIPT, new Identity(company.keys().getPrivate(), company.chain()), at);
        } catch (ReceiptException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Sequences in sequences, of indefinite length. */
    private static byte[] nested(int depth) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < depth; i++) {
            bytes.writeBytes(new byte[] {0x30, (byte) 0x80});
        }
        return bytes.toByteArray();
    }

    private static KeyPair edwards(String curve) {
        try {
            return KeyPairGenerator.getInstance(curve).generateKeyPair();
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
