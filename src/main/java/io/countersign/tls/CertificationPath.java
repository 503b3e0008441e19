package io.countersign.tls;

import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.BrokenPath.Reason;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A certificate and the known authorities above it, nearest first (RFC 5280, section 6). It is made only where the whole
 * path holds: signatures, dates, constraints, strength, and a purpose that allows the leaf to be what it is shown as, a TLS
 * client or a TLS server.
 *
 * @param issued the certificates of the path without the anchor's, each with who issued it
 */
public record CertificationPath(X509Certificate leaf, List<Authority> issuers, List<Issued> issued) {
    private static final int MOST_INTERMEDIATES = 8;

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
        Set<TrustAnchor> candidates = shown.stream()
                .flatMap(certificate -> anchors.named(certificate.getIssuerX500Principal()).stream())
                .map(anchor -> new TrustAnchor(anchor, null))
                .collect(Collectors.toCollection(HashSet::new));
        if (candidates.isEmpty()) {
            throw new UnknownCertificateException(leaf, unknownIssuer(shown, purpose));
        }
        // An authority may have an expired certificate and a renewed one; the builder looks at neither's dates.
        X509Certificate some = candidates.iterator().next().getTrustedCert();
        candidates.removeIf(anchor -> !isValid(anchor.getTrustedCert(), now));
        if (candidates.isEmpty()) {
            Optional<Reason> reason = BrokenPath.reason(shown, anchors, now).filter(Reason::isUnknown);
            if (reason.isPresent()) {
                throw new UnknownCertificateException(
                        leaf, noPath(leaf, reason.get().words()));
            }
            Certificates.checkDates(some, now);
        }
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(leaf);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(candidates, target);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            parameters.setMaxPathLength(MOST_INTERMEDIATES);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(new ArrayList<>(shown))));
            PKIXCertPathBuilderResult result = (PKIXCertPathBuilderResult)
                    CertPathBuilder.getInstance("PKIX").build(parameters);
            return checked(leaf, result, anchors, purpose);
        } catch (CertPathBuilderException | InvalidAlgorithmParameterException none) {
            Reason reason = BrokenPath.reason(shown, anchors, now).orElseGet(() -> new Reason(innermost(none), false));
            String message = noPath(leaf, reason.words());
            CertificateException failed = reason.isUnknown()
                    ? new UnknownCertificateException(leaf, message)
                    : new CertificateException(message);
            failed.initCause(none);
            throw failed;
        } catch (CertificateException failed) {
            throw failed;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static String noPath(X509Certificate leaf, String why) {
        return "no valid path from " + Certificates.name(leaf) + " to a known authority: " + why;
    }

    private static CertificationPath checked(
            X509Certificate leaf, PKIXCertPathBuilderResult result, Authorities anchors, String purpose)
            throws CertificateException {
        List<Authority> issuers = new ArrayList<>();
        for (Certificate element : result.getCertPath().getCertificates()) {
            X509Certificate certificate = (X509Certificate) element;
            Strength.check(certificate);
            if (!certificate.equals(leaf)) {
                issuers.add(Authority.of(certificate));
            }
        }
        X509Certificate anchor = result.getTrustAnchor().getTrustedCert();
        Strength.checkKey(anchor);
        issuers.add(Authority.of(anchor));
        // The builder stops at the nearest anchor; who stands above it may be the one that a partner's file names.
        issuers.addAll(anchors.above(anchor));
        if (!purpose.equals(Certificates.SIGNATURE) && !Certificates.allows(leaf, purpose)) {
            boolean client = purpose.equals(Certificates.CLIENT_AUTH);
            throw new CertificateException("certificate " + Certificates.name(leaf) + " is not for TLS "
                    + (client ? "clients (its purposes lack clientAuth" : "servers (its purposes lack serverAuth")
                    + ", or its key usage digitalSignature)");
        }
        return new CertificationPath(leaf, List.copyOf(issuers), issued(result));
    }

    private static List<Issued> issued(PKIXCertPathBuilderResult result) {
        List<Issued> issued = new ArrayList<>();
        Authority issuer = Authority.of(result.getTrustAnchor().getTrustedCert());
        List<? extends Certificate> path = result.getCertPath().getCertificates();
        for (int i = path.size() - 1; i >= 0; i--) {
            X509Certificate certificate = (X509Certificate) path.get(i);
            issued.add(0, new Issued(certificate, issuer));
            issuer = Authority.of(certificate);
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

    private static boolean isValid(X509Certificate certificate, Instant now) {
        try {
            Certificates.checkDates(certificate, now);
            return true;
        } catch (CertificateException notNow) {
            return false;
        }
    }

    private static String innermost(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
