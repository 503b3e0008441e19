package io.countersign.partner;

import io.countersign.refusal.Code;
import io.countersign.refusal.Nearest;
import io.countersign.refusal.Refusal;
import io.countersign.settings.Problems;
import io.countersign.tls.Authorities;
import io.countersign.tls.Certificates;
import io.countersign.tls.CertificationPath;
import io.countersign.tls.Dated;
import io.countersign.tls.Dated.Kind;
import io.countersign.tls.Issued;
import io.countersign.tls.RefusedCertificateException;
import io.countersign.tls.RevocationCheck;
import io.countersign.tls.RevocationException;
import io.countersign.tls.SampleCertificates;
import io.countersign.tls.ServerTrust;
import io.countersign.tls.UnknownCertificateException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All partners at one moment, found by what identifies them at the same cost among ten and among ten thousand. Immutable.
 * Fails closed: a certificate that names nobody, or more than one partner, is refused.
 */
public final class PartnerDirectory {
    private final PartnerIndex index;
    private final RevocationCheck revocation;
    private final Map<String, KnownPartner> byId;
    private final List<String> sampled;
    private final Set<String> clashing;

    /**
     * Indexes the partners.
     *
     * @param revocation with the lists that stand beside the shared authorities
     * @param problems gets every pair of partners that one certificate could identify
     */
    public PartnerDirectory(
            Collection<KnownPartner> partners, Authorities shared, RevocationCheck revocation, Problems problems) {
        this.index = new PartnerIndex(partners, shared);
        this.revocation = revocation;
        this.byId = partners.stream().collect(Collectors.toUnmodifiableMap(KnownPartner::id, Function.identity()));
        this.sampled = partners.stream()
                .filter(partner -> Stream.concat(
                                partner.pins().stream().map(Pin::certificate), partner.authorityCertificates().stream())
                        .anyMatch(SampleCertificates::isSample))
                .map(KnownPartner::id)
                .toList();
        PartnerConflicts conflicts = new PartnerConflicts(index, problems);
        partners.forEach(conflicts::check);
        this.clashing = conflicts.clashing();
    }

    /** The partners of which one's certificate could identify another; a directory that has such must not be used. */
    public Set<String> clashing() {
        return clashing;
    }

    Collection<KnownPartner> all() {
        return byId.values();
    }

    Set<String> names() {
        return byId.keySet();
    }

    public int size() {
        return byId.size();
    }

    /** The partners that files are sent to: enabled, with a url. */
    public Set<String> receivers() {
        return byId.values().stream()
                .filter(partner -> partner.enabled() && partner.server().url() != null)
                .map(KnownPartner::id)
                .collect(Collectors.toSet());
    }

    /** Why a partner is not among the {@link #receivers}. */
    public String whyNotReceiver(String id) {
        KnownPartner partner = byId.get(id);
        return partner == null
                ? "is not known; known: " + String.join(", ", new TreeSet<>(byId.keySet()))
                : partner.enabled() ? "has no url" : "is not enabled";
    }

    /** What of the shared trust and of the partners that are enabled ends at some time. */
    List<Dated> dated() {
        Authorities shared = index.shared();
        return Stream.concat(
                        shared.certificates().stream()
                                .map(one -> Dated.of(Kind.SHARED_AUTHORITY, Dated.SHARED, shared.file(one), one)),
                        byId.values().stream()
                                .filter(KnownPartner::enabled)
                                .flatMap(partner -> partner.dated().stream()))
                .toList();
    }

    /** The partner of that name, where its file could be used. */
    public @Nullable KnownPartner partner(String id) {
        return byId.get(id);
    }

    Optional<Nearest> nearest(List<X509Certificate> shown, Instant now) {
        return Likeness.nearest(byId.values(), shown, index::isOwn, now);
    }

    /** The shared trust, and the authorities that partners' files name. */
    Authorities anchors() {
        return index.anchors();
    }

    RevocationCheck revocation() {
        return revocation;
    }

    @Nullable
    X509Certificate issuer(X509Certificate issued) {
        return index.shared().issuer(issued);
    }

    ServerTrust sharedTrust() {
        return ServerTrust.under(index.shared());
    }

    /** The partners that are identified by sample certificates, whose keys everybody has. */
    public List<String> sampled() {
        return sampled;
    }

    /**
     * Whether the certificate may enter: pinned, or issued under a known authority for this purpose, valid now, and not
     * revoked.
     *
     * @throws RefusedCertificateException where it may not
     */
    void check(List<X509Certificate> shown, Instant now) throws RefusedCertificateException {
        try {
            checkShown(shown, now);
        } catch (RefusedCertificateException refused) {
            throw refused;
        } catch (CertificateException refused) {
            throw RefusedCertificateException.of(shown.get(0), refused);
        }
    }

    private void checkShown(List<X509Certificate> shown, Instant now) throws CertificateException {
        PartnerIndex.Pinned pinned = index.pinned(shown.get(0));
        List<Issued> path;
        if (pinned != null) {
            Certificates.checkDates(shown.get(0), now);
            pinned.pin().checkDates(now);
            path = CertificationPath.ofPinned(shown, index.anchors());
        } else {
            path = CertificationPath.build(shown, index.anchors(), now).issued();
        }
        revocation.check(path, List.of());
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
            PartnerIndex.Pinned pinned = index.pinned(leaf);
            if (pinned != null) {
                pinned.pin().checkDates(now);
                found.add(pinned.partner());
            }
            Set<CertificateName> names = CertificateName.of(leaf);
            List<Issued> path;
            if (pinned == null) {
                CertificationPath held = CertificationPath.build(shown, index.anchors(), now);
                found.addAll(index.named(names, held.issuers()));
                path = held.issued();
            } else {
                path = CertificationPath.ofPinned(shown, index.anchors());
            }
            if (found.size() != 1) {
                throw found.isEmpty()
                        ? unknown(leaf, "identifies no partner").asApprovable()
                        : unknown(leaf, "identifies more than one partner: " + ids(found));
            }
            revocation.check(path, List.of());
            return found.iterator().next();
        } catch (RevocationException revoked) {
            throw revoked(revoked);
        } catch (CertificateException | IllegalArgumentException untrusted) {
            Refusal unknown = unknown(leaf, "is not trusted now: " + untrusted.getMessage());
            throw untrusted instanceof UnknownCertificateException ? unknown.asApprovable() : unknown;
        }
    }

    private static Refusal revoked(RevocationException why) {
        return new Refusal(
                Code.CERTIFICATE_REVOKED,
                why.isRevoked()
                        ? "The certificate has been revoked."
                        : "Whether the certificate has been revoked cannot be found out at the moment.",
                String.valueOf(why.getMessage()),
                why,
                !why.isRevoked());
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
}
