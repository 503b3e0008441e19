package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptor;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemFileTest {
    private static final BouncyCastleProvider BOUNCY_CASTLE = new BouncyCastleProvider();
    private static final KeyPair RSA = Issue.rsa(2048);
    private static final KeyPair EC = Issue.ec("secp256r1");
    private static final Certified ROOT = Issue.root("CN=Root");
    private static final Certified INTERMEDIATE =
            Issue.to("CN=Intermediate").asAuthority().by(ROOT);
    private static final Certified LEAF = Issue.to("CN=leaf").by(INTERMEDIATE);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"RSA, RSA PRIVATE KEY", "EC, EC PRIVATE KEY"})
    void readsThePrivateKeyOfItsAlgorithmsOwnForm(String algorithm, String label)
            throws IOException, KeyMaterialException {
        KeyPair keys = keys(algorithm);
        String pem = Certified.pem(new JcaMiscPEMGenerator(withCurve(keys.getPrivate())));

        assertThat(pem).startsWith("-----BEGIN " + label + "-----");
        assertThat(secret(write(pem).privateKey(null))).isEqualTo(secret(keys.getPrivate()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void readsAPkcs8Key(String algorithm) throws IOException, KeyMaterialException {
        KeyPair keys = keys(algorithm);
        String pem = Certified.pem(new JcaPKCS8Generator(keys.getPrivate(), null));

        assertThat(pem).startsWith("-----BEGIN PRIVATE KEY-----");
        assertThat(write(pem).privateKey(null)).isEqualTo(keys.getPrivate());
    }

    @Test
    void readsAKeyBehindItsCurvesParameters() throws IOException, KeyMaterialException {
        String pem = Certified.pem(
                new PemObject("EC PARAMETERS", SECObjectIdentifiers.secp256r1.getEncoded()),
                new JcaMiscPEMGenerator(withCurve(EC.getPrivate())));

        assertThat(secret(write(pem).privateKey(null))).isEqualTo(secret(EC.getPrivate()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void readsAnEncryptedPkcs8KeyWithItsPassword(String algorithm) throws Exception {
        String pem = encryptedPkcs8(keys(algorithm), "p\u00e4ssword");

        assertThat(pem).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
        assertThat(write(pem).privateKey("p\u00e4ssword"))
                .isEqualTo(keys(algorithm).getPrivate());
    }

    @ParameterizedTest
    @CsvSource({"RSA, AES-256-CBC", "EC, AES-128-CBC", "RSA, DES-EDE3-CBC"})
    void readsALegacyEncryptedKeyWithItsPassword(String algorithm, String cipher) throws Exception {
        String pem = encryptedLegacy(keys(algorithm), cipher, "secret");

        assertThat(pem).contains("Proc-Type: 4,ENCRYPTED", "DEK-Info: " + cipher);
        assertThat(secret(write(pem).privateKey("secret")))
                .isEqualTo(secret(keys(algorithm).getPrivate()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void saysThatThePasswordIsWrong(boolean legacy) throws Exception {
        String pem = legacy ? encryptedLegacy(RSA, "AES-256-CBC", "secret") : encryptedPkcs8(RSA, "secret");
        PemFile file = write(pem);

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> file.privateKey("Secret"))
                .withMessage(
                        folder.resolve("a.pem") + " holds an encrypted private key that the password does not open");
    }

    @ParameterizedTest
    @CsvSource(
            value = {"true, NULL", "true, ''", "false, NULL", "false, ''"},
            nullValues = "NULL")
    void saysThatThePasswordIsMissing(boolean legacy, @Nullable String password) throws Exception {
        String pem = legacy ? encryptedLegacy(RSA, "AES-256-CBC", "secret") : encryptedPkcs8(RSA, "secret");
        PemFile file = write(pem);

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> file.privateKey(password))
                .withMessageEndingWith("holds an encrypted private key, and no password is set for it");
    }

    @Test
    void ignoresThePasswordOfAKeyThatIsNotEncrypted() throws IOException, KeyMaterialException {
        String pem = Certified.pem(new JcaPKCS8Generator(RSA.getPrivate(), null));

        assertThat(write(pem).privateKey("needless")).isEqualTo(RSA.getPrivate());
    }

    @Test
    void readsAChainInTheOrderOfTheFile() throws IOException, KeyMaterialException {
        PemFile file = write(Certified.pem(LEAF.certificate(), INTERMEDIATE.certificate(), ROOT.certificate()));

        assertThat(file.certificates())
                .containsExactly(LEAF.certificate(), INTERMEDIATE.certificate(), ROOT.certificate());
    }

    @Test
    void readsCertificatesAndKeyOutOfOneFile() throws IOException, KeyMaterialException {
        PemFile file = write(Certified.pem(
                new JcaPKCS8Generator(LEAF.keys().getPrivate(), null), LEAF.certificate(), INTERMEDIATE.certificate()));

        assertThat(file.certificates()).containsExactly(LEAF.certificate(), INTERMEDIATE.certificate());
        assertThat(file.privateKey(null)).isEqualTo(LEAF.keys().getPrivate());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bag Attributes\n    friendlyName: leaf\n",
                "# a comment\n\n",
                " 0 s:CN = leaf\n",
                "0 s:CN = leaf\n"
            })
    void readsPastTheTextAroundTheBlocks(String before) throws IOException, KeyMaterialException {
        PemFile file =
                write(before + Certified.pem(LEAF.certificate()) + before + Certified.pem(ROOT.certificate()) + before);

        assertThat(file.certificates()).containsExactly(LEAF.certificate(), ROOT.certificate());
    }

    @Test
    void readsLinesThatEndAsOnWindows() throws IOException, KeyMaterialException {
        PemFile file =
                write(Certified.pem(LEAF.certificate(), ROOT.certificate()).replaceAll("\r?\n", "\r\n"));

        assertThat(file.certificates()).containsExactly(LEAF.certificate(), ROOT.certificate());
    }

    /** Else the first certificate of a chain would be passed over, and the second one taken for it. */
    @Test
    void readsTheFirstBlockBehindAByteOrderMark() throws IOException, KeyMaterialException {
        PemFile file = write("\uFEFF" + Certified.pem(LEAF.certificate(), INTERMEDIATE.certificate()));

        assertThat(file.certificates()).containsExactly(LEAF.certificate(), INTERMEDIATE.certificate());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " -----BEGIN CERTIFICATE-----",
                "-----BEGIN CERTIFICATE----",
                "-----BEGIN CERTIFICATE-----x",
                "----BEGIN CERTIFICATE-----",
                "-----BEGIN-CERTIFICATE-----",
            })
    void skipsNoBlockWhoseFirstLineIsBroken(String first) throws IOException {
        String broken = Certified.pem(INTERMEDIATE.certificate()).replace("-----BEGIN CERTIFICATE-----", first);
        Path file = Files.writeString(
                folder.resolve("a.pem"),
                Certified.pem(LEAF.certificate()) + broken + Certified.pem(ROOT.certificate()));

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> PemFile.read(file))
                .withMessageStartingWith(file + " cannot be read as PEM: ");
    }

    @Test
    void readsASingleDerCertificate() throws Exception {
        Path file = Files.write(folder.resolve("a.cer"), LEAF.certificate().getEncoded());

        assertThat(PemFile.read(file).certificates()).containsExactly(LEAF.certificate());
    }

    @Test
    void refusesDerThatIsTruncatedOrHasMoreBehindIt() throws Exception {
        byte[] der = LEAF.certificate().getEncoded();
        for (byte[] broken : new byte[][] {Arrays.copyOf(der, der.length - 1), Arrays.copyOf(der, der.length + 1)}) {
            Path file = Files.write(folder.resolve("a.cer"), broken);

            assertThatExceptionOfType(KeyMaterialException.class)
                    .isThrownBy(() -> PemFile.read(file))
                    .withMessageStartingWith(file + " cannot be read as PEM: ");
        }
    }

    @Test
    void takesADerKeyForNoCertificate() throws IOException {
        Path file = Files.write(folder.resolve("a.der"), RSA.getPrivate().getEncoded());

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> PemFile.read(file).certificates())
                .withMessageStartingWith(file + " cannot be read as PEM: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "garbage", "MIIB", "<html></html>", "BEGIN CERTIFICATE", "\u0000\u0001"})
    void saysThatThereIsNoPemBlock(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("a.pem"), content);

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> PemFile.read(file))
                .withMessage(file + " holds no PEM block ('-----BEGIN …-----')");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 30, 100, 300})
    void refusesATruncatedFile(int missing) throws IOException {
        String whole = Certified.pem(LEAF.certificate()).strip();
        Path file = Files.writeString(folder.resolve("a.pem"), whole.substring(0, whole.length() - missing));

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> PemFile.read(file).certificates())
                .withMessageStartingWith(file + " ");
    }

    @Test
    void refusesATruncatedSecondBlockOfABundle() throws IOException {
        String second = Certified.pem(ROOT.certificate()).strip();
        Path file = Files.writeString(
                folder.resolve("a.pem"), Certified.pem(LEAF.certificate()) + second.substring(0, second.length() / 2));

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> PemFile.read(file))
                .withMessageStartingWith(file + " cannot be read as PEM: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "X509 CRL"})
    void refusesABlockThatHoldsSomethingElse(String label) throws IOException {
        Path file = Files.writeString(
                folder.resolve("a.pem"), "-----BEGIN " + label + "-----\nZ2FyYmFnZQ==\n-----END " + label + "-----\n");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> PemFile.read(file))
                .withMessageStartingWith(file + " cannot be read as PEM: ");
    }

    @Test
    void saysThatTheFileIsMissing() {
        Path file = folder.resolve("missing.pem");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> PemFile.read(file))
                .withMessage(file + " no such file");
    }

    @Test
    void saysThatAFolderIsNoFile() {
        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> PemFile.read(folder))
                .withMessage(folder + " is not a file; accepted: a PEM file");
    }

    @Test
    void saysThatThereIsNoCertificate() throws IOException, KeyMaterialException {
        PemFile file = write(Certified.pem(new JcaPKCS8Generator(RSA.getPrivate(), null)));

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(file::certificates)
                .withMessageEndingWith("holds no certificate; accepted: '-----BEGIN CERTIFICATE-----'");
    }

    @Test
    void saysThatThereIsNoPrivateKey() throws IOException, KeyMaterialException {
        PemFile file = write(Certified.pem(LEAF.certificate(), RSA.getPublic()));

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> file.privateKey("secret"))
                .withMessageContaining("holds no private key; accepted: PKCS#8, PKCS#1");
    }

    @Test
    void readsRevocationListsAsPemOrDer() throws Exception {
        byte[] list = revocationList().getEncoded();
        PemFile bundle = write(Certified.pem(ROOT.certificate(), new X509CRLHolder(list), new X509CRLHolder(list)));
        PemFile der = PemFile.read(Files.write(folder.resolve("list.crl"), list));

        assertThat(bundle.revocationLists()).hasSize(2);
        assertThat(der.revocationLists())
                .singleElement()
                .satisfies(each -> assertThat(each.getEncoded()).isEqualTo(list));
        assertThat(write(Certified.pem(ROOT.certificate())).revocationLists()).isEmpty();
        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(der::certificates)
                .withMessageContaining("holds no certificate");
    }

    @Test
    void knowsWhetherItHoldsARevocationList() throws Exception {
        assertThat(write(Certified.pem(ROOT.certificate(), revocationList())).holdsRevocationList())
                .isTrue();
        assertThat(write(Certified.pem(ROOT.certificate())).holdsRevocationList())
                .isFalse();
    }

    static X509CRLHolder revocationList() throws OperatorCreationException {
        X509v2CRLBuilder list = new X509v2CRLBuilder(new X500Name("CN=Root"), Date.from(Instant.now()));
        list.addCRLEntry(new BigInteger(64, new SecureRandom()), Date.from(Instant.now()), 0);
        return list.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(ROOT.keys().getPrivate()));
    }

    /** As OpenSSL writes it, with the name of the curve; the JDK leaves that out. */
    private static PrivateKey withCurve(PrivateKey key) {
        try {
            return key instanceof ECPrivateKey
                    ? KeyFactory.getInstance("EC", BOUNCY_CASTLE)
                            .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()))
                    : key;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static BigInteger secret(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? ec.getS() : ((RSAPrivateKey) key).getPrivateExponent();
    }

    private static KeyPair keys(String algorithm) {
        return algorithm.equals("RSA") ? RSA : EC;
    }

    private static String encryptedPkcs8(KeyPair keys, String password) throws IOException, OperatorCreationException {
        return Certified.pem(new JcaPKCS8Generator(
                keys.getPrivate(),
                new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                        .setProvider(BOUNCY_CASTLE)
                        .setPassword(password.toCharArray())
                        .build()));
    }

    private static String encryptedLegacy(KeyPair keys, String cipher, String password) throws IOException {
        PEMEncryptor encryptor =
                new JcePEMEncryptorBuilder(cipher).setProvider(BOUNCY_CASTLE).build(password.toCharArray());
        return Certified.pem(new JcaMiscPEMGenerator(withCurve(keys.getPrivate()), encryptor));
    }

    private PemFile write(String content) throws IOException, KeyMaterialException {
        return PemFile.read(Files.writeString(folder.resolve("a.pem"), content, StandardCharsets.UTF_8));
    }
}
