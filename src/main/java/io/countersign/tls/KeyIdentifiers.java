package io.countersign.tls;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;

/** The hints in certificates at which key signed them and which they hold (RFC 5280, 4.2.1.1 and 4.2.1.2). */
final class KeyIdentifiers {
    private static final String AUTHORITY = "2.5.29.35";
    private static final String SUBJECT = "2.5.29.14";

    private KeyIdentifiers() {}

    /** Empty where there is none, or it cannot be read. */
    static byte[] authority(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(AUTHORITY);
        try {
            ASN1OctetString key = extension == null
                    ? null
                    : AuthorityKeyIdentifier.getInstance(JcaX509ExtensionUtils.parseExtensionValue(extension))
                            .getKeyIdentifierObject();
            return key == null ? new byte[0] : key.getOctets();
        } catch (IOException | RuntimeException unreadable) {
            return new byte[0];
        }
    }

    static boolean isSubject(X509Certificate certificate, byte[] key) {
        byte[] extension = certificate.getExtensionValue(SUBJECT);
        try {
            return extension != null
                    && Arrays.equals(
                            ASN1OctetString.getInstance(JcaX509ExtensionUtils.parseExtensionValue(extension))
                                    .getOctets(),
                            key);
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }
}
