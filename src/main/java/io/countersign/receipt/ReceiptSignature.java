package io.countersign.receipt;

import io.countersign.tls.BouncyCastle;
import io.countersign.tls.Certificates;
import io.countersign.tls.Identity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECKey;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuerSerial;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * Signs receipts: CMS signed data (RFC 5652, in the form of RFC 8551) in DER, with the receipt's own bytes and the signer's
 * whole chain inside. What is signed besides the receipt is when, and by which certificate (RFC 5035).
 */
final class ReceiptSignature {
    private ReceiptSignature() {}

    /** @throws ReceiptException where the key cannot be used for that */
    static byte[] of(byte[] receipt, Identity signer, Instant at) throws ReceiptException {
        try {
            AttributeTable attributes = new AttributeTable(new ASN1EncodableVector())
                    .add(CMSAttributes.signingTime, new Time(Date.from(at)))
                    .add(PKCSObjectIdentifiers.id_aa_signingCertificateV2, certificate(signer.certificate()));
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            generator.addCertificates(new JcaCertStore(signer.chain()));
            generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder()
                            .setProvider(BouncyCastle.provider())
                            .build())
                    .setSignedAttributeGenerator(new DefaultSignedAttributeTableGenerator(attributes))
                    .build(
                            new JcaContentSignerBuilder(algorithm(signer.key())).build(signer.key()),
                            signer.certificate()));
            return generator
                    .generate(new CMSProcessableByteArray(receipt), true)
                    .getEncoded(ASN1Encoding.DER);
        } catch (OperatorCreationException
                | CMSException
                | IOException
                | GeneralSecurityException
                | RuntimeException unusable) {
            throw new ReceiptException(
                    "the key of " + Certificates.name(signer.certificate()) + " cannot sign receipts: " + unusable,
                    unusable);
        }
    }

    private static SigningCertificateV2 certificate(X509Certificate certificate) throws GeneralSecurityException {
        IssuerSerial issuer = new IssuerSerial(
                new GeneralNames(new GeneralName(X500Name.getInstance(
                        certificate.getIssuerX500Principal().getEncoded()))),
                certificate.getSerialNumber());
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        return new SigningCertificateV2(new ESSCertIDv2(sha256, issuer));
    }

    private static String algorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key instanceof EdECKey edwards ? edwards.getParams().getName() : key.getAlgorithm();
        };
    }
}
