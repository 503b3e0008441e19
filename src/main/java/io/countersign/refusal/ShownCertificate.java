package io.countersign.refusal;

import io.countersign.text.OneLine;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;

/**
 * What is kept of a certificate that was shown: enough to recognise it, and never as much as its owner may have put into it.
 *
 * @param fingerprint SHA-256 over the whole certificate, hexadecimal
 * @param subject RFC 4514, printable, shortened
 * @param serial hexadecimal, shortened
 */
public record ShownCertificate(
        String fingerprint, String subject, String issuer, String serial, Instant notBefore, Instant notAfter) {
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_SERIAL = 40;

    static ShownCertificate of(X509Certificate certificate) {
        try {
            return new ShownCertificate(
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())),
                    name(certificate.getSubjectX500Principal().getName()),
                    name(certificate.getIssuerX500Principal().getName()),
                    shortened(certificate.getSerialNumber().toString(16), LONGEST_SERIAL),
                    certificate.getNotBefore().toInstant(),
                    certificate.getNotAfter().toInstant());
        } catch (GeneralSecurityException unencodable) {
            throw new IllegalArgumentException(unencodable);
        }
    }

    private static String name(String text) {
        return shortened(OneLine.printable(text), LONGEST_NAME);
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }
}
