package io.countersign.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Makes the certificates of {@code certs-sample/}: an authority, the company, the partners acme and globex, and a stranger
 * whom the authority knows and no partner's file does. Their keys are published, so a certificate of theirs is known by
 * its organization and never listened with on other addresses than loopback.
 */
public final class SampleCertificates {
    static final String ORGANIZATION = "Countersign sample - never for production";

    private static final int YEARS = 10;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path folder;
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.DAYS);

    private record Holder(KeyPair keys, X509Certificate certificate) {}

    private SampleCertificates(Path folder) {
        this.folder = folder;
    }

    public static boolean isSample(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName().contains(ORGANIZATION)
                || certificate.getIssuerX500Principal().getName().contains(ORGANIZATION);
    }

    /** Writes NAME.crt and NAME.key for each into the folder, replacing what is there. */
    public static List<Path> write(Path folder) throws IOException {
        try {
            return new SampleCertificates(folder).write();
        } catch (GeneralSecurityException | OperatorCreationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private List<Path> write() throws IOException, GeneralSecurityException, OperatorCreationException {
        Files.createDirectories(folder);
        KeyPair authorityKeys = keys();
        Holder authority = new Holder(authorityKeys, issue("ca", authorityKeys, null, null));
        save("ca", authority);
        save("company", issued("company", authority, onThisMachine()));
        for (String partner : List.of("acme", "globex")) {
            save(partner, issued(partner, authority, onThisMachine(dns(partner + ".example"))));
        }
        save("stranger", issued("stranger", authority, new GeneralNames(dns("stranger.example"))));
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*\\.(crt|key)"))
                    .sorted()
                    .toList();
        }
    }

    /** Names under which each may run a server here. */
    private static GeneralNames onThisMachine(GeneralName... others) {
        Stream<GeneralName> here = Stream.of(
                dns("localhost"),
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                new GeneralName(GeneralName.iPAddress, "::1"));
        return new GeneralNames(Stream.concat(Stream.of(others), here).toArray(GeneralName[]::new));
    }

    private static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    private Holder issued(String name, Holder authority, GeneralNames names)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        KeyPair keys = keys();
        return new Holder(keys, issue(name, keys, authority, names));
    }

    private X509Certificate issue(String name, KeyPair keys, @Nullable Holder issuer, @Nullable GeneralNames names)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        X500Principal subject = new X500Principal("CN=" + name + ", O=" + ORGANIZATION);
        X500Principal issuedBy = issuer == null ? subject : issuer.certificate().getSubjectX500Principal();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuedBy,
                new BigInteger(127, RANDOM).setBit(126),
                Date.from(now),
                Date.from(now.atOffset(ZoneOffset.UTC).plusYears(YEARS).toInstant()),
                subject,
                keys.getPublic());
        JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
        KeyPair signer = issuer == null ? keys : issuer.keys();
        builder.addExtension(
                Extension.basicConstraints,
                true,
                issuer == null ? new BasicConstraints(0) : new BasicConstraints(false));
        builder.addExtension(
                Extension.keyUsage,
                true,
                new KeyUsage(issuer == null ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(keys.getPublic()));
        builder.addExtension(
                Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(signer.getPublic()));
        if (names != null) {
            builder.addExtension(Extension.subjectAlternativeName, false, names);
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_emailProtection
            }));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
        return generator.generateKeyPair();
    }

    private void save(String name, Holder holder) throws IOException {
        Files.writeString(folder.resolve(name + ".crt"), pem(holder.certificate()), StandardCharsets.US_ASCII);
        Files.writeString(
                folder.resolve(name + ".key"),
                pem(new JcaPKCS8Generator(holder.keys().getPrivate(), null)),
                StandardCharsets.US_ASCII);
    }

    private static String pem(Object content) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        return text.toString();
    }
}
