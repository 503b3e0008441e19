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

    /** @param shown a path that holds, the owner's first */
    void saw(List<X509Certificate> shown) {
        shown.stream()
                .skip(1)
                .filter(Certificates::isAuthority)
                .forEach(each -> known.put(each.getSubjectX500Principal(), each));
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
