package io.countersign.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/**
 * A certificate of which nothing is wrong but that nobody here knows it: self-signed, or issued under an authority that is
 * not trusted. In a handshake it comes before the other side has proven that it has the key.
 */
public final class UnknownCertificateException extends CertificateException {
    private final transient X509Certificate certificate;

    UnknownCertificateException(X509Certificate certificate, String message) {
        super(message);
        this.certificate = certificate;
    }

    public X509Certificate certificate() {
        return certificate;
    }
}
