package io.countersign.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Who may see how the service is, as a bean of a route file: those with one of these very certificates, valid now, unless it
 * is a partner's as well. It makes nobody a partner. Fails closed; a file that cannot be read any more, or is still being
 * written, leaves the last good ones in force.
 */
public final class OperatorTrust implements ClientTrust {
    private final PinnedCertificates pinned =
            new PinnedCertificates("an operator", "operators", LoggerFactory.getLogger(OperatorTrust.class));
    private @Nullable ClientTrust partners;
    private Clock clock = Clock.systemUTC();

    /** PEM files, separated by commas; several while rolling over. */
    public void setCertificates(String certificates) {
        pinned.setCertificates(certificates);
    }

    /** Whose certificates are no operator's; and who has issued our own, of which a responder's word is stapled. */
    public void setPartners(ClientTrust partners) {
        this.partners = partners;
    }

    /** What relative paths are relative to. */
    public void setHome(String home) {
        pinned.setHome(home);
    }

    /** By which certificates are valid or not. */
    public void useClock(Clock clock) {
        this.clock = clock;
    }

    /** @throws KeyMaterialException where none has been in force yet, and the files cannot be used */
    @Override
    public void prepare() throws KeyMaterialException {
        var unused = certificates();
    }

    /**
     * Those in force.
     *
     * @throws KeyMaterialException where none has been in force yet, and the files cannot be used
     */
    public Set<X509Certificate> certificates() throws KeyMaterialException {
        return pinned.inForce();
    }

    @Override
    public @Nullable X509Certificate issuer(X509Certificate issued) {
        return partners == null ? null : partners.issuer(issued);
    }

    /** Whether this is an operator now; also for sessions that are open or resumed. */
    @Override
    public void check(List<X509Certificate> shown) throws CertificateException {
        pinned.check(shown, clock.instant());
        X509Certificate own = shown.get(0);
        if (partners != null && partners.identifies(shown)) {
            throw RefusedCertificateException.of(
                    own,
                    new CertificateException("certificate " + Certificates.name(own)
                            + " is a partner's, and so no operator's; accepted: one of its own"));
        }
    }
}
