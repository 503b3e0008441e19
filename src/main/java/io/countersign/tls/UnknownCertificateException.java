package io.countersign.tls;

import java.security.cert.X509Certificate;

/**
 * A certificate of which nothing is wrong but that nobody here knows it: self-signed, or issued under an authority that is
 * not trusted, also where it has the name of one that is, and another key. In a handshake it comes before the other side
 * has proven that it has the key.
 */
public final class UnknownCertificateException extends RefusedCertificateException {
    UnknownCertificateException(X509Certificate certificate, String message) {
        super(certificate, message);
    }
}
