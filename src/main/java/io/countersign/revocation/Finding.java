package io.countersign.revocation;

import java.security.cert.CRLReason;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one source says of one certificate.
 *
 * @param words for the operator: since when and why it is revoked, or why the source says nothing
 * @param from when the source knew so
 * @param until when it stops being fresh; what is revoked stays so
 */
record Finding(Verdict verdict, String source, String words, Instant from, Instant until) {
    enum Verdict {
        GOOD,
        REVOKED,
        /** The issuer itself, or who speaks for it, does not know the certificate. */
        UNKNOWN,
        /** The source could not be asked, or what it says does not count. */
        NOTHING
    }

    static Finding good(String source, Instant from, Instant until) {
        return new Finding(Verdict.GOOD, source, "good", from, until);
    }

    static Finding revoked(String source, Instant since, @Nullable CRLReason reason, Instant from, Instant until) {
        String why = reason == null
                ? ""
                : " (" + reason.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ")";
        return new Finding(Verdict.REVOKED, source, "revoked since " + since + why, from, until);
    }

    static Finding unknown(String source, Instant from, Instant until) {
        return new Finding(Verdict.UNKNOWN, source, "does not know the certificate", from, until);
    }

    static Finding nothing(String source, String words) {
        return new Finding(Verdict.NOTHING, source, words, Instant.MIN, Instant.MIN);
    }

    boolean is(Verdict that) {
        return verdict == that;
    }

    @Override
    public String toString() {
        return source + ": " + words;
    }
}
