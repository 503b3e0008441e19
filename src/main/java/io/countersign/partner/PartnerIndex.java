package io.countersign.partner;

import io.countersign.tls.Authorities;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Certificates;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Partners by what identifies them. Where two claim the same, the first stays; {@link PartnerConflicts} reports it.
 *
 * <p>The nearest authority above a certificate that a partner's file names, and that the shared trust does not list, is
 * that partner's own: what it issued can identify no other partner.
 */
final class PartnerIndex {
    private final Map<String, Pinned> byPin = new HashMap<>();
    private final Map<Issued, KnownPartner> byName = new HashMap<>();
    private final Set<Authority> own = new HashSet<>();
    private final Authorities shared;
    private final Authorities anchors;

    /** A name under an authority; no authority stands for any of the shared trust. */
    private record Issued(@Nullable Authority authority, CertificateName name) {}

    /** A pin and whose it is. */
    record Pinned(KnownPartner partner, Pin pin) {}

    PartnerIndex(Collection<KnownPartner> partners, Authorities shared) {
        this.shared = shared;
        List<X509Certificate> all = new ArrayList<>(shared.certificates());
        for (KnownPartner partner : partners) {
            all.addAll(partner.authorityCertificates());
            partner.pins()
                    .forEach(pin ->
                            byPin.putIfAbsent(Certificates.fingerprint(pin.certificate()), new Pinned(partner, pin)));
            CertificateName name = partner.name();
            if (name != null && partner.authorities().isEmpty()) {
                byName.putIfAbsent(new Issued(null, name), partner);
            }
            for (Authority authority : partner.authorities()) {
                if (name != null) {
                    byName.putIfAbsent(new Issued(authority, name), partner);
                }
                if (!shared.contains(authority)) {
                    own.add(authority);
                }
            }
        }
        this.anchors = Authorities.of(all);
    }

    /** The shared trust, and the authorities that partners' files name. */
    Authorities anchors() {
        return anchors;
    }

    Authorities shared() {
        return shared;
    }

    boolean isOwn(Authority authority) {
        return own.contains(authority);
    }

    /** Whatever the pin's dates are. */
    @Nullable
    Pinned pinned(X509Certificate certificate) {
        return byPin.get(Certificates.fingerprint(certificate));
    }

    /** @param authority none stands for any of the shared trust */
    @Nullable
    KnownPartner named(@Nullable Authority authority, CertificateName name) {
        return byName.get(new Issued(authority, name));
    }

    /** Walks up from the nearest authority; one that is a partner's own ends the walk, whether or not the name fits. */
    Set<KnownPartner> named(Set<CertificateName> names, List<Authority> issuers) {
        Set<KnownPartner> found = new LinkedHashSet<>();
        for (Authority issuer : issuers) {
            names.forEach(name -> add(found, named(issuer, name)));
            if (isOwn(issuer)) {
                return found;
            }
        }
        if (issuers.stream().anyMatch(shared::contains)) {
            names.forEach(name -> add(found, named(null, name)));
        }
        return found;
    }

    private static void add(Set<KnownPartner> found, @Nullable KnownPartner partner) {
        if (partner != null) {
            found.add(partner);
        }
    }
}
