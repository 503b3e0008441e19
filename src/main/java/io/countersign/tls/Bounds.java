package io.countersign.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the authorities of a path may do, by their own certificates: the trust anchor's binds those below it as the others' do
 * (RFC 5937, 3).
 */
final class Bounds {
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final int CERT_SIGN = 5;

    private static final Set<String> PROCESSED = Set.of(
            "2.5.29.15", // key usage
            "2.5.29.17", // subject alternative name
            "2.5.29.19", // basic constraints
            "2.5.29.30", // name constraints
            "2.5.29.32", // certificate policies
            "2.5.29.37"); // extended key usage
    private static final Set<String> PROCESSED_BELOW_ANCHORS = Set.of(
            "2.5.29.33", // policy mappings
            "2.5.29.36", // policy constraints
            "2.5.29.54"); // inhibit any policy

    private Bounds() {}

    /**
     * Holds a path against them.
     *
     * @param purpose an extended key usage, or {@link Certificates#SIGNATURE}
     * @throws CertificateException where one of the authorities has issued what it may not
     */
    static void check(Candidate path, String purpose) throws CertificateException {
        for (X509Certificate authority : path.issuers()) {
            mayIssue(authority);
        }
        length(path);
        for (X509Certificate certificate : path.certificates()) {
            criticalExtensions(certificate, PROCESSED_BELOW_ANCHORS);
        }
        criticalExtensions(path.anchor(), Set.of());
        for (X509Certificate authority : path.issuers()) {
            mayCertifyFor(purpose, authority);
        }
        names(path);
    }

    /** RFC 5280, 6.1.4 (k) and (n). */
    private static void mayIssue(X509Certificate authority) throws CertificateException {
        boolean[] usage = authority.getKeyUsage();
        if (!Certificates.isAuthority(authority)) {
            throw new CertificateException(Certificates.name(authority) + " is not an authority");
        }
        if (usage != null && !usage[CERT_SIGN]) {
            throw new CertificateException(
                    Certificates.name(authority) + " may not issue certificates: its key usage lacks keyCertSign");
        }
    }

    /** RFC 5280, 6.1.4 (l) and (m): authorities that are below each, without those that gave themselves another key. */
    private static void length(Candidate path) throws CertificateException {
        int below = 0;
        for (X509Certificate authority : path.issuers()) {
            if (authority.getBasicConstraints() < below) {
                throw new CertificateException(Certificates.name(authority) + " allows no more than "
                        + authority.getBasicConstraints() + " authorities below it (path length), and there are "
                        + below);
            }
            if (!Candidate.isSelfIssued(authority)) {
                below++;
            }
        }
    }

    /** RFC 5280, 4.2: what must not be ignored, and is not known here. */
    private static void criticalExtensions(X509Certificate certificate, Set<String> more) throws CertificateException {
        Set<String> critical = certificate.getCriticalExtensionOIDs();
        if (critical == null) {
            return;
        }
        Set<String> unknown = new TreeSet<>(critical);
        unknown.removeAll(PROCESSED);
        unknown.removeAll(more);
        if (!unknown.isEmpty()) {
            throw new CertificateException("certificate " + Certificates.name(certificate)
                    + " has critical extensions that are not processed here: " + String.join(", ", unknown));
        }
    }

    /** Purposes nest: an authority that has some certifies for no others. */
    private static void mayCertifyFor(String purpose, X509Certificate authority) throws CertificateException {
        List<String> purposes = authority.getExtendedKeyUsage();
        if (!purpose.equals(Certificates.SIGNATURE)
                && purposes != null
                && !purposes.contains(purpose)
                && !purposes.contains(ANY_PURPOSE)) {
            throw new CertificateException(Certificates.name(authority) + " may not certify TLS "
                    + (purpose.equals(Certificates.CLIENT_AUTH)
                            ? "clients (its purposes lack clientAuth)"
                            : "servers (its purposes lack serverAuth)"));
        }
    }

    /** RFC 5280, 6.1.3 (b) and (c), where each authority's constraints are held against all certificates below it. */
    private static void names(Candidate path) throws CertificateException {
        List<X509Certificate> certificates = path.certificates();
        List<X509Certificate> issuers = path.issuers();
        for (int height = 0; height < issuers.size(); height++) {
            NameSpace space = NameSpace.of(issuers.get(height));
            for (int below = 0; space != null && below <= height; below++) {
                if (below == 0 || !Candidate.isSelfIssued(certificates.get(below))) {
                    space.check(certificates.get(below));
                }
            }
        }
    }
}
