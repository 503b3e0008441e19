package io.countersign.partner;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.settings.Problems;
import io.countersign.tls.Authorities;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Certificates;
import io.countersign.tls.CertificationPath;
import io.countersign.tls.SampleCertificates;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All partners at one moment, indexed by what identifies them, so that finding one costs the same among ten and among ten
 * thousand. Immutable. Fails closed: a certificate that names nobody, or more than one partner, is refused.
 *
 * <p>The nearest authority above a certificate that a partner's file names, and that the shared trust does not list, is
 * that partner's own: what it issued can identify no other partner.
 */
public final class PartnerDirectory {
    private final Map<String, KnownPartner> byPin = new HashMap<>();
    private final Map<Issued, KnownPartner> byName = new HashMap<>();
    private final Set<Authority> own = new HashSet<>();
    private final Authorities shared;
    private final Authorities anchors;
    private final int size;
    private final List<String> sampled;

    /** A name under an authority; no authority stands for any of the shared trust. */
    private record Issued(@Nullable Authority authority, CertificateName name) {}

    /**
     * Indexes the partners.
     *
     * @param problems gets every pair of partners that one certificate could identify
     */
    public PartnerDirectory(Collection<KnownPartner> partners, Authorities shared, Problems problems) {
        this.shared = shared;
        List<X509Certificate> all = new ArrayList<>(shared.certificates());
        for (KnownPartner partner : partners) {
            all.addAll(partner.authorityCertificates());
            partner.authorities().stream().filter(a -> !shared.contains(a)).forEach(own::add);
        }
        this.anchors = Authorities.of(all);
        this.size = partners.size();
        this.sampled = partners.stream()
                .filter(partner -> Stream.concat(partner.pins().stream(), partner.authorityCertificates().stream())
                        .anyMatch(SampleCertificates::isSample))
                .map(KnownPartner::id)
                .toList();
        partners.forEach(partner -> index(partner, problems));
        partners.forEach(partner -> checkNestedAuthorities(partner, problems));
        partners.forEach(partner -> checkPinsAgainstNames(partner, problems));
    }

    public int size() {
        return size;
    }

    /** The partners that are identified by sample certificates, whose keys everybody has. */
    public List<String> sampled() {
        return sampled;
    }

    /** Whether the certificate may enter: pinned, or issued under a known authority for this purpose, and valid now. */
    void check(List<X509Certificate> shown, Instant now) throws CertificateException {
        if (byPin.containsKey(Certificates.fingerprint(shown.get(0)))) {
            Certificates.checkDates(shown.get(0), now);
        } else {
            CertificationPath.build(shown, anchors, now);
        }
    }

    /** Whose certificate this is; everything is checked again, since a resumed session has passed no trust manager. */
    KnownPartner identify(List<X509Certificate> shown, Instant now) throws Refusal {
        X509Certificate leaf = shown.get(0);
        try {
            Certificates.checkDates(leaf, now);
        } catch (CertificateException notNow) {
            throw new Refusal(
                    Code.CERTIFICATE_EXPIRED,
                    "The certificate is not valid now.",
                    String.valueOf(notNow.getMessage()),
                    notNow);
        }
        try {
            Set<KnownPartner> found = new LinkedHashSet<>();
            KnownPartner pinned = byPin.get(Certificates.fingerprint(leaf));
            if (pinned != null) {
                found.add(pinned);
            }
            Set<CertificateName> names = CertificateName.of(leaf);
            if (pinned == null) {
                found.addAll(named(
                        names, CertificationPath.build(shown, anchors, now).issuers()));
            }
            if (found.size() != 1) {
                throw unknown(
                        leaf,
                        found.isEmpty() ? "identifies no partner" : "identifies more than one partner: " + ids(found));
            }
            return found.iterator().next();
        } catch (CertificateException | IllegalArgumentException untrusted) {
            throw unknown(leaf, "is no longer trusted: " + untrusted.getMessage());
        }
    }

    /** Walks up from the nearest authority; one that is a partner's own ends the walk, whether or not the name fits. */
    private Set<KnownPartner> named(Set<CertificateName> names, List<Authority> issuers) {
        Set<KnownPartner> found = new LinkedHashSet<>();
        for (Authority issuer : issuers) {
            for (CertificateName name : names) {
                add(found, byName.get(new Issued(issuer, name)));
            }
            if (own.contains(issuer)) {
                return found;
            }
        }
        if (issuers.stream().anyMatch(shared::contains)) {
            names.forEach(name -> add(found, byName.get(new Issued(null, name))));
        }
        return found;
    }

    private void index(KnownPartner partner, Problems problems) {
        for (X509Certificate pin : partner.pins()) {
            KnownPartner other = byPin.putIfAbsent(Certificates.fingerprint(pin), partner);
            if (other != null && !other.id().equals(partner.id())) {
                conflict(
                        problems,
                        other,
                        partner,
                        "both pin the certificate " + Certificates.name(pin) + " with fingerprint "
                                + Certificates.fingerprint(pin));
            }
        }
        CertificateName name = partner.name();
        if (name == null) {
            return;
        }
        if (partner.authorities().isEmpty()) {
            index(partner, new Issued(null, name), problems);
            shared.authorities()
                    .forEach(authority -> clash(partner, byName.get(new Issued(authority, name)), name, problems));
        }
        for (Authority authority : partner.authorities()) {
            index(partner, new Issued(authority, name), problems);
            if (shared.contains(authority)) {
                clash(partner, byName.get(new Issued(null, name)), name, problems);
            }
        }
    }

    private void index(KnownPartner partner, Issued issued, Problems problems) {
        clash(partner, byName.putIfAbsent(issued, partner), issued.name(), problems);
    }

    private static void clash(
            KnownPartner partner, @Nullable KnownPartner other, CertificateName name, Problems problems) {
        if (other != null && !other.id().equals(partner.id())) {
            conflict(problems, other, partner, "both are identified by " + name + " under the same authority");
        }
    }

    /** What an authority issues is also under those above it, where another partner may have the same name. */
    private void checkNestedAuthorities(KnownPartner partner, Problems problems) {
        CertificateName name = partner.name();
        if (name == null) {
            return;
        }
        for (X509Certificate certificate : partner.authorityCertificates()) {
            for (Authority above : anchors.above(certificate)) {
                if (own.contains(Authority.of(certificate))) {
                    break;
                }
                clash(partner, byName.get(new Issued(above, name)), name, problems);
            }
        }
    }

    /** A pinned certificate must not also be one that another partner's name and authority describe. */
    private void checkPinsAgainstNames(KnownPartner partner, Problems problems) {
        for (X509Certificate pin : partner.pins()) {
            try {
                List<Authority> issuers = anchors.named(pin.getIssuerX500Principal()).stream()
                        .filter(anchor -> Certificates.isSignedBy(pin, anchor.getPublicKey()))
                        .map(Authority::of)
                        .toList();
                for (KnownPartner other : named(CertificateName.of(pin), issuers)) {
                    conflict(
                            problems,
                            other,
                            partner,
                            "the first is identified by a name in the certificate " + Certificates.name(pin)
                                    + " that the second pins");
                }
            } catch (CertificateException | IllegalArgumentException unreadable) {
                problems.add("partner " + partner.id(), "certificates: " + unreadable.getMessage());
            }
        }
    }

    private static void conflict(Problems problems, KnownPartner one, KnownPartner other, String what) {
        problems.add(
                "partners " + one.id() + " and " + other.id(), what + "; one certificate must identify one partner");
    }

    private static Refusal unknown(X509Certificate leaf, String what) {
        return new Refusal(
                Code.CERTIFICATE_UNKNOWN,
                "The certificate with SHA-256 fingerprint " + Certificates.fingerprint(leaf)
                        + " identifies no partner.",
                "certificate " + Certificates.name(leaf) + " issued by '"
                        + leaf.getIssuerX500Principal().getName() + "' " + what);
    }

    private static List<String> ids(Set<KnownPartner> partners) {
        return partners.stream().map(KnownPartner::id).toList();
    }

    private static void add(Set<KnownPartner> found, @Nullable KnownPartner partner) {
        if (partner != null) {
            found.add(partner);
        }
    }
}
