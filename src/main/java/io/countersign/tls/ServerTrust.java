package io.countersign.tls;

import io.countersign.tls.ServerCertificateException.Fault;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which servers are genuine when we call: those whose certificate is pinned, or holds under one of the authorities. Fails
 * closed: where both are empty no server is. A pinned certificate needs neither an issuer nor a purpose, but must be valid
 * now and strong enough; a pinned authority is also trusted to issue servers' certificates.
 */
public record ServerTrust(Set<X509Certificate> pins, Authorities authorities) {
    /** Servers whose certificate an authority issued. */
    public static ServerTrust under(Authorities authorities) {
        return new ServerTrust(Set.of(), authorities);
    }

    /** @throws KeyMaterialException where a file holds no certificates that could be read */
    public static ServerTrust read(List<Path> files) throws KeyMaterialException {
        return read(files, new Reading());
    }

    /** @param reading gets the files */
    public static ServerTrust read(List<Path> files, Reading reading) throws KeyMaterialException {
        Set<X509Certificate> listed = new LinkedHashSet<>();
        for (Path file : files) {
            PemFile pem = PemFile.read(file, reading);
            if (pem.holdsRevocationList()) {
                throw new KeyMaterialException(file, "holds a revocation list; accepted: in countersign.trust");
            }
            listed.addAll(pem.certificates());
        }
        return new ServerTrust(
                Set.copyOf(listed),
                Authorities.of(listed.stream().filter(Certificates::isAuthority).toList()));
    }

    /**
     * Checks what a server shows.
     *
     * @param shown its own certificate first
     * @param host that was dialled, or empty where the host is not to be verified
     * @return what must not have been revoked, which is not asked here
     * @throws ServerCertificateException where it is not to be trusted; the message says why
     */
    public List<Issued> check(X509Certificate[] shown, String host, Instant now) throws ServerCertificateException {
        X509Certificate leaf = shown[0];
        try {
            Certificates.checkDates(leaf, now);
        } catch (CertificateException notNow) {
            throw new ServerCertificateException(Fault.EXPIRED, "the server's " + notNow.getMessage());
        }
        List<Issued> path;
        try {
            if (pins.contains(leaf)) {
                Strength.check(leaf);
                path = CertificationPath.ofPinned(Arrays.asList(shown), authorities);
            } else {
                path = CertificationPath.ofServer(Arrays.asList(shown), authorities, now)
                        .issued();
            }
        } catch (CertificateException | IllegalArgumentException untrusted) {
            throw new ServerCertificateException(
                    Fault.UNTRUSTED, "the server is not trusted: " + untrusted.getMessage());
        }
        if (!host.isEmpty() && !ServerName.isNamed(host, leaf)) {
            List<String> names = ServerName.names(leaf);
            throw new ServerCertificateException(
                    Fault.OTHER_HOST,
                    "the server's certificate " + Certificates.name(leaf) + " does not name " + host + "; it names "
                            + (names.isEmpty()
                                    ? "no host at all (a common name does not count)"
                                    : String.join(", ", names)));
        }
        return path;
    }
}
