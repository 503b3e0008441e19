package io.countersign.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Which proxies may say what certificate a caller has shown them, as a bean of a route file: those with one of these very
 * certificates, valid now. An authority makes nobody a proxy. Fails closed; a file that cannot be read any more, or is still
 * being written, leaves the last good ones in force.
 */
public final class ProxyTrust implements ClientTrust {
    private final PinnedCertificates pinned =
            new PinnedCertificates("a proxy", "proxies", LoggerFactory.getLogger(ProxyTrust.class));
    private @Nullable ClientTrust issuers;
    private Clock clock = Clock.systemUTC();

    /** PEM files, separated by commas; several while rolling over. */
    public void setCertificates(String certificates) {
        pinned.setCertificates(certificates);
    }

    /** Knows who has issued our own certificate, of which a responder's word is stapled; nobody is a proxy by it. */
    public void setIssuers(ClientTrust issuers) {
        this.issuers = issuers;
    }

    /** What relative paths are relative to. */
    public void setHome(String home) {
        pinned.setHome(home);
    }

    /** By which handshakes take certificates for valid or not. */
    void useClock(Clock clock) {
        this.clock = clock;
    }

    /** @throws KeyMaterialException where none has been in force yet, and the files cannot be used */
    @Override
    public void prepare() throws KeyMaterialException {
        var unused = pinned.inForce();
    }

    @Override
    public @Nullable X509Certificate issuer(X509Certificate issued) {
        return issuers == null ? null : issuers.issuer(issued);
    }

    @Override
    public void check(List<X509Certificate> shown) throws CertificateException {
        check(shown, clock.instant());
    }

    /**
     * Whether this is a proxy now; also for sessions that are open or resumed.
     *
     * @throws CertificateException where it is not, saying why
     */
    public void check(List<X509Certificate> shown, Instant now) throws CertificateException {
        pinned.check(shown, now);
    }
}
