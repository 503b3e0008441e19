package io.countersign.testing;

import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSAttributeTableGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/** CMS signed data in the making, as others may make it: well, unless said otherwise. */
public final class SignedContent {
    private final byte[] content;
    private final List<Certified> signers = new ArrayList<>();
    private final List<X509Certificate> shown = new ArrayList<>();
    private @Nullable Instant at = Instant.now();
    private @Nullable X509Certificate named;
    private @Nullable String digest;
    private boolean attributes = true;
    private boolean encapsulated = true;

    private SignedContent(byte[] content) {
        this.content = content.clone();
    }

    public static SignedContent of(byte[] content) {
        return new SignedContent(content);
    }

    /** Its whole chain goes along. */
    public SignedContent by(Certified signer) {
        shown.addAll(signer.chain());
        return byHidden(signer);
    }

    /** None of its certificates goes along. */
    public SignedContent byHidden(Certified signer) {
        signers.add(signer);
        return this;
    }

    public SignedContent showing(X509Certificate other) {
        shown.add(other);
        return this;
    }

    /** @param time none leaves it out */
    public SignedContent at(@Nullable Instant time) {
        at = time;
        return this;
    }

    /** Says that the signature is this certificate's (RFC 5035). */
    public SignedContent naming(X509Certificate certificate) {
        named = certificate;
        return this;
    }

    public SignedContent digest(String name) {
        digest = name;
        return this;
    }

    public SignedContent withoutAttributes() {
        attributes = false;
        return this;
    }

    public SignedContent detached() {
        encapsulated = false;
        return this;
    }

    public byte[] encoded() {
        try {
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            generator.addCertificates(new JcaCertStore(shown));
            for (Certified signer : signers) {
                String kind = signer.keys().getPrivate().getAlgorithm().equals("RSA") ? "RSA" : "ECDSA";
                String algorithm = (digest == null ? "SHA256" : digest) + "with" + kind;
                generator.addSignerInfoGenerator(
                        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                                .setDirectSignature(!attributes)
                                .setSignedAttributeGenerator(signedAttributes())
                                .build(
                                        new JcaContentSignerBuilder(algorithm)
                                                .build(signer.keys().getPrivate()),
                                        signer.certificate()));
            }
            return generator
                    .generate(new CMSProcessableByteArray(content), encapsulated)
                    .getEncoded(ASN1Encoding.DER);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private CMSAttributeTableGenerator signedAttributes() throws Exception {
        AttributeTable table = new AttributeTable(new ASN1EncodableVector());
        if (at != null) {
            table = table.add(CMSAttributes.signingTime, new Time(Date.from(at)));
        }
        if (named != null) {
            table = table.add(
                    PKCSObjectIdentifiers.id_aa_signingCertificateV2,
                    new SigningCertificateV2(
                            new ESSCertIDv2(MessageDigest.getInstance("SHA-256").digest(named.getEncoded()))));
        }
        DefaultSignedAttributeTableGenerator all = new DefaultSignedAttributeTableGenerator(table);
        // The usual one adds the time by itself.
        return at != null ? all : parameters -> all.getAttributes(parameters).remove(CMSAttributes.signingTime);
    }
}
