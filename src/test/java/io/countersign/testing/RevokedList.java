package io.countersign.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A revocation list in the making: from an hour ago for a day, unless said otherwise. */
public final class RevokedList {
    private final Certified issuer;
    private final Map<BigInteger, ExtensionsGenerator> entries = new LinkedHashMap<>();
    private final ExtensionsGenerator extensions = new ExtensionsGenerator();
    private Instant from = Instant.now().minus(Duration.ofHours(1));
    private @Nullable Instant until = Instant.now().plus(Duration.ofDays(1));
    private String signature = "SHA256withECDSA";

    private RevokedList(Certified issuer) {
        this.issuer = issuer;
    }

    public static RevokedList of(Certified issuer, Certified... revoked) {
        RevokedList list = new RevokedList(issuer);
        for (Certified each : revoked) {
            list.entry(each, CRLReason.keyCompromise);
        }
        return list;
    }

    public RevokedList entry(Certified revoked, int reason) {
        return entry(revoked, Extension.reasonCode, false, CRLReason.lookup(reason));
    }

    public RevokedList entry(Certified revoked, ASN1ObjectIdentifier extension, boolean critical, ASN1Encodable value) {
        try {
            entries.computeIfAbsent(revoked.certificate().getSerialNumber(), serial -> new ExtensionsGenerator())
                    .addExtension(extension, critical, value);
            return this;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Without an end, where that is null. */
    public RevokedList valid(Instant thisUpdate, @Nullable Instant nextUpdate) {
        from = thisUpdate;
        until = nextUpdate;
        return this;
    }

    public RevokedList extension(ASN1ObjectIdentifier extension, boolean critical, ASN1Encodable value) {
        try {
            extensions.addExtension(extension, critical, value);
            return this;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public RevokedList signedWith(String algorithm) {
        signature = algorithm;
        return this;
    }

    public X509CRLHolder list() {
        try {
            JcaX509v2CRLBuilder builder =
                    new JcaX509v2CRLBuilder(issuer.certificate().getSubjectX500Principal(), Date.from(from));
            if (until != null) {
                builder.setNextUpdate(Date.from(until));
            }
            for (Map.Entry<BigInteger, ExtensionsGenerator> entry : entries.entrySet()) {
                builder.addCRLEntry(
                        entry.getKey(), Date.from(from), entry.getValue().generate());
            }
            if (!extensions.isEmpty()) {
                for (ASN1ObjectIdentifier oid : extensions.generate().getExtensionOIDs()) {
                    builder.addExtension(extensions.generate().getExtension(oid));
                }
            }
            return builder.build(
                    new JcaContentSignerBuilder(signature).build(issuer.keys().getPrivate()));
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    public byte[] bytes() {
        try {
            return list().getEncoded();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public String pem() {
        try {
            return Certified.pem(list());
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
