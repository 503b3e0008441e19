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
        OTHER_HOST
    }

    ServerCertificateException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
