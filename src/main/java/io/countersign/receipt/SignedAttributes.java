package io.countersign.receipt;

import io.countersign.tls.Certificates;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cms.SignerInformation;
import org.jspecify.annotations.Nullable;

/**
 * What is signed besides the content. Without such attributes a signature could be one of something else that looks like
 * them, so they must be there, each of them once.
 */
record SignedAttributes(AttributeTable table) {
    static SignedAttributes of(SignerInformation signature) throws ReceiptException {
        AttributeTable table = signature.getSignedAttributes();
        if (table == null) {
            throw new ReceiptException(
                    "its signature says neither what it signs nor when (it has no signed attributes)");
        }
        return new SignedAttributes(table);
    }

    /** Which certificate is meant, where several have the same name and number, or the same key (RFC 5035, 5). */
    void checkCertificate(X509Certificate signer) throws ReceiptException, GeneralSecurityException {
        ASN1Encodable value = single(PKCSObjectIdentifiers.id_aa_signingCertificateV2);
        if (value == null) {
            return;
        }
        ESSCertIDv2[] meant = SigningCertificateV2.getInstance(value).getCerts();
        if (meant.length == 0 || !isOf(meant[0], signer)) {
            throw new ReceiptException("its signature is meant by another certificate than that of "
                    + Certificates.name(signer) + ", which is in it");
        }
    }

    private static boolean isOf(ESSCertIDv2 meant, X509Certificate signer) throws GeneralSecurityException {
        String digest = meant.getHashAlgorithm().getAlgorithm().getId();
        return MessageDigest.isEqual(
                meant.getCertHash(), MessageDigest.getInstance(digest).digest(signer.getEncoded()));
    }

    Instant signedAt() throws ReceiptException {
        ASN1Encodable value = single(CMSAttributes.signingTime);
        if (value == null) {
            throw new ReceiptException("its signature does not say when it was made");
        }
        return Time.getInstance(value).getDate().toInstant();
    }

    private @Nullable ASN1Encodable single(ASN1ObjectIdentifier kind) throws ReceiptException {
        Attribute attribute = table.get(kind);
        if (attribute == null) {
            return null;
        }
        if (table.getAll(kind).size() != 1 || attribute.getAttrValues().size() != 1) {
            throw new ReceiptException("its signature has the attribute " + kind + " more than once");
        }
        return attribute.getAttrValues().getObjectAt(0);
    }
}
