package io.countersign.tls;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;

/** A certificate that is revoked, or of which nobody can say now that it is not; the message says who said what. */
public final class RevocationException extends CertificateException {
    private final boolean revoked;

    private RevocationException(boolean revoked, String message) {
        // JSSE chooses its alert by the kind of the cause (RFC 8446, 6.2: certificate_revoked).
        super(
                message,
                new CertPathValidatorException(
                        message,
                        null,
                        null,
                        -1,
                        revoked ? BasicReason.REVOKED : BasicReason.UNDETERMINED_REVOCATION_STATUS));
        this.revoked = revoked;
    }

    public static RevocationException revoked(String message) {
        return new RevocationException(true, message);
    }

    public static RevocationException undetermined(String message) {
        return new RevocationException(false, message);
    }

    /** Whether it is revoked; else that is not known, and may be later. */
    public boolean isRevoked() {
        return revoked;
    }
}
