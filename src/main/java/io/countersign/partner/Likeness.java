package io.countersign.partner;

import io.countersign.refusal.Nearest;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Certificates;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/** Which partner a certificate that identifies nobody might have been of, and what exactly is different. Decides nothing. */
final class Likeness {
    private final X509Certificate leaf;
    private final List<X509Certificate> shown;
    private final Set<CertificateName> names;
    private final Predicate<Authority> isOwn;
    private final Map<PublicKey, Boolean> signed = new HashMap<>();
    private final Instant now;

    /** @param rank the lower, the more alike */
    private record Found(int rank, Nearest nearest) {}

    private Likeness(List<X509Certificate> shown, Set<CertificateName> names, Predicate<Authority> isOwn, Instant now) {
        this.leaf = shown.get(0);
        this.isOwn = isOwn;
        this.shown = shown;
        this.names = names;
        this.now = now;
    }

    /** @param isOwn whether an authority is a partner's own, so that what it issues is hardly anybody else's */
    static Optional<Nearest> nearest(
            Collection<KnownPartner> partners, List<X509Certificate> shown, Predicate<Authority> isOwn, Instant now) {
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        Likeness likeness = new Likeness(shown, names(shown.get(0)), isOwn, now);
        return partners.stream()
                .flatMap(likeness::found)
                .min(Comparator.comparingInt(Found::rank)
                        .thenComparing(found -> found.nearest().partner()))
                .map(Found::nearest);
    }

    private Stream<Found> found(KnownPartner partner) {
        Stream<Found> pins = partner.pins().stream().flatMap(pin -> like(partner, pin));
        CertificateName name = partner.name();
        return name == null ? pins : Stream.concat(pins, like(partner, name));
    }

    private Stream<Found> like(KnownPartner partner, Pin pin) {
        X509Certificate pinned = pin.certificate();
        String ending = "its pin ends in …" + ending(pinned);
        boolean sameSubject = isNamed(leaf) && leaf.getSubjectX500Principal().equals(pinned.getSubjectX500Principal());
        boolean sameIssuer = leaf.getIssuerX500Principal().equals(pinned.getIssuerX500Principal());
        if (leaf.equals(pinned)) {
            return found(0, partner, "it is its pinned certificate" + dated(pin));
        }
        if (leaf.getPublicKey().equals(pinned.getPublicKey())) {
            return found(1, partner, "same key, in another certificate" + dated() + "; " + ending);
        }
        if (sameSubject) {
            return found(
                    sameIssuer ? 2 : 4,
                    partner,
                    sameIssuer
                            ? "same subject and issuer, new key" + dated() + "; " + ending
                            : "same subject and new key, issued by " + issuer(leaf) + " instead of " + issuer(pinned)
                                    + dated() + "; " + ending);
        }
        Set<CertificateName> common = new HashSet<>(names);
        common.retainAll(names(pinned));
        if (!common.isEmpty()) {
            return found(5, partner, "has its name " + sorted(common) + ", and another subject and key; " + ending);
        }
        return Stream.empty();
    }

    private Stream<Found> like(KnownPartner partner, CertificateName name) {
        Optional<X509Certificate> issuing = partner.authorityCertificates().stream()
                .filter(authority -> leaf.getIssuerX500Principal().equals(authority.getSubjectX500Principal()))
                .findFirst();
        boolean issued = issuing.isPresent()
                && signed.computeIfAbsent(issuing.get().getPublicKey(), key -> Certificates.isSignedBy(leaf, key));
        if (names.contains(name)) {
            return found(issued ? 1 : 3, partner, "has its name " + name + issuedBy(partner, issuing, issued));
        }
        if (issued && isOwn.test(Authority.of(issuing.get()))) {
            return found(
                    6,
                    partner,
                    "issued by its authority " + issuer(leaf) + ", to " + sorted(names) + " instead of " + name
                            + dated());
        }
        return Stream.empty();
    }

    private String issuedBy(KnownPartner partner, Optional<X509Certificate> issuing, boolean issued) {
        if (issued || partner.authorities().isEmpty()) {
            return dated().isEmpty() ? ", issued by " + issuer(leaf) : dated();
        }
        if (issuing.isPresent()) {
            return ", and its authority's name " + issuer(leaf) + ", but is signed by another key" + dated();
        }
        String expected = partner.authorities().stream()
                .map(Authority::name)
                .map(Likeness::name)
                .collect(Collectors.joining(" or "));
        return ", issued by " + issuer(leaf) + " instead of " + expected + together(partner) + dated();
    }

    /** Whether both stand under the same authority, as after one that issues has been replaced. */
    private String together(KnownPartner partner) {
        Set<X500Principal> above = shown.stream()
                .skip(1)
                .map(X509Certificate::getIssuerX500Principal)
                .collect(Collectors.toSet());
        return partner.authorityCertificates().stream()
                .map(X509Certificate::getIssuerX500Principal)
                .filter(above::contains)
                .findFirst()
                .map(parent -> ", both under " + name(parent))
                .orElse("");
    }

    private String dated(Pin pin) {
        try {
            pin.checkDates(now);
            return dated();
        } catch (CertificateException notNow) {
            return ", and " + notNow.getMessage();
        }
    }

    private String dated() {
        Instant from = leaf.getNotBefore().toInstant();
        Instant until = leaf.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            return ", expired " + span(Duration.between(until, now)) + " ago";
        }
        return now.isBefore(from) ? ", valid only in " + span(Duration.between(now, from)) : "";
    }

    private static String span(Duration time) {
        if (time.toDays() > 0) {
            return time.toDays() == 1 ? "a day" : time.toDays() + " days";
        }
        return time.toHours() > 0 ? time.toHours() + " h" : time.toMinutes() + " min";
    }

    private static boolean isNamed(X509Certificate certificate) {
        return !certificate.getSubjectX500Principal().getName().isEmpty();
    }

    private static Set<CertificateName> names(X509Certificate certificate) {
        try {
            return CertificateName.of(certificate);
        } catch (CertificateException | IllegalArgumentException unreadable) {
            return Set.of();
        }
    }

    private static String sorted(Set<CertificateName> names) {
        return String.join(
                ", ",
                new TreeSet<>(names.stream().map(CertificateName::toString).toList()));
    }

    private static String issuer(X509Certificate certificate) {
        return name(certificate.getIssuerX500Principal());
    }

    private static String name(X500Principal principal) {
        return "'" + principal.getName() + "'";
    }

    private static String ending(X509Certificate certificate) {
        String fingerprint = Certificates.fingerprint(certificate);
        return fingerprint.substring(fingerprint.length() - 4);
    }

    private static Stream<Found> found(int rank, KnownPartner partner, String difference) {
        return Stream.of(new Found(rank, new Nearest(partner.id(), difference)));
    }
}
