package io.countersign.tls;

import io.countersign.tls.Authorities.Authority;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;

/** A certificate and the authority whose key has signed it: what must be known to ask whether it has been revoked. */
public record Issued(X509Certificate certificate, Authority issuer) {
    /**
     * The certificate with whichever of some others issued it.
     *
     * @return none where it is self-signed, or none of them did
     */
    static Optional<Issued> by(Stream<X509Certificate> candidates, X509Certificate certificate) {
        if (Certificates.isSelfSigned(certificate)) {
            return Optional.empty();
        }
        return candidates
                .filter(candidate -> candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
                .filter(candidate -> Certificates.isSignedBy(certificate, candidate.getPublicKey()))
                .findFirst()
                .map(issuer -> new Issued(certificate, Authority.of(issuer)));
    }
}
