package io.countersign.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A set of trust anchors, found by name in constant time. Two certificates of one authority (same name, same key) are one
 * authority here.
 */
public final class Authorities {
    private static final Set<String> ENDINGS = Set.of("pem", "crt", "cer", "cert", "crl");

    private final Map<X500Principal, List<X509Certificate>> byName = new HashMap<>();
    private final Set<Authority> all = new LinkedHashSet<>();
    private final Set<X509Certificate> certificates = new LinkedHashSet<>();
    private final Map<X509Certificate, Path> files = new HashMap<>();

    /** What identifies an authority: its name and its key, not the certificate that happens to carry them. */
    public record Authority(X500Principal name, PublicKey key) {
        public static Authority of(X509Certificate certificate) {
            return new Authority(certificate.getSubjectX500Principal(), certificate.getPublicKey());
        }
    }

    public static Authorities of(Collection<X509Certificate> certificates) {
        Authorities authorities = new Authorities();
        certificates.forEach(authorities::add);
        return authorities;
    }

    /**
     * Reads the authorities of a PEM file, or of every {@code .pem}, {@code .crt}, {@code .cer} and {@code .cert} file of a
     * folder. Revocation lists among them are passed over.
     *
     * @throws KeyMaterialException where a file cannot be read, or holds a certificate that is no authority's
     */
    public static Authorities read(Path fileOrFolder) throws KeyMaterialException {
        return read(fileOrFolder, new Reading());
    }

    /** @param reading gets the folder, and the files */
    public static Authorities read(Path fileOrFolder, Reading reading) throws KeyMaterialException {
        reading.note(fileOrFolder);
        Map<X509Certificate, Path> certificates = new LinkedHashMap<>();
        for (Path file : files(fileOrFolder)) {
            PemFile pem = PemFile.read(file, reading);
            if (pem.holdsNothingButRevocationLists()) {
                continue;
            }
            for (X509Certificate certificate : pem.certificates()) {
                if (!Certificates.isAuthority(certificate)) {
                    throw new KeyMaterialException(
                            file,
                            "holds " + Certificates.name(certificate)
                                    + ", which is not an authority's certificate (basicConstraints without CA:TRUE)");
                }
                certificates.putIfAbsent(certificate, file);
            }
        }
        if (certificates.isEmpty()) {
            throw new KeyMaterialException(fileOrFolder, "holds no certificate (looked for " + ENDINGS + ")");
        }
        Authorities authorities = of(certificates.keySet());
        authorities.files.putAll(certificates);
        return authorities;
    }

    /** The file that one of them was read from; empty where it was not read from any. */
    public String file(X509Certificate certificate) {
        Path file = files.get(certificate);
        return file == null ? "" : file.toString();
    }

    /** All of them, also where an authority has several: an expired one and its successor, say. */
    public Collection<X509Certificate> certificates() {
        return Collections.unmodifiableSet(certificates);
    }

    public Set<Authority> authorities() {
        return Collections.unmodifiableSet(all);
    }

    public boolean contains(Authority authority) {
        return all.contains(authority);
    }

    /** The authorities of that name, which may have several keys. */
    public List<X509Certificate> named(X500Principal name) {
        return byName.getOrDefault(name, List.of());
    }

    /** Whoever of them issued a certificate; none where nobody did. */
    public @Nullable X509Certificate issuer(X509Certificate issued) {
        return named(issued.getIssuerX500Principal()).stream()
                .filter(candidate -> Certificates.isSignedBy(issued, candidate.getPublicKey()))
                .findFirst()
                .orElse(null);
    }

    /** The authorities of this set that stand above one of its certificates, nearest first, to where the set ends. */
    public List<Authority> above(X509Certificate certificate) {
        return certificatesAbove(certificate).stream().map(Authority::of).toList();
    }

    /** The same, by a certificate of each. */
    List<X509Certificate> certificatesAbove(X509Certificate certificate) {
        List<X509Certificate> above = new ArrayList<>();
        Set<Authority> met = new HashSet<>(Set.of(Authority.of(certificate)));
        X509Certificate next = issuer(certificate);
        while (next != null && met.add(Authority.of(next))) {
            above.add(next);
            next = issuer(next);
        }
        return above;
    }

    private void add(X509Certificate certificate) {
        all.add(Authority.of(certificate));
        if (certificates.add(certificate)) {
            byName.computeIfAbsent(certificate.getSubjectX500Principal(), name -> new ArrayList<>())
                    .add(certificate);
        }
    }

    /** The file itself, or the files of a folder that are read for certificates and revocation lists. */
    public static List<Path> files(Path fileOrFolder) throws KeyMaterialException {
        if (!Files.isDirectory(fileOrFolder)) {
            return List.of(fileOrFolder);
        }
        try (Stream<Path> entries = Files.list(fileOrFolder)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> ENDINGS.contains(ending(file)))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException unreadable) {
            throw new KeyMaterialException(fileOrFolder, "cannot be listed: " + unreadable.getMessage(), unreadable);
        }
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(".")
                ? ""
                : name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
