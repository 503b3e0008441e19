package io.countersign.cli;

import io.countersign.text.OneLine;
import io.countersign.tls.Certificates;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** What is asked of a pin that a command writes, and of none that a person writes. */
final class NewPin {
    private static final int DAY = "2026-12-01".length();

    private NewPin() {}

    /**
     * That it is a partner's own certificate, and has not ended already.
     *
     * @param until as it is written; what is no date is left to whoever reads the entry
     * @throws IllegalArgumentException saying what is accepted
     */
    static void check(X509Certificate certificate, @Nullable String until, Instant now) {
        // What openssl req -x509 makes says CA:TRUE of itself, and is pinned everywhere all the same.
        if (Certificates.isAuthority(certificate) && !Certificates.isSelfSigned(certificate)) {
            throw new IllegalArgumentException("certificate " + OneLine.printable(Certificates.name(certificate))
                    + " is an authority's, and is not pinned; a partner is known by what an authority issues where its"
                    + " file names authority with subject or san");
        }
        if (until != null && hasPassed(until.strip(), now)) {
            throw new IllegalArgumentException(
                    "--until " + until + " has passed, and the pin would admit nobody; accepted: a later date");
        }
    }

    private static boolean hasPassed(String until, Instant now) {
        try {
            Instant end = until.length() == DAY
                    ? LocalDate.parse(until)
                            .plusDays(1)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                    : OffsetDateTime.parse(until).toInstant();
            return !end.isAfter(now);
        } catch (DateTimeParseException noDate) {
            return false;
        }
    }
}
