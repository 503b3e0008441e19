package io.countersign.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A new private key, and the request to certify it (PKCS#10, RFC 2986) for both sides of two-way TLS and for signing
 * receipts: with the purposes "client", "server" and "e-mail protection", by which other programs know who may sign such
 * messages (RFC 8550, 4.4.4), and the names that are to stand in the certificate.
 */
public final class CertificateRequest {
    /** What kind of key; P-256, or RSA with 3072 bits. */
    public enum Kind {
        EC,
        RSA
    }

    private static final int RSA_BITS = 3072;
    private static final Pattern HOST =
            Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\\.[A-Za-z0-9_-]+)*");

    private final X500Principal subject;
    private final List<GeneralName> names = new ArrayList<>();

    /** @throws IllegalArgumentException where the subject is not RFC 4514 text, or empty */
    public CertificateRequest(String subject) {
        try {
            this.subject = new X500Principal(subject);
        } catch (IllegalArgumentException notOne) {
            throw new IllegalArgumentException(
                    "'" + subject
                            + "' is not an X.500 name; accepted: RFC 4514, such as 'CN=edi.acme.example, O=Acme, C=DE'",
                    notOne);
        }
        if (this.subject.getName().isEmpty()) {
            throw new IllegalArgumentException("the subject is empty");
        }
    }

    public CertificateRequest dns(String host) {
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("'" + host + "' is not a host's name");
        }
        names.add(new GeneralName(GeneralName.dNSName, host));
        return this;
    }

    public CertificateRequest ip(String address) {
        try {
            names.add(new GeneralName(GeneralName.iPAddress, address));
        } catch (IllegalArgumentException notOne) {
            throw new IllegalArgumentException("'" + address + "' is not an IP address", notOne);
        }
        return this;
    }

    public CertificateRequest uri(String uri) {
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, ascii(uri)));
        return this;
    }

    public CertificateRequest email(String address) {
        names.add(new GeneralName(GeneralName.rfc822Name, ascii(address)));
        return this;
    }

    public static KeyPair newKeys(Kind kind) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.name());
        if (kind == Kind.EC) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        } else {
            generator.initialize(RSA_BITS);
        }
        return generator.generateKeyPair();
    }

    /** The request as PEM, signed with the key that it is for. */
    public String pem(KeyPair keys) throws IOException {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            if (!names.isEmpty()) {
                extensions.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            extensions.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            extensions.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_emailProtection
            }));
            String algorithm = keys.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            return pem(new JcaPKCS10CertificationRequestBuilder(subject, keys.getPublic())
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate())));
        } catch (OperatorCreationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The key as PKCS#8, not encrypted. */
    public static String keyPem(KeyPair keys) throws IOException {
        return pem(new JcaPKCS8Generator(keys.getPrivate(), null));
    }

    private static String ascii(String name) {
        if (name.isBlank() || !name.matches("\\p{Graph}+")) {
            throw new IllegalArgumentException(
                    "'" + name + "' cannot stand in a certificate; accepted: ASCII without blanks");
        }
        return name;
    }

    private static String pem(Object content) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        return text.toString();
    }
}
