package io.countersign.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;

/**
 * A way from a leaf up to a trust anchor on which each certificate is signed by the key of the next. Whether it holds is the
 * question of {@link PathRules}.
 *
 * @param certificates the leaf's first, without the anchor's; at least one
 */
record Candidate(List<X509Certificate> certificates, X509Certificate anchor) {
    X509Certificate leaf() {
        return certificates.get(0);
    }

    /** The authorities, nearest first, the anchor last. */
    List<X509Certificate> issuers() {
        return Stream.concat(certificates.stream().skip(1), Stream.of(anchor)).toList();
    }

    /** The same way led on to another anchor above this one. */
    Candidate under(X509Certificate above) {
        return new Candidate(
                Stream.concat(certificates.stream(), Stream.of(anchor)).toList(), above);
    }

    /** Whether a certificate's issuer gave it its own name, as when an authority changes keys. */
    static boolean isSelfIssued(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }
}
