package io.countersign.testing;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/** An OCSP answer in the making: of the issuer, from a minute ago for an hour, unless said otherwise. */
public final class OcspAnswer {
    public static final int KEY_COMPROMISE = 1;

    private final Certified issuer;
    private final CertificateStatus status;
    private BigInteger serial;
    private Certified signer;
    private List<X509Certificate> shown = List.of();
    private Instant from = Instant.now().minusSeconds(60);
    private @Nullable Instant until = Instant.now().plus(Duration.ofHours(1));
    private Instant produced = Instant.now().minusSeconds(1);
    private String digest = "1.3.14.3.2.26";
    private @Nullable String signature;
    private boolean critical;

    private OcspAnswer(Certified issuer, Certified about, CertificateStatus status) {
        this.issuer = issuer;
        this.signer = issuer;
        this.serial = about.certificate().getSerialNumber();
        this.status = status;
    }

    public static OcspAnswer good(Certified issuer, Certified about) {
        return new OcspAnswer(issuer, about, CertificateStatus.GOOD);
    }

    public static OcspAnswer revoked(Certified issuer, Certified about) {
        return new OcspAnswer(
                issuer, about, new RevokedStatus(Date.from(Instant.now().minusSeconds(600)), KEY_COMPROMISE));
    }

    public static OcspAnswer unknown(Certified issuer, Certified about) {
        return new OcspAnswer(issuer, about, new UnknownStatus());
    }

    /** An answer that is none: tryLater (3), unauthorized (6), … */
    public static byte[] error(int status) {
        try {
            return new OCSPRespBuilder().build(status, null).getEncoded();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Without an end, where that is null. */
    public OcspAnswer valid(Instant thisUpdate, @Nullable Instant nextUpdate) {
        from = thisUpdate;
        until = nextUpdate;
        return this;
    }

    public OcspAnswer produced(Instant at) {
        produced = at;
        return this;
    }

    /** By somebody else, whose certificates come with it. */
    public OcspAnswer signedBy(Certified other) {
        signer = other;
        shown = other.chain();
        return this;
    }

    public OcspAnswer signedWith(String algorithm) {
        signature = algorithm;
        return this;
    }

    public OcspAnswer withSha256() {
        digest = "2.16.840.1.101.3.4.2.1";
        return this;
    }

    public OcspAnswer serial(BigInteger other) {
        serial = other;
        return this;
    }

    public OcspAnswer withCriticalExtension() {
        critical = true;
        return this;
    }

    public byte[] bytes() {
        try {
            DigestCalculator calculator = new JcaDigestCalculatorProviderBuilder()
                    .build()
                    .get(new AlgorithmIdentifier(new ASN1ObjectIdentifier(digest), DERNull.INSTANCE));
            CertificateID id =
                    new CertificateID(calculator, new JcaX509CertificateHolder(issuer.certificate()), serial);
            BasicOCSPRespBuilder builder = new BasicOCSPRespBuilder(new RespID(
                    SubjectPublicKeyInfo.getInstance(signer.keys().getPublic().getEncoded()),
                    new JcaDigestCalculatorProviderBuilder().build().get(RespID.HASH_SHA1)));
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            if (critical) {
                extensions.addExtension(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), true, DERNull.INSTANCE);
            }
            builder.addResponse(
                    id,
                    status,
                    Date.from(from),
                    until == null ? null : Date.from(until),
                    critical ? extensions.generate() : null);
            List<X509CertificateHolder> certificates = new ArrayList<>();
            for (X509Certificate each : shown) {
                certificates.add(new JcaX509CertificateHolder(each));
            }
            String algorithm = signature != null
                    ? signature
                    : signer.keys().getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            return new OCSPRespBuilder()
                    .build(
                            OCSPResp.SUCCESSFUL,
                            builder.build(
                                    new JcaContentSignerBuilder(algorithm)
                                            .build(signer.keys().getPrivate()),
                                    certificates.toArray(X509CertificateHolder[]::new),
                                    Date.from(produced)))
                    .getEncoded();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
