package io.countersign.tls;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which proxies may say what certificate a caller has shown them, as a bean of a route file: those with one of these very
 * certificates, valid now. An authority makes nobody a proxy. Fails closed; a file that cannot be read any more, or is still
 * being written, leaves the last good ones in force.
 */
public final class ProxyTrust implements ClientTrust {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyTrust.class);
    private static final long BETWEEN_LOOKS = Duration.ofSeconds(1).toNanos();

    private String certificates = "";
    private Path home = Path.of("");
    private @Nullable ClientTrust issuers;
    private Clock clock = Clock.systemUTC();
    private @Nullable Pinned pinned;
    private long looked;
    private String complaint = "";

    private record Pinned(Set<X509Certificate> certificates, Reading reading) {}

    /** PEM files, separated by commas; several while rolling over. */
    public void setCertificates(String certificates) {
        this.certificates = certificates;
    }

    /** Knows who has issued our own certificate, of which a responder's word is stapled; nobody is a proxy by it. */
    public void setIssuers(ClientTrust issuers) {
        this.issuers = issuers;
    }

    /** What relative paths are relative to. */
    public void setHome(String home) {
        this.home = Path.of(home);
    }

    /** By which handshakes take certificates for valid or not. */
    void useClock(Clock clock) {
        this.clock = clock;
    }

    /** @throws KeyMaterialException where none has been in force yet, and the files cannot be used */
    @Override
    public void prepare() throws KeyMaterialException {
        var unused = inForce();
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
        X509Certificate own = shown.get(0);
        try {
            if (!inForce().contains(own)) {
                throw new CertificateException("certificate " + Certificates.name(own)
                        + " is not a proxy's: it is not in " + certificates.strip());
            }
            Certificates.checkDates(own, now);
            Strength.check(own);
        } catch (KeyMaterialException unusable) {
            throw RefusedCertificateException.of(own, new CertificateException(unusable.getMessage(), unusable));
        } catch (CertificateException refused) {
            throw RefusedCertificateException.of(own, refused);
        }
    }

    private synchronized Set<X509Certificate> inForce() throws KeyMaterialException {
        Pinned before = pinned;
        if (before != null && System.nanoTime() - looked < BETWEEN_LOOKS) {
            return before.certificates();
        }
        looked = System.nanoTime();
        if (before != null && !before.reading().isWrittenOtherwise()) {
            return before.certificates();
        }
        try {
            Pinned read = read();
            pinned = read;
            complaint = "";
            if (before != null && !before.certificates().equals(read.certificates())) {
                LOG.info("proxies have these certificates now: {}", names(read.certificates()));
            }
            return read.certificates();
        } catch (KeyMaterialException unusable) {
            if (before == null) {
                throw unusable;
            }
            String why = String.valueOf(unusable.getMessage());
            if (!why.equals(complaint)) {
                complaint = why;
                LOG.warn("proxies' certificates stay {}: {}", names(before.certificates()), why);
            }
            return before.certificates();
        }
    }

    private Pinned read() throws KeyMaterialException {
        Reading reading = new Reading();
        List<X509Certificate> all = new ArrayList<>();
        for (Path file : files()) {
            List<X509Certificate> leaves =
                    Certificates.leaves(PemFile.read(file, reading).certificates());
            for (X509Certificate leaf : leaves) {
                try {
                    Strength.check(leaf);
                } catch (CertificateException weak) {
                    throw new KeyMaterialException(file, "cannot be used: " + weak.getMessage(), weak);
                }
            }
            all.addAll(leaves);
        }
        return new Pinned(new LinkedHashSet<>(all), reading);
    }

    private List<Path> files() throws KeyMaterialException {
        List<String> names = Arrays.stream(certificates.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        if (names.isEmpty()) {
            throw new KeyMaterialException(
                    home, "no certificate of a proxy is named; accepted: certificates: PEM files");
        }
        try {
            return names.stream().map(home::resolve).toList();
        } catch (InvalidPathException invalid) {
            throw new KeyMaterialException(home, "'" + certificates + "' is no file: " + invalid.getMessage(), invalid);
        }
    }

    private static String names(Set<X509Certificate> certificates) {
        return certificates.stream()
                .map(one -> Certificates.name(one) + " " + Certificates.fingerprint(one))
                .collect(Collectors.joining(", "));
    }
}
