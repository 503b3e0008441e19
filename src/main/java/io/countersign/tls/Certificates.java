package io.countersign.tls;

import io.countersign.text.OneLine;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import javax.security.auth.x500.X500Principal;

/** Questions that are asked of a single certificate in several places. */
public final class Certificates {
    /** The purposes "TLS WWW client authentication" and "server authentication" (RFC 5280, 4.2.1.12). */
    public static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    public static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

    /** None of those: whoever reads a signature has looked at the key usage, and the purposes are for TLS. */
    static final String SIGNATURE = "signature";

    private static final int DIGITAL_SIGNATURE = 0;

    /** Each request of a connection asks for the same one. */
    private static final Map<X509Certificate, String> FINGERPRINTS = Collections.synchronizedMap(new WeakHashMap<>());

    private Certificates() {}

    /** SHA-256 over the whole certificate, 64 lower-case hexadecimal digits. */
    public static String fingerprint(X509Certificate certificate) {
        return FINGERPRINTS.computeIfAbsent(certificate, Certificates::digest);
    }

    private static String digest(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (CertificateEncodingException unencodable) {
            throw new IllegalArgumentException(unencodable);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /** @throws CertificateException where the certificate is not valid now, saying since or until when */
    public static void checkDates(X509Certificate certificate, Instant now) throws CertificateException {
        Instant notBefore = certificate.getNotBefore().toInstant();
        Instant notAfter = certificate.getNotAfter().toInstant();
        if (now.isAfter(notAfter)) {
            throw new CertificateException("certificate " + name(certificate) + " expired on " + notAfter);
        }
        if (now.isBefore(notBefore)) {
            throw new CertificateException("certificate " + name(certificate) + " is not valid before " + notBefore);
        }
    }

    /** Whether the certificate may be used by a TLS client; one that lists no purposes may be used for all of them. */
    public static boolean allowsClientAuthentication(X509Certificate certificate) throws CertificateException {
        return allows(certificate, CLIENT_AUTH);
    }

    /** Whether the certificate may be used for {@link #CLIENT_AUTH} or {@link #SERVER_AUTH}. */
    public static boolean allows(X509Certificate certificate, String purpose) throws CertificateException {
        List<String> purposes = certificate.getExtendedKeyUsage();
        boolean[] keyUsage = certificate.getKeyUsage();
        return (purposes == null || purposes.contains(purpose)) && (keyUsage == null || keyUsage[DIGITAL_SIGNATURE]);
    }

    /** Without the authorities that some tools put beside a certificate in the same file. */
    public static List<X509Certificate> leaves(List<X509Certificate> chain) {
        return chain.stream()
                .filter(candidate -> chain.stream()
                        .noneMatch(other -> !other.equals(candidate)
                                && other.getIssuerX500Principal().equals(candidate.getSubjectX500Principal())
                                && isSignedBy(other, candidate.getPublicKey())))
                .distinct()
                .toList();
    }

    public static boolean isAuthority(X509Certificate certificate) {
        return certificate.getBasicConstraints() >= 0;
    }

    public static boolean isSelfSigned(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                && isSignedBy(certificate, certificate.getPublicKey());
    }

    public static boolean isSignedBy(X509Certificate certificate, PublicKey key) {
        try {
            certificate.verify(key);
            return true;
        } catch (GeneralSecurityException no) {
            return false;
        }
    }

    /** The subject for a log line: RFC 4514 text, without anything that could break the line or turn it around. */
    public static String name(X509Certificate certificate) {
        return name(certificate.getSubjectX500Principal());
    }

    /** The same of any name. */
    public static String name(X500Principal principal) {
        return printable(principal.getName());
    }

    /** Any text that stands in a certificate. */
    static String printable(String text) {
        return "'" + OneLine.printable(text) + "'";
    }
}
