package io.countersign.revocation;

import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.BouncyCastle;
import io.countersign.tls.Certificates;
import io.countersign.tls.Strength;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/** Who may answer for an authority (RFC 6960, 4.2.2.2): itself, or whom it has given a certificate for that. */
final class OcspSigner {
    private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int MOST_SIGNERS = 5;

    private OcspSigner() {}

    /** @throws CertificateException where nobody has signed it who may */
    static void check(BasicOCSPResp basic, Authority issuer, Instant now) throws CertificateException, OCSPException {
        if (isSignedBy(basic, issuer.key())) {
            return;
        }
        for (X509CertificateHolder holder :
                List.of(basic.getCerts()).stream().limit(MOST_SIGNERS).toList()) {
            X509Certificate signer = new JcaX509CertificateConverter().getCertificate(holder);
            if (isSignedBy(basic, signer.getPublicKey())) {
                checkDelegation(signer, issuer, now);
                return;
            }
        }
        throw new CertificateException("its answer is not signed by the issuer, nor by a certificate that it holds");
    }

    /** RFC 6960, 4.2.2.2. Such certificates live for days; whether one is revoked itself is not asked. */
    private static void checkDelegation(X509Certificate signer, Authority issuer, Instant now)
            throws CertificateException {
        String name = Certificates.name(signer);
        if (!signer.getIssuerX500Principal().equals(issuer.name()) || !Certificates.isSignedBy(signer, issuer.key())) {
            throw new CertificateException("its answer is signed by " + name + ", whom the issuer has not certified");
        }
        List<String> purposes = signer.getExtendedKeyUsage();
        boolean[] usage = signer.getKeyUsage();
        if (purposes == null || !purposes.contains(OCSP_SIGNING) || (usage != null && !usage[DIGITAL_SIGNATURE])) {
            throw new CertificateException("its answer is signed by " + name
                    + ", whose certificate is not for that (its purposes lack OCSPSigning)");
        }
        Certificates.checkDates(signer, now);
        Strength.check(signer);
    }

    private static boolean isSignedBy(BasicOCSPResp basic, PublicKey key) throws OCSPException {
        try {
            return basic.isSignatureValid(new JcaContentVerifierProviderBuilder()
                    .setProvider(BouncyCastle.provider())
                    .build(SubjectPublicKeyInfo.getInstance(key.getEncoded())));
        } catch (OperatorCreationException | OCSPException | RuntimeException otherKind) {
            return false;
        }
    }
}
