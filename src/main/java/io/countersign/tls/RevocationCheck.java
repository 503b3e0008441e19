package io.countersign.tls;

import java.util.List;

/** Decides whether a certificate that is genuine has been revoked since it was issued. Fails closed, unless set otherwise. */
public interface RevocationCheck {
    /**
     * @param path what must not have been revoked, the leaf first
     * @param stapled OCSP answers that came with it in the handshake, as they are
     * @throws RevocationException where one of the path is revoked, or nobody can say that it is not
     */
    void check(List<Issued> path, List<byte[]> stapled) throws RevocationException;
}
