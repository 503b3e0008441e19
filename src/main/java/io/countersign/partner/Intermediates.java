package io.countersign.partner;

import io.countersign.kept.Kept;
import io.countersign.tls.Authorities;
import io.countersign.tls.Certificates;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * The intermediate authorities that were shown in handshakes which held, to tell an operator what somebody else has left out.
 * They are never used to make a path hold.
 */
final class Intermediates {
    private static final int KEPT = 200;

    private final Kept<X500Principal, X509Certificate> known = new Kept<>(KEPT);

    /** @param shown what holds; what of it has nothing to do with the path is passed over */
    void saw(List<X509Certificate> shown) {
        Optional<X509Certificate> above = above(shown.get(0), shown);
        for (int between = 1; above.isPresent() && between < shown.size(); between++) {
            X509Certificate issuer = above.get();
            if (!issuer.equals(known.get(issuer.getSubjectX500Principal()))) {
                known.put(issuer.getSubjectX500Principal(), issuer);
            }
            above = above(issuer, shown);
        }
    }

    private Optional<X509Certificate> above(X509Certificate issued, List<X509Certificate> shown) {
        return shown.stream()
                .skip(1)
                .filter(other -> !other.equals(issued)
                        && other.getSubjectX500Principal().equals(issued.getIssuerX500Principal())
                        && (other.equals(known.get(other.getSubjectX500Principal()))
                                || Certificates.isSignedBy(issued, other.getPublicKey())))
                .findFirst();
    }

    /** What is left out in what somebody has shown alone; empty where that is not known. */
    String leftOut(List<X509Certificate> shown, Authorities anchors) {
        return issuer(shown)
                .flatMap(issuer -> Optional.ofNullable(anchors.issuer(issuer))
                        .map(parent -> "; issuer " + Certificates.name(issuer)
                                + " is not in trust, and was not shown; its parent " + Certificates.name(parent)
                                + " is"))
                .orElse("");
    }

    private Optional<X509Certificate> issuer(List<X509Certificate> shown) {
        return shown.size() != 1
                ? Optional.empty()
                : Optional.ofNullable(known.get(shown.get(0).getIssuerX500Principal()))
                        .filter(issuer -> Certificates.isSignedBy(shown.get(0), issuer.getPublicKey()));
    }
}
