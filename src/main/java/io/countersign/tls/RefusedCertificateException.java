package io.countersign.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/** A certificate that was shown and is refused, for whoever has to say which one it was. */
public class RefusedCertificateException extends CertificateException {
    private final transient X509Certificate certificate;

    RefusedCertificateException(X509Certificate certificate, String message) {
        super(message);
        this.certificate = certificate;
    }

    /** @param why it is refused, for the operator and for TLS's alert, as if it were thrown itself */
    public RefusedCertificateException(X509Certificate certificate, CertificateException why) {
        // JSSE chooses its alert by the kind of the cause.
        super(why.getMessage(), why.getCause());
        this.certificate = certificate;
        addSuppressed(why);
    }

    public X509Certificate certificate() {
        return certificate;
    }
}
