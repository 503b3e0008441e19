package io.countersign.tls;

import java.security.cert.CertificateException;

/** A server's certificate that we do not accept; the message says why, for the operator. */
public final class ServerCertificateException extends CertificateException {
    private final Fault fault;

    /** What is wrong with it. */
    public enum Fault {
        /** Neither pinned nor under a trusted authority, or its path does not hold. */
        UNTRUSTED,
        /** Not valid now. */
        EXPIRED,
        /** Genuine, and not of the host that was dialled. */
        OTHER_HOST,
        /** Revoked by who issued it. */
        REVOKED,
        /** Nobody can say now that it is not revoked. */
        REVOCATION_UNKNOWN
    }

    ServerCertificateException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    ServerCertificateException(RevocationException why) {
        // The cause is JSSE's, by which it chooses the alert.
        super("the server is not trusted: " + why.getMessage(), why.getCause());
        this.fault = why.isRevoked() ? Fault.REVOKED : Fault.REVOCATION_UNKNOWN;
    }

    public Fault fault() {
        return fault;
    }
}
