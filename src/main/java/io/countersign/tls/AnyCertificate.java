package io.countersign.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets any certificate into a handshake, as a bean of a route file: for a listener that says what is wrong with it. Whoever comes
 * in has proven to have the key, and nothing else; it makes nobody a partner.
 */
public final class AnyCertificate implements ClientTrust {
    private @Nullable ClientTrust issuers;

    /** Knows who has issued our own certificate, of which a responder's word is stapled. */
    public void setIssuers(ClientTrust issuers) {
        this.issuers = issuers;
    }

    @Override
    public void check(List<X509Certificate> shown) {
        // That is what it is for.
    }

    @Override
    public @Nullable X509Certificate issuer(X509Certificate issued) {
        return issuers == null ? null : issuers.issuer(issued);
    }
}
