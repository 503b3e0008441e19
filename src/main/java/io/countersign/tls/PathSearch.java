package io.countersign.tls;

import io.countersign.tls.Authorities.Authority;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Tries the ways from a leaf to the trust anchors over what was shown, shortest first, until one holds (RFC 4158 describes
 * the difficulties). Whoever shows the certificates chooses how many ways there are, so that everything is bounded: the
 * authorities between leaf and anchor, the signatures that are verified, the steps, and the ways that are judged. What cannot
 * be found within the bounds is not found.
 */
final class PathSearch {
    static final int MOST_INTERMEDIATES = 8;
    private static final int MOST_VERIFICATIONS = 64;
    private static final int MOST_STEPS = 1_000;
    private static final int MOST_CANDIDATES = 32;

    private final Authorities anchors;
    private final Instant now;
    private final Predicate<Candidate> holds;
    private final Map<X500Principal, List<X509Certificate>> shown = new HashMap<>();
    private final Map<Signed, Boolean> verified = new HashMap<>();
    private final List<X509Certificate> way = new ArrayList<>();
    private int steps;
    private int candidates;
    private boolean exhausted;
    private @Nullable Candidate found;
    private @Nullable DeadEnd furthest;

    private record Signed(X509Certificate certificate, PublicKey key) {}

    /** @param holds judges a candidate; the first that does ends the search */
    PathSearch(List<X509Certificate> shown, Authorities anchors, Instant now, Predicate<Candidate> holds) {
        this.anchors = anchors;
        this.now = now;
        this.holds = holds;
        for (X509Certificate certificate : shown.subList(1, shown.size())) {
            this.shown
                    .computeIfAbsent(certificate.getSubjectX500Principal(), name -> new ArrayList<>())
                    .add(certificate);
        }
    }

    Optional<Candidate> from(X509Certificate leaf) {
        goUp(leaf);
        return Optional.ofNullable(found);
    }

    /** The dead end that was furthest up. */
    Optional<DeadEnd> furthest() {
        return exhausted
                ? Optional.of(new DeadEnd(
                        0,
                        "there are too many ways to put together what was shown; accepted: no more than "
                                + MOST_INTERMEDIATES + " authorities in between, each shown once",
                        false))
                : Optional.ofNullable(furthest);
    }

    private void goUp(X509Certificate below) {
        if (++steps > MOST_STEPS) {
            exhausted = true;
            return;
        }
        way.add(below);
        try {
            toAnchors(below);
            if (!isEnded()) {
                overShown(below);
            }
        } finally {
            way.remove(way.size() - 1);
        }
    }

    private void toAnchors(X509Certificate below) {
        for (X509Certificate anchor : likelyFirst(anchors.named(below.getIssuerX500Principal()), below)) {
            if (isEnded() || !isSigned(below, anchor)) {
                continue;
            }
            if (++candidates > MOST_CANDIDATES) {
                exhausted = true;
                return;
            }
            Candidate candidate = new Candidate(List.copyOf(way), anchor);
            if (holds.test(candidate)) {
                found = candidate;
            }
        }
    }

    private void overShown(X509Certificate below) {
        X500Principal issuer = below.getIssuerX500Principal();
        if (Candidate.isSelfIssued(below) && isSigned(below, below)) {
            if (!anchors.contains(Authority.of(below))) {
                end(() -> Certificates.name(below) + " is self-signed and not among the trusted authorities", true);
            }
            return;
        }
        List<X509Certificate> named = shown.getOrDefault(issuer, List.of());
        if (named.isEmpty() && anchors.named(issuer).isEmpty()) {
            end(
                    () -> "the certificate of " + Certificates.name(issuer) + ", which issued "
                            + Certificates.name(below) + ", was not shown",
                    false);
        }
        for (X509Certificate above : likelyFirst(named, below)) {
            if (isEnded()) {
                return;
            }
            if (isOnTheWay(above)) {
                end(
                        () -> "the issuers of " + Certificates.name(below) + " that were shown only issue each other",
                        false);
            } else if (isSigned(below, above) && mayBeAbove(above, below)) {
                goUp(above);
            }
        }
    }

    /** What is wrong with it on every way is looked at here, so that the search is shorter. */
    private boolean mayBeAbove(X509Certificate above, X509Certificate below) {
        String whose = Certificates.name(above);
        if (!Certificates.isAuthority(above)) {
            end(() -> whose + ", which issued " + Certificates.name(below) + ", is not an authority", false, 1);
            return false;
        }
        try {
            Certificates.checkDates(above, now);
        } catch (CertificateException notNow) {
            end(() -> String.valueOf(notNow.getMessage()), false, 1);
            return false;
        }
        if (way.size() > MOST_INTERMEDIATES) {
            end(() -> "there are more than " + MOST_INTERMEDIATES + " authorities in between", false, 1);
            return false;
        }
        // An anchor is the end of a way, and not a station on it.
        return !anchors.certificates().contains(above);
    }

    /** An authority's name and key appear once; another certificate of it leads elsewhere from the same place. */
    private boolean isOnTheWay(X509Certificate certificate) {
        return way.stream()
                .anyMatch(other -> other.getSubjectX500Principal().equals(certificate.getSubjectX500Principal())
                        && other.getPublicKey().equals(certificate.getPublicKey()));
    }

    /** Each pair is tried once. */
    private boolean isSigned(X509Certificate below, X509Certificate above) {
        Signed signed = new Signed(below, above.getPublicKey());
        Boolean known = verified.get(signed);
        if (known == null) {
            if (verified.size() >= MOST_VERIFICATIONS) {
                exhausted = true;
                return false;
            }
            known = Certificates.isSignedBy(below, above.getPublicKey());
            verified.put(signed, known);
        }
        if (!known && !below.equals(above)) {
            end(
                    () -> "the signature of " + Certificates.name(below) + " is not by the key of "
                            + Certificates.name(above),
                    true);
        }
        return known;
    }

    private boolean isEnded() {
        return exhausted || found != null;
    }

    private void end(Supplier<String> words, boolean isUnknown) {
        end(words, isUnknown, 0);
    }

    private void end(Supplier<String> words, boolean isUnknown, int further) {
        int height = way.size() + further;
        if (furthest == null || height > furthest.height()) {
            furthest = new DeadEnd(height, words.get(), isUnknown);
        }
    }

    /** Those whose key the certificate names come first (RFC 5280, 4.2.1.1); it is a hint and proves nothing. */
    private static List<X509Certificate> likelyFirst(List<X509Certificate> issuers, X509Certificate below) {
        if (issuers.size() < 2) {
            return issuers;
        }
        byte[] key = KeyIdentifiers.authority(below);
        return issuers.stream()
                .sorted(Comparator.comparing(issuer -> !KeyIdentifiers.isSubject(issuer, key)))
                .toList();
    }
}
