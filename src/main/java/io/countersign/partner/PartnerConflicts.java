package io.countersign.partner;

import io.countersign.settings.Problems;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Certificates;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds partners that one certificate could identify, now or at other dates: an error when the files are loaded. */
final class PartnerConflicts {
    private final PartnerIndex index;
    private final Problems problems;
    private final Set<String> clashing = new TreeSet<>();

    PartnerConflicts(PartnerIndex index, Problems problems) {
        this.index = index;
        this.problems = problems;
    }

    void check(KnownPartner partner) {
        for (Pin pinned : partner.pins()) {
            X509Certificate pin = pinned.certificate();
            PartnerIndex.Pinned other = index.pinned(pin);
            clash(
                    partner,
                    other == null ? null : other.partner(),
                    "both pin the certificate " + Certificates.name(pin) + " with fingerprint "
                            + Certificates.fingerprint(pin));
            checkAgainstNames(partner, pin);
        }
        CertificateName name = partner.name();
        if (name != null) {
            checkName(partner, name);
        }
    }

    /** The partners that one certificate of another's could identify. */
    Set<String> clashing() {
        return clashing;
    }

    private void checkName(KnownPartner partner, CertificateName name) {
        String what = "both are identified by " + name + " under the same authority";
        if (partner.authorities().isEmpty()) {
            clash(partner, index.named(null, name), what);
            index.shared().authorities().forEach(authority -> clash(partner, index.named(authority, name), what));
        }
        for (X509Certificate certificate : partner.authorityCertificates()) {
            Authority authority = Authority.of(certificate);
            clash(partner, index.named(authority, name), what);
            if (index.shared().contains(authority)) {
                clash(partner, index.named(null, name), what);
            }
            if (!index.isOwn(authority)) {
                // What it issues is also under those above it, where another partner may have the same name.
                index.anchors().above(certificate).forEach(above -> clash(partner, index.named(above, name), what));
            }
        }
    }

    /** A pinned certificate must not also be one that another partner's name and authority describe. */
    private void checkAgainstNames(KnownPartner partner, X509Certificate pin) {
        try {
            List<Authority> issuers = index.anchors().named(pin.getIssuerX500Principal()).stream()
                    .filter(anchor -> Certificates.isSignedBy(pin, anchor.getPublicKey()))
                    .map(Authority::of)
                    .toList();
            for (KnownPartner other : index.named(CertificateName.of(pin), issuers)) {
                clash(
                        partner,
                        other,
                        partner.id() + " pins the certificate " + Certificates.name(pin)
                                + ", in which a name identifies " + other.id());
            }
        } catch (CertificateException | IllegalArgumentException unreadable) {
            problems.add("partner " + partner.id(), "certificates: " + unreadable.getMessage());
        }
    }

    private void clash(KnownPartner partner, @Nullable KnownPartner other, String what) {
        if (other != null && !other.id().equals(partner.id())) {
            List<String> both = Stream.of(other.id(), partner.id()).sorted().toList();
            problems.add(
                    "partners " + String.join(" and ", both), what + "; one certificate must identify one partner");
            clashing.addAll(both);
        }
    }
}
