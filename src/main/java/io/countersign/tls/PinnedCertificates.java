package io.countersign.tls;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
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

/**
 * The very certificates by which somebody is known who is no partner, as PEM files have them. An authority makes nobody known.
 * Fails closed; a file that cannot be read any more, or is still being written, leaves the last good ones in force.
 */
final class PinnedCertificates {
    private static final long BETWEEN_LOOKS = Duration.ofSeconds(1).toNanos();

    private final String one;
    private final String all;
    private final Logger log;
    private String certificates = "";
    private Path home = Path.of("");
    private @Nullable Pinned pinned;
    private long looked;
    private String complaint = "";

    private record Pinned(Set<X509Certificate> certificates, Reading reading) {}

    /**
     * None yet.
     *
     * @param one who shows one of them, for messages: {@code a proxy}
     * @param all those who do: {@code proxies}
     */
    PinnedCertificates(String one, String all, Logger log) {
        this.one = one;
        this.all = all;
        this.log = log;
    }

    /** PEM files, separated by commas; several while rolling over. */
    void setCertificates(String certificates) {
        this.certificates = certificates;
    }

    /** What relative paths are relative to. */
    void setHome(String home) {
        this.home = Path.of(home);
    }

    /** @throws CertificateException where this is none of them, is not valid now, or is too weak, saying why */
    void check(List<X509Certificate> shown, Instant now) throws CertificateException {
        X509Certificate own = shown.get(0);
        try {
            if (!inForce().contains(own)) {
                throw new CertificateException("certificate " + Certificates.name(own) + " is not " + one
                        + "'s: it is not in " + certificates.strip());
            }
            Certificates.checkDates(own, now);
            Strength.check(own);
        } catch (KeyMaterialException unusable) {
            throw RefusedCertificateException.of(own, new CertificateException(unusable.getMessage(), unusable));
        } catch (CertificateException refused) {
            throw RefusedCertificateException.of(own, refused);
        }
    }

    /** @throws KeyMaterialException where none has been in force yet, and the files cannot be used */
    synchronized Set<X509Certificate> inForce() throws KeyMaterialException {
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
                log.info("{} have these certificates now: {}", all, names(read.certificates()));
            }
            return read.certificates();
        } catch (KeyMaterialException unusable) {
            if (before == null) {
                throw unusable;
            }
            String why = String.valueOf(unusable.getMessage());
            if (!why.equals(complaint)) {
                complaint = why;
                log.warn("{}' certificates stay {}: {}", all, names(before.certificates()), why);
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
                    home, "no certificate of " + one + " is named; accepted: certificates: PEM files");
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
