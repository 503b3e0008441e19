package io.countersign.partner;

import io.countersign.refusal.Refusal;
import io.countersign.tls.RevocationException;
import io.countersign.tls.ServerTrust;
import java.net.URI;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * Who may sign for a partner: whoever has a certificate that identifies it as a client, or one that its server may show. Fails
 * closed.
 */
final class PartnerSigner {
    private final PartnerDirectory known;
    private final Instant now;

    PartnerSigner(PartnerDirectory known, Instant now) {
        this.known = known;
        this.now = now;
    }

    /** @throws CertificateException where it is not the partner's; a {@link RevocationException} where it might be */
    void check(String id, List<X509Certificate> shown) throws CertificateException {
        KnownPartner partner = known.partner(id);
        if (partner == null) {
            throw new CertificateException("partner " + id + " is described by no file that can be used");
        }
        String notAsClient = whyNotAsClient(id, shown);
        if (notAsClient.isEmpty()) {
            return;
        }
        try {
            checkAsServer(partner.server(), shown);
        } catch (RevocationException revoked) {
            throw revoked;
        } catch (CertificateException notAsServer) {
            throw new CertificateException(
                    "it is neither a certificate by which partner " + id + " is known (" + notAsClient
                            + ") nor one of its server (" + notAsServer.getMessage() + ")",
                    notAsServer);
        }
    }

    /** Empty where it identifies the partner. */
    private String whyNotAsClient(String id, List<X509Certificate> shown) throws RevocationException {
        try {
            KnownPartner identified = known.identify(shown, now);
            return identified.id().equals(id) ? "" : "it is one of partner " + identified.id();
        } catch (Refusal refusal) {
            if (refusal.getCause() instanceof RevocationException revoked) {
                throw revoked;
            }
            return refusal.reason();
        }
    }

    private void checkAsServer(PartnerServer server, List<X509Certificate> shown) throws CertificateException {
        URI url = server.url();
        if (url == null) {
            throw new CertificateException("its file has no url");
        }
        ServerTrust trust = server.trust() == null ? known.sharedTrust() : server.trust();
        String host = server.verifyHost() ? url.getHost() : "";
        known.revocation().check(trust.check(shown.toArray(X509Certificate[]::new), host, now), List.of());
    }
}
