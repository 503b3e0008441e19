package io.countersign.tls;

import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.PathRules.Fault;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A certificate and the known authorities above it, nearest first (RFC 5280, section 6). It is made only where the whole
 * path holds, by {@link PathRules}: signatures, dates, constraints, strength, and a purpose that allows the leaf to be what it
 * is shown as, a TLS client or a TLS server. Where several paths lead to an authority, the first that holds is it.
 *
 * @param issued the certificates of the path without the anchor's, each with who issued it
 */
public record CertificationPath(X509Certificate leaf, List<Authority> issuers, List<Issued> issued) {
    /**
     * @param shown the certificates as the client sent them, its own first
     * @throws CertificateException where no path holds; the message says in plain words why. It is an {@link
     *     UnknownCertificateException} where whoever issued it is not trusted, though perhaps somebody of that name is
     */
    public static CertificationPath build(List<X509Certificate> shown, Authorities anchors, Instant now)
            throws CertificateException {
        return build(shown, anchors, now, Certificates.CLIENT_AUTH);
    }

    /**
     * What can be asked about a pinned certificate, which needs no path: whether its issuer has revoked it, where that is
     * among the anchors or was shown.
     */
    public static List<Issued> ofPinned(List<X509Certificate> shown, Authorities anchors) {
        X509Certificate leaf = shown.get(0);
        return Issued.by(
                        Stream.concat(
                                anchors.named(leaf.getIssuerX500Principal()).stream(),
                                shown.stream().skip(1)),
                        leaf)
                .stream()
                .toList();
    }

    /** The same for whoever has signed something, for TLS or not. */
    public static CertificationPath ofSigner(List<X509Certificate> shown, Authorities anchors, Instant then)
            throws CertificateException {
        return build(shown, anchors, then, Certificates.SIGNATURE);
    }

    /** The same for a server's certificates. */
    static CertificationPath ofServer(List<X509Certificate> shown, Authorities anchors, Instant now)
            throws CertificateException {
        return build(shown, anchors, now, Certificates.SERVER_AUTH);
    }

    private static CertificationPath build(
            List<X509Certificate> shown, Authorities anchors, Instant now, String purpose) throws CertificateException {
        X509Certificate leaf = shown.get(0);
        Certificates.checkDates(leaf, now);
        if (shown.stream()
                .allMatch(certificate ->
                        anchors.named(certificate.getIssuerX500Principal()).isEmpty())) {
            throw new UnknownCertificateException(leaf, unknownIssuer(shown, purpose));
        }
        PathRules rules = new PathRules(purpose, now);
        List<Fault> faults = new ArrayList<>();
        PathSearch search = new PathSearch(shown, anchors, now, candidate -> {
            Optional<Fault> fault = rules.fault(candidate);
            fault.ifPresent(faults::add);
            return fault.isEmpty();
        });
        Optional<Candidate> path = search.from(leaf);
        if (path.isPresent()) {
            return of(path.get(), anchors, purpose);
        }
        // Of the ways that lead to an anchor, the one that is least wrong says why.
        Optional<Fault> fault = faults.stream().reduce((one, other) -> other.passed() > one.passed() ? other : one);
        if (fault.isPresent()) {
            throw new CertificateException(
                    fault.get().whole()
                            ? fault.get().words()
                            : noPath(leaf, fault.get().words()));
        }
        DeadEnd end = search.furthest().orElseThrow();
        throw end.isUnknown()
                ? new UnknownCertificateException(leaf, noPath(leaf, end.words()))
                : new CertificateException(noPath(leaf, end.words()));
    }

    private static String noPath(X509Certificate leaf, String why) {
        return "no valid path from " + Certificates.name(leaf) + " to a known authority: " + why;
    }

    private static CertificationPath of(Candidate path, Authorities anchors, String purpose) {
        List<Authority> issuers =
                new ArrayList<>(path.issuers().stream().map(Authority::of).toList());
        // The search stops at the nearest anchor; who stands above it, and may, may be the one that a partner's file
        // names.
        Candidate further = path;
        try {
            for (X509Certificate above : anchors.certificatesAbove(path.anchor())) {
                further = further.under(above);
                Bounds.check(further, purpose);
                issuers.add(Authority.of(above));
            }
        } catch (CertificateException outOfBounds) {
            // It stands above the anchor, and not above this leaf.
        }
        return new CertificationPath(path.leaf(), List.copyOf(issuers), issued(path));
    }

    private static List<Issued> issued(Candidate path) {
        List<Issued> issued = new ArrayList<>();
        for (int i = 0; i < path.certificates().size(); i++) {
            issued.add(new Issued(
                    path.certificates().get(i), Authority.of(path.issuers().get(i))));
        }
        return List.copyOf(issued);
    }

    private static String unknownIssuer(List<X509Certificate> shown, String purpose) {
        X509Certificate leaf = shown.get(0);
        X509Certificate last = shown.get(shown.size() - 1);
        return Certificates.isSelfSigned(leaf)
                ? "certificate " + Certificates.name(leaf) + " is self-signed and "
                        + switch (purpose) {
                            case Certificates.CLIENT_AUTH -> "no partner's file pins it";
                            case Certificates.SERVER_AUTH -> "not what serverTrust in the partner's file pins";
                            default -> "not among those that are trusted";
                        }
                : "certificate " + Certificates.name(leaf) + " is issued under "
                        + Certificates.name(last.getIssuerX500Principal())
                        + ", which is not among the trusted authorities"
                        + (shown.size() == 1 ? "; if it is an intermediate, its certificate has to be shown, too" : "");
    }
}
