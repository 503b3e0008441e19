package io.countersign.receipt;

import io.countersign.tls.Certificates;
import io.countersign.tls.Strength;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.DefaultCMSSignatureAlgorithmNameGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A receipt that somebody has signed (CMS signed data, RFC 5652): made only where its one signature holds over what is in
 * it, is strong enough, and was made while the signer's certificate was valid. Whether that signer is whom it should be is not
 * decided here. Fails closed: what cannot be read, or is signed in a way that leaves a doubt, is none.
 */
public final class SignedReceipt {
    private static final BouncyCastleProvider BOUNCY_CASTLE = new BouncyCastleProvider();
    private static final int MOST_CERTIFICATES = 20;
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int NON_REPUDIATION = 1;

    private final byte[] content;
    private final List<X509Certificate> shown;
    private final Instant signedAt;

    private SignedReceipt(byte[] content, List<X509Certificate> shown, Instant signedAt) {
        this.content = content;
        this.shown = shown;
        this.signedAt = signedAt;
    }

    /** @throws ReceiptException where it is none, saying why */
    public static SignedReceipt read(byte[] encoded) throws ReceiptException {
        try {
            CMSSignedData data = new CMSSignedData(ContentInfo.getInstance(ASN1Primitive.fromByteArray(encoded)));
            return read(data);
        } catch (CMSException
                | IOException
                | GeneralSecurityException
                | OperatorCreationException
                | RuntimeException unreadable) {
            throw new ReceiptException("it cannot be read as CMS signed data: " + unreadable.getMessage(), unreadable);
        }
    }

    /** What was signed, to the byte. */
    public byte[] content() {
        return content.clone();
    }

    /** The signer's certificate, then the others that came with it. */
    public List<X509Certificate> shown() {
        return shown;
    }

    public X509Certificate signer() {
        return shown.get(0);
    }

    /** The signer's name, for people. */
    public String signerName() {
        return Certificates.name(signer());
    }

    /** When it was signed, by the signer's own clock. */
    public Instant signedAt() {
        return signedAt;
    }

    private static SignedReceipt read(CMSSignedData data)
            throws ReceiptException, CMSException, IOException, GeneralSecurityException, OperatorCreationException {
        Collection<SignerInformation> signers = data.getSignerInfos().getSigners();
        if (signers.size() != 1) {
            throw new ReceiptException("it has " + signers.size() + " signatures; accepted: one");
        }
        if (data.isDetachedSignature() || !CMSObjectIdentifiers.data.equals(data.getSignedContentType())) {
            throw new ReceiptException("it has a signature, and not the receipt that was signed");
        }
        SignerInformation signature = signers.iterator().next();
        AttributeTable attributes = signature.getSignedAttributes();
        if (attributes == null) {
            throw new ReceiptException(
                    "its signature says neither what it signs nor when (it has no signed attributes)");
        }
        List<X509Certificate> shown = certificates(data, signature);
        X509Certificate signer = shown.get(0);
        String name = Certificates.name(signer);
        if (!isSignedBy(signature, signer)) {
            throw new ReceiptException(
                    "its signature is not by the key of " + name + ", or what was signed has changed");
        }
        checkCertificate(attributes, signer);
        Instant signedAt = signedAt(attributes);
        try {
            Strength.check(signer);
            Strength.checkSignature("it", algorithm(signature), signature.getEncryptionAlgParams());
            checkUsage(signer);
            Certificates.checkDates(signer, signedAt);
        } catch (CertificateException weak) {
            throw new ReceiptException("it was signed on " + signedAt + " by " + name + ": " + weak.getMessage(), weak);
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        data.getSignedContent().write(content);
        return new SignedReceipt(content.toByteArray(), List.copyOf(shown), signedAt);
    }

    /** The signer's first. */
    private static List<X509Certificate> certificates(CMSSignedData data, SignerInformation signature)
            throws ReceiptException, CertificateException {
        Collection<X509CertificateHolder> all = data.getCertificates().getMatches(null);
        if (all.size() > MOST_CERTIFICATES) {
            throw new ReceiptException("it has " + all.size() + " certificates; accepted: up to " + MOST_CERTIFICATES);
        }
        List<X509Certificate> shown = new ArrayList<>();
        for (X509CertificateHolder holder : all) {
            X509Certificate certificate = new JcaX509CertificateConverter().getCertificate(holder);
            shown.add(signature.getSID().match(holder) ? 0 : shown.size(), certificate);
        }
        if (shown.isEmpty() || all.stream().filter(signature.getSID()::match).count() != 1) {
            throw new ReceiptException("its signer's certificate is not in it");
        }
        return shown;
    }

    private static boolean isSignedBy(SignerInformation signature, X509Certificate signer)
            throws OperatorCreationException {
        try {
            return signature.verify(new JcaSimpleSignerInfoVerifierBuilder()
                    .setDigestCalculatorProvider(new JcaDigestCalculatorProviderBuilder()
                            .setProvider(BOUNCY_CASTLE)
                            .build())
                    .build(signer.getPublicKey()));
        } catch (CMSException no) {
            return false;
        }
    }

    /** RFC 5035, 5: which certificate is meant, where several have the same name and number or key. */
    private static void checkCertificate(AttributeTable attributes, X509Certificate signer)
            throws ReceiptException, GeneralSecurityException {
        ASN1Encodable value = single(attributes, PKCSObjectIdentifiers.id_aa_signingCertificateV2);
        if (value == null) {
            return;
        }
        ESSCertIDv2[] meant = SigningCertificateV2.getInstance(value).getCerts();
        if (meant.length == 0
                || !MessageDigest.isEqual(
                        meant[0].getCertHash(),
                        MessageDigest.getInstance(meant[0].getHashAlgorithm()
                                        .getAlgorithm()
                                        .getId())
                                .digest(signer.getEncoded()))) {
            throw new ReceiptException("its signature is meant by another certificate than that of "
                    + Certificates.name(signer) + ", which is in it");
        }
    }

    private static Instant signedAt(AttributeTable attributes) throws ReceiptException {
        ASN1Encodable value = single(attributes, CMSAttributes.signingTime);
        if (value == null) {
            throw new ReceiptException("its signature does not say when it was made");
        }
        return Time.getInstance(value).getDate().toInstant();
    }

    private static @Nullable ASN1Encodable single(AttributeTable attributes, ASN1ObjectIdentifier kind)
            throws ReceiptException {
        int count = attributes.getAll(kind).size();
        Attribute attribute = attributes.get(kind);
        if (attribute == null) {
            return null;
        }
        if (count != 1 || attribute.getAttrValues().size() != 1) {
            throw new ReceiptException("its signature has the attribute " + kind + " more than once");
        }
        return attribute.getAttrValues().getObjectAt(0);
    }

    /** The whole of it, which may be spread over two fields. */
    private static String algorithm(SignerInformation signature) {
        return new DefaultCMSSignatureAlgorithmNameGenerator()
                .getSignatureName(
                        signature.getDigestAlgorithmID(),
                        signature.toASN1Structure().getDigestEncryptionAlgorithm());
    }

    private static void checkUsage(X509Certificate signer) throws CertificateException {
        boolean[] usage = signer.getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE] && !usage[NON_REPUDIATION]) {
            throw new CertificateException(
                    "the certificate's key usage has neither digitalSignature nor nonRepudiation");
        }
    }
}
