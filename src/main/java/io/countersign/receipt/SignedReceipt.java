package io.countersign.receipt;

import io.countersign.partner.Partners;
import io.countersign.tls.BouncyCastle;
import io.countersign.tls.Certificates;
import io.countersign.tls.RevocationException;
import io.countersign.tls.Strength;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.DefaultCMSSignatureAlgorithmNameGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * A receipt that somebody has signed (CMS signed data, RFC 5652): made only where its one signature holds over what is in
 * it, is strong enough, and was made while the signer's certificate was valid. Whether that signer is whom it should be is not
 * decided here. Fails closed: what cannot be read, or is signed in a way that leaves a doubt, is none.
 */
public final class SignedReceipt {
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
            throw new ReceiptException("it cannot be read as CMS signed data", unreadable);
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

    /**
     * Checks that a partner has signed it: with a certificate that identifies the partner, or that its server may show.
     *
     * @param partners as they are now, or were when it was signed
     * @throws ReceiptException where somebody else has, or nobody can say now that the certificate is not revoked
     */
    public void checkSigner(String partner, Partners partners) throws ReceiptException {
        try {
            partners.checkSigner(partner, shown);
        } catch (CertificateException not) {
            boolean passing = not instanceof RevocationException revocation && !revocation.isRevoked();
            throw new ReceiptException("it is signed by " + signerName() + ": " + not.getMessage(), not, passing);
        }
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
        SignedAttributes attributes = SignedAttributes.of(signature);
        List<X509Certificate> shown = certificates(data, signature);
        X509Certificate signer = shown.get(0);
        String name = Certificates.name(signer);
        if (!isSignedBy(signature, signer)) {
            throw new ReceiptException(
                    "its signature is not by the key of " + name + ", or what was signed has changed");
        }
        attributes.checkCertificate(signer);
        Instant signedAt = attributes.signedAt();
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
                            .setProvider(BouncyCastle.provider())
                            .build())
                    .build(signer.getPublicKey()));
        } catch (CMSException no) {
            return false;
        }
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
