package io.countersign.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides in the handshake whether a client's certificate is genuine; who its owner is remains admission's question. */
public interface ClientTrust {
    /**
     * @param shown what the client sent, its own certificate first
     * @throws CertificateException ends the handshake; the message is for the operator
     */
    void check(List<X509Certificate> shown) throws CertificateException;

    /**
     * Reads what it needs, before a listener opens.
     *
     * @throws KeyMaterialException where it cannot be used
     */
    default void prepare() throws KeyMaterialException {}

    /** Whether what was shown is somebody's: pinned, whatever its dates, or issued to somebody who is known by name. */
    default boolean identifies(List<X509Certificate> shown) {
        return false;
    }

    /** The certificate of the authority that issued another, where it is known. */
    default @Nullable X509Certificate issuer(X509Certificate issued) {
        return null;
    }
}
