package io.countersign.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** A certificate that was shown and is refused, for whoever has to say which one it was. */
public class RefusedCertificateException extends CertificateException {
    private final transient X509Certificate certificate;

    RefusedCertificateException(X509Certificate certificate, String message) {
        super(message);
        this.certificate = certificate;
    }

    private RefusedCertificateException(
            X509Certificate certificate, @Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
        this.certificate = certificate;
    }

    /** @param why it is refused, for the operator and for TLS's alert, as if it were thrown itself */
    public static RefusedCertificateException of(X509Certificate certificate, CertificateException why) {
        // JSSE chooses its alert by the kind of the cause.
        RefusedCertificateException refused =
                new RefusedCertificateException(certificate, why.getMessage(), why.getCause());
        refused.addSuppressed(why);
        return refused;
    }

    public X509Certificate certificate() {
        return certificate;
    }
}
