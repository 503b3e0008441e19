package io.countersign.tls;

import io.countersign.tls.Authorities.Authority;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Something in force that ends at some time, and whose it is.
 *
 * @param owner {@link #COMPANY}, {@link #SHARED}, or a partner's name; what it is of whom, {@code kind} says
 * @param name the subject, or who issued a revocation list
 * @param file where it was read from, as its owner names it
 * @param fingerprint SHA-256, lower-case hexadecimal digits
 * @param notAfter when it ends; of a revocation list, when the next one is due
 * @param certificate none where it is a revocation list
 */
public record Dated(
        Kind kind,
        String owner,
        String name,
        String file,
        String fingerprint,
        Instant notBefore,
        Instant notAfter,
        @Nullable X509Certificate certificate) {
    /** The owner of what is our own, towards everybody. */
    public static final String COMPANY = "company";

    /** The owner of what all partners share. */
    public static final String SHARED = "shared";

    /** What it is for its owner. */
    public enum Kind {
        OWN_CERTIFICATE("our own certificate"),
        OWN_CHAIN("in our own chain, the authority's certificate"),
        /** An identity of ours for one partner alone; the partner is its owner. */
        PARTNER_IDENTITY("our certificate for partner %s"),
        PARTNER_PIN("partner %s's pinned certificate"),
        PARTNER_AUTHORITY("partner %s's authority"),
        /** What a partner's server must be or chain to. */
        PARTNER_SERVER("in the serverTrust of partner %s, the certificate"),
        SHARED_AUTHORITY("the trusted authority"),
        REVOCATION_LIST("the revocation list of");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static Dated of(Kind kind, String owner, String file, X509Certificate certificate) {
        return new Dated(
                kind,
                owner,
                Certificates.name(certificate),
                file,
                Certificates.fingerprint(certificate),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                certificate);
    }

    /** An identity of ours: its certificate as this kind, those above it as {@link Kind#OWN_CHAIN}. */
    public static List<Dated> of(Kind kind, String owner, String file, Identity identity) {
        List<X509Certificate> chain = identity.chain();
        return IntStream.range(0, chain.size())
                .mapToObj(i -> of(i == 0 ? kind : Kind.OWN_CHAIN, owner, file, chain.get(i)))
                .toList();
    }

    /** The same with other dates, where something else ends it sooner than the certificate's own. */
    public Dated within(Instant begins, Instant ends) {
        return new Dated(kind, owner, name, file, fingerprint, begins, ends, certificate);
    }

    /** Whose and which, as a sentence begins. */
    public String whose() {
        return kind.words.formatted(owner) + " " + name;
    }

    /**
     * Whether another of the same owner can stand in for this one at any time: it is valid now or will be before this one
     * ends, and lasts longer. For an authority, only another certificate of the same authority can.
     */
    public boolean isFollowedBy(Dated other, Instant now) {
        Instant needed = notAfter.isBefore(now) ? now : notAfter;
        return other.kind == kind
                && other.owner.equals(owner)
                && other.standsFor().equals(standsFor())
                && other.notAfter.isAfter(needed)
                && !other.notBefore.isAfter(needed);
    }

    private Object standsFor() {
        return switch (kind) {
            case OWN_CERTIFICATE, PARTNER_IDENTITY, PARTNER_PIN -> owner;
            case OWN_CHAIN, PARTNER_AUTHORITY, PARTNER_SERVER, SHARED_AUTHORITY, REVOCATION_LIST ->
                certificate == null ? name : Certificates.isAuthority(certificate) ? Authority.of(certificate) : owner;
        };
    }
}
