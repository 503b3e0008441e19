package io.countersign.testing;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A certificate in the making: P-256, valid from an hour ago for 60 days, for TLS servers and clients, unless said otherwise.
 */
public final class Issue {
    private final String subject;
    private final List<GeneralName> names = new ArrayList<>();
    private final List<AccessDescription> responders = new ArrayList<>();
    private final List<DistributionPoint> points = new ArrayList<>();
    private BigInteger serial = new BigInteger(120, new SecureRandom());
    private List<KeyPurposeId> purposes = List.of(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth);
    private Instant from = Instant.now().minus(Duration.ofHours(1));
    private Instant until = Instant.now().plus(Duration.ofDays(60));
    private @Nullable KeyPair keys;
    private @Nullable String signature;
    private final Map<ASN1ObjectIdentifier, ASN1Encodable> others = new LinkedHashMap<>();
    private final Map<ASN1ObjectIdentifier, ASN1Encodable> criticals = new LinkedHashMap<>();
    private boolean authority;
    private int pathLength = -1;

    private Issue(String subject) {
        this.subject = subject;
    }

    public static Issue to(String subject) {
        return new Issue(subject);
    }

    /** An authority that has issued its own certificate. */
    public static Certified root(String subject) {
        return to(subject).asAuthority().selfSigned();
    }

    public Issue asAuthority() {
        authority = true;
        purposes = List.of();
        return this;
    }

    /** How many authorities may stand between this one and a leaf. */
    public Issue pathLength(int most) {
        pathLength = most;
        return asAuthority();
    }

    public Issue dns(String name) {
        names.add(new GeneralName(GeneralName.dNSName, name));
        return this;
    }

    public Issue uri(String name) {
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, name));
        return this;
    }

    public Issue ip(String name) {
        names.add(new GeneralName(GeneralName.iPAddress, name));
        return this;
    }

    public Issue email(String name) {
        names.add(new GeneralName(GeneralName.rfc822Name, name));
        return this;
    }

    /** None at all leaves the extension out. */
    public Issue purposes(KeyPurposeId... these) {
        purposes = List.of(these);
        return this;
    }

    public Issue valid(Instant notBefore, Instant notAfter) {
        from = notBefore;
        until = notAfter;
        return this;
    }

    /** Adds an extension of any kind, not critical. */
    public Issue extension(String oid, ASN1Encodable content) {
        others.put(new ASN1ObjectIdentifier(oid), content);
        return this;
    }

    /** The same, critical. */
    public Issue critical(String oid, ASN1Encodable content) {
        criticals.put(new ASN1ObjectIdentifier(oid), content);
        return this;
    }

    /** Names a responder to ask whether the certificate is revoked. */
    public Issue ocsp(String url) {
        responders.add(new AccessDescription(AccessDescription.id_ad_ocsp, url(url)));
        return this;
    }

    /** Names a distribution point of a revocation list. */
    public Issue crl(String url) {
        points.add(new DistributionPoint(new DistributionPointName(new GeneralNames(url(url))), null, null));
        return this;
    }

    public Issue serial(BigInteger number) {
        serial = number;
        return this;
    }

    public Issue keys(KeyPair these) {
        keys = these;
        return this;
    }

    public Issue signedWith(String algorithm) {
        signature = algorithm;
        return this;
    }

    public Certified selfSigned() {
        KeyPair own = keys == null ? ec("secp256r1") : keys;
        return new Certified(own, List.of(certificate(own, own, new X500Principal(subject))));
    }

    public Certified by(Certified issuer) {
        KeyPair own = keys == null ? ec("secp256r1") : keys;
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(certificate(own, issuer.keys(), issuer.certificate().getSubjectX500Principal()));
        // A root is left out, as in practice.
        issuer.chain().stream()
                .filter(c -> !c.getSubjectX500Principal().equals(c.getIssuerX500Principal()))
                .forEach(chain::add);
        return new Certified(own, List.copyOf(chain));
    }

    public static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public static KeyPair rsa(int bits) {
        try {
            // Of exactly so many bits, as not every implementation makes them.
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static GeneralName url(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    private X509Certificate certificate(KeyPair own, KeyPair signer, X500Principal issuer) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer, serial, Date.from(from), Date.from(until), new X500Principal(subject), own.getPublic());
            builder.addExtension(
                    Extension.basicConstraints,
                    true,
                    pathLength < 0 ? new BasicConstraints(authority) : new BasicConstraints(pathLength));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            if (!purposes.isEmpty()) {
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
            }
            for (Map.Entry<ASN1ObjectIdentifier, ASN1Encodable> other : others.entrySet()) {
                builder.addExtension(other.getKey(), false, other.getValue());
            }
            for (Map.Entry<ASN1ObjectIdentifier, ASN1Encodable> critical : criticals.entrySet()) {
                builder.addExtension(critical.getKey(), true, critical.getValue());
            }
            if (!responders.isEmpty()) {
                builder.addExtension(
                        Extension.authorityInfoAccess,
                        false,
                        new AuthorityInformationAccess(responders.toArray(AccessDescription[]::new)));
            }
            if (!points.isEmpty()) {
                builder.addExtension(
                        Extension.cRLDistributionPoints,
                        false,
                        new CRLDistPoint(points.toArray(DistributionPoint[]::new)));
            }
            String algorithm = signature != null
                    ? signature
                    : signer.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate())));
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
