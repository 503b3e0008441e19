package io.countersign.revocation;

import static io.countersign.revocation.RevocationList.ALLOWANCE;

import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Issued;
import io.countersign.tls.Strength;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CRLReason;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.DefaultSignatureNameFinder;
import org.jspecify.annotations.Nullable;

/**
 * Questions to OCSP responders and their answers (RFC 6960). An answer counts where the issuer itself has signed it, or
 * somebody to whom the issuer has given a certificate for that purpose. There is no nonce, since most responders ignore it:
 * what bounds the age of an answer is its own dates. Fails closed.
 */
final class Ocsp {
    static final String ABOUT_ANOTHER = "its answer is about another certificate";

    private static final CRLReason[] REASONS = CRLReason.values();

    /** For an answer that does not say when the next one comes, after it was made. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    private Ocsp() {}

    static byte[] request(Issued issued) {
        // Names the issuer by SHA-1, which all responders know; nothing rests on its strength, the answer is signed.
        AlgorithmIdentifier sha1 = new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1);
        try {
            CertID id = new CertID(
                    sha1,
                    new DEROctetString(digest(sha1, name(issued))),
                    new DEROctetString(digest(sha1, key(issued.issuer()))),
                    new ASN1Integer(issued.certificate().getSerialNumber()));
            return new OCSPReqBuilder()
                    .addRequest(new CertificateID(id))
                    .build()
                    .getEncoded();
        } catch (OCSPException | IOException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** @param answer from wherever it comes; what does not count says so in the finding */
    static Finding read(byte[] answer, Issued issued, String source, Instant now) {
        try {
            OCSPResp response = new OCSPResp(answer);
            if (response.getStatus() != OCSPResp.SUCCESSFUL) {
                return Finding.nothing(source, "answers with the error " + error(response.getStatus()));
            }
            if (!(response.getResponseObject() instanceof BasicOCSPResp basic)) {
                return Finding.nothing(source, "its answer is of a kind that is not known");
            }
            SingleResp single = about(basic, issued);
            if (single == null) {
                return Finding.nothing(source, ABOUT_ANOTHER);
            }
            if (!basic.getCriticalExtensionOIDs().isEmpty()
                    || !single.getCriticalExtensionOIDs().isEmpty()) {
                return Finding.nothing(source, "its answer has critical extensions that are not known");
            }
            Strength.checkSignature("its answer", signature(basic), null);
            OcspSigner.check(basic, issued.issuer(), now);
            return finding(single, basic, source, now);
        } catch (CertificateException doesNotCount) {
            return Finding.nothing(source, String.valueOf(doesNotCount.getMessage()));
        } catch (IOException | OCSPException | GeneralSecurityException | RuntimeException unreadable) {
            return Finding.nothing(source, "its answer cannot be read as OCSP");
        }
    }

    private static Finding finding(SingleResp single, BasicOCSPResp basic, String source, Instant now) {
        Instant from = single.getThisUpdate().toInstant();
        Instant until = single.getNextUpdate() == null
                ? basic.getProducedAt().toInstant().plus(FRESH)
                : single.getNextUpdate().toInstant();
        CertificateStatus status = single.getCertStatus();
        if (status instanceof RevokedStatus revoked) {
            CRLReason reason = revoked.hasRevocationReason()
                            && revoked.getRevocationReason() >= 0
                            && revoked.getRevocationReason() < REASONS.length
                    ? REASONS[revoked.getRevocationReason()]
                    : null;
            return Finding.revoked(source, revoked.getRevocationTime().toInstant(), reason, from, until);
        }
        if (from.isAfter(now.plus(ALLOWANCE))) {
            return Finding.nothing(source, "its answer is not valid before " + from);
        }
        if (now.isAfter(until.plus(ALLOWANCE))) {
            return Finding.nothing(source, "its answer was good until " + until);
        }
        return status == CertificateStatus.GOOD
                ? Finding.good(source, from, until)
                : Finding.unknown(source, from, until);
    }

    private static @Nullable SingleResp about(BasicOCSPResp basic, Issued issued)
            throws GeneralSecurityException, IOException {
        for (SingleResp single : basic.getResponses()) {
            CertID id = single.getCertID().toASN1Primitive();
            if (single.getCertID().getSerialNumber().equals(issued.certificate().getSerialNumber())
                    && Arrays.equals(
                            single.getCertID().getIssuerNameHash(), digest(id.getHashAlgorithm(), name(issued)))
                    && Arrays.equals(
                            single.getCertID().getIssuerKeyHash(),
                            digest(id.getHashAlgorithm(), key(issued.issuer())))) {
                return single;
            }
        }
        return null;
    }

    private static String signature(BasicOCSPResp basic) {
        return new DefaultSignatureNameFinder().getAlgorithmName(basic.getSignatureAlgorithmID());
    }

    private static byte[] name(Issued issued) {
        return issued.certificate().getIssuerX500Principal().getEncoded();
    }

    private static byte[] key(Authority issuer) {
        return SubjectPublicKeyInfo.getInstance(issuer.key().getEncoded())
                .getPublicKeyData()
                .getBytes();
    }

    private static byte[] digest(AlgorithmIdentifier algorithm, byte[] content) throws GeneralSecurityException {
        return MessageDigest.getInstance(algorithm.getAlgorithm().getId()).digest(content);
    }

    private static String error(int status) {
        return switch (status) {
            case OCSPResp.MALFORMED_REQUEST -> "malformedRequest";
            case OCSPResp.INTERNAL_ERROR -> "internalError";
            case OCSPResp.TRY_LATER -> "tryLater";
            case OCSPResp.SIG_REQUIRED -> "sigRequired";
            case OCSPResp.UNAUTHORIZED -> "unauthorized";
            default -> String.valueOf(status);
        };
    }
}
