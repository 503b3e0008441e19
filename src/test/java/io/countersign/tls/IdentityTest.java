package io.countersign.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.X509KeyManager;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.pkcs.PKCS12PfxPduBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS12SafeBagBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    private static final Certified ROOT = Issue.root("CN=Root");
    private static final Certified INTERMEDIATE =
            Issue.to("CN=Intermediate").asAuthority().by(ROOT);
    private static final KeyPair RSA = Issue.rsa(2048);
    private static final char[] SECRET = "secret".toCharArray();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void isReadFromPem(String algorithm) throws Exception {
        Certified company = Issue.to("CN=company").keys(keys(algorithm)).by(INTERMEDIATE);

        Identity identity = read(company.write(folder, "company"), "company");

        assertThat(identity.key()).isEqualTo(company.keys().getPrivate());
        assertThat(identity.certificate()).isEqualTo(company.certificate());
        assertThat(identity.chain()).containsExactly(company.certificate(), INTERMEDIATE.certificate());
    }

    @ParameterizedTest
    @CsvSource({"RSA, RSA", "EC, EC", "RSA, EC", "EC, RSA", "Ed25519, EC", "EC, Ed25519"})
    void isNotMadeOfAKeyAndTheCertificateOfAnother(String ours, String other) throws Exception {
        Path certificate = Issue.to("CN=company").keys(keys(ours)).by(ROOT).write(folder, "company");
        KeyPair otherKeys = other.equals("RSA") ? Issue.rsa(2048) : keys(other);
        Issue.to("CN=other").keys(otherKeys).by(ROOT).write(folder, "other");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> read(certificate, "other"))
                .withMessage(folder.resolve("other.key") + " is not the key of 'CN=company', the first certificate in "
                        + certificate);
    }

    @Test
    void isNotMadeWhereTheKeyBelongsToALaterCertificateOfTheFile() throws IOException {
        Certified company = Issue.to("CN=company").by(INTERMEDIATE);
        company.write(folder, "company");
        Path reversed = Files.writeString(
                folder.resolve("reversed.crt"), Certified.pem(INTERMEDIATE.certificate(), company.certificate()));

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> read(reversed, "company"))
                .withMessageContaining("is not the key of 'CN=Intermediate', the first certificate in ");
    }

    @Test
    void isNotMadeOfAChainOutOfOrder() throws IOException {
        Certified company = Issue.to("CN=company").by(INTERMEDIATE);
        Path chain = company.write(folder, "company");
        Files.writeString(chain, Certified.pem(company.certificate(), ROOT.certificate(), INTERMEDIATE.certificate()));

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> read(chain, "company"))
                .withMessageContaining(
                        "is not a chain from first to last: certificate 2, 'CN=Root', did not issue the one before it");
    }

    @Test
    void isNotMadeOfAnExpiredCertificate() {
        Instant now = Instant.now();
        Path expired = Issue.to("CN=company")
                .valid(now.minus(Duration.ofDays(3)), now.minus(Duration.ofDays(1)))
                .by(ROOT)
                .write(folder, "company");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> read(expired, "company"))
                .withMessageContaining("cannot be used: certificate 'CN=company' expired on ");
    }

    @Test
    void isNotMadeOfACertificateOfTheFuture() {
        Instant now = Instant.now();
        Path future = Issue.to("CN=company")
                .valid(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(3)))
                .by(ROOT)
                .write(folder, "company");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> read(future, "company"))
                .withMessageContaining("cannot be used: certificate 'CN=company' is not valid before ");
    }

    @Test
    void isReadFromPkcs12() throws Exception {
        Certified company = Issue.to("CN=company").by(INTERMEDIATE);

        Identity identity = Identity.read(
                keystore(company.keys().getPrivate(), company.chain().toArray(Certificate[]::new)), "secret");

        assertThat(identity.key()).isEqualTo(company.keys().getPrivate());
        assertThat(identity.chain()).containsExactly(company.certificate(), INTERMEDIATE.certificate());
    }

    @ParameterizedTest
    @CsvSource(
            value = {"wrong", "''", "NULL"},
            nullValues = "NULL")
    void isNotReadFromPkcs12WithAnotherPassword(@Nullable String password) throws Exception {
        Certified company = Issue.to("CN=company").by(ROOT);
        Path keystore = keystore(company.keys().getPrivate(), company.certificate());

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Identity.read(keystore, password))
                .withMessageStartingWith(keystore + " cannot be opened as PKCS#12 with the password that is set: ");
    }

    @Test
    void isNotMadeOfAPkcs12FileWhoseKeyAndCertificateDoNotFit() throws Exception {
        Certified company = Issue.to("CN=company").by(ROOT);
        Path keystore = keystore(RSA.getPrivate(), company.certificate());

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Identity.read(keystore, "secret"))
                .withMessage(keystore + " is not the key of 'CN=company', the first certificate in " + keystore);
    }

    @Test
    void isNotMadeOfAPkcs12FileWithAKeyAndNoCertificate() throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        PKCS12PfxPduBuilder content = new PKCS12PfxPduBuilder();
        content.addData(new JcaPKCS12SafeBagBuilder(
                        RSA.getPrivate(),
                        new JcePKCSPBEOutputEncryptorBuilder(PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC)
                                .setProvider(provider)
                                .build(SECRET))
                .build());
        Path keystore = Files.write(
                folder.resolve("own.p12"),
                content.build(new JcePKCS12MacCalculatorBuilder().setProvider(provider), SECRET)
                        .getEncoded());

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Identity.read(keystore, "secret"))
                .withMessage(keystore + " holds no certificate for its private key");
    }

    @Test
    void isNotMadeOfAPkcs12FileWithASecretKey() throws Exception {
        KeyStore store = empty();
        store.setEntry(
                "secret",
                new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[16], "AES")),
                new KeyStore.PasswordProtection(SECRET));
        Path keystore = save(store);

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Identity.read(keystore, "secret"))
                .withMessage(keystore + " holds 0 private keys; accepted: exactly one");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void isMadeOfExactlyOnePrivateKey(int keys) throws Exception {
        Certified company = Issue.to("CN=company").by(ROOT);
        KeyStore store = empty();
        store.setCertificateEntry("root", ROOT.certificate());
        for (int i = 0; i < keys; i++) {
            store.setKeyEntry(
                    "key" + i, company.keys().getPrivate(), SECRET, new Certificate[] {company.certificate()});
        }
        Path keystore = save(store);

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Identity.read(keystore, "secret"))
                .withMessage(keystore + " holds " + keys + " private keys; accepted: exactly one");
    }

    @Test
    void isNotMadeOfAnExpiredPkcs12Certificate() throws Exception {
        Instant now = Instant.now();
        Certified company = Issue.to("CN=company")
                .valid(now.minus(Duration.ofDays(3)), now.minus(Duration.ofDays(1)))
                .by(ROOT);
        Path keystore = keystore(company.keys().getPrivate(), company.certificate());

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Identity.read(keystore, "secret"))
                .withMessageContaining("cannot be used: certificate 'CN=company' expired on ");
    }

    @Test
    void isNotReadFromWhatIsNoPkcs12File() throws IOException {
        Path pem = Files.writeString(folder.resolve("own.p12"), Certified.pem(ROOT.certificate()));
        Path missing = folder.resolve("missing.p12");

        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Identity.read(pem, "secret"))
                .withMessageStartingWith(pem + " cannot be opened as PKCS#12");
        assertThatExceptionOfType(KeyMaterialException.class)
                .isThrownBy(() -> Identity.read(missing, "secret"))
                .withMessage(missing + " no such file");
    }

    @Test
    void givesItsKeyAndWholeChainToJsse() throws Exception {
        Certified company = Issue.to("CN=company").by(INTERMEDIATE);
        Identity identity = read(company.write(folder, "company"), "company");

        X509KeyManager manager = identity.keyManager("company");
        String alias = manager.chooseServerAlias("EC", null, null);
        assertThat(manager.getPrivateKey(alias)).isEqualTo(company.keys().getPrivate());
        assertThat(manager.getCertificateChain(alias))
                .containsExactly(company.certificate(), INTERMEDIATE.certificate());
    }

    private Identity read(Path certificate, String key) throws KeyMaterialException {
        return Identity.read(certificate, folder.resolve(key + ".key"), null);
    }

    private static KeyPair keys(String algorithm) throws GeneralSecurityException {
        return switch (algorithm) {
            case "RSA" -> RSA;
            case "EC" -> Issue.ec("secp256r1");
            default -> KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        };
    }

    private Path keystore(PrivateKey key, Certificate... chain) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        store.setKeyEntry("company", key, SECRET, chain);
        return save(store);
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private Path save(KeyStore store) throws GeneralSecurityException, IOException {
        Path file = folder.resolve("own.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, SECRET);
        }
        return file;
    }
}
