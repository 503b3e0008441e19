package io.countersign.partner;

import io.countersign.tls.Certificates;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A certificate that identifies a partner, and the time for which it does. Outside that time it admits nobody, whoever
 * issued it. Several pins count at once, so that a partner may change over whenever it likes.
 *
 * @param file as the partner's file names it, relative to the home folder or absolute
 * @param from since when it counts; none where it always did
 * @param until when it ceases to count; at that moment itself it does not
 */
public record Pin(
        X509Certificate certificate,
        String file,
        @Nullable Instant from,
        @Nullable Instant until) {
    /** A pin that counts as long as its certificate is valid. */
    static Pin always(X509Certificate certificate, String file) {
        return new Pin(certificate, file, null, null);
    }

    /**
     * How an entry of a partner's {@code certificates} is written.
     *
     * @throws IllegalArgumentException where it would not be read as meant
     */
    public static String entry(String file, @Nullable String from, @Nullable String until) {
        String text = file + (from == null ? "" : " from " + from) + (until == null ? "" : " until " + until);
        PinEntry read = PinEntry.parse(text);
        if (!read.file().equals(file) || file.contains(",")) {
            throw new IllegalArgumentException(
                    "'" + text + "' would not be read as " + PinEntry.FORM + "; accepted for DATE: " + PinEntry.DATES);
        }
        return text;
    }

    /** From when on it can admit anybody: the later of its own date and the certificate's. */
    public Instant begins() {
        Instant valid = certificate.getNotBefore().toInstant();
        return from != null && from.isAfter(valid) ? from : valid;
    }

    /** When it ceases to admit anybody: the earlier of its own date and the certificate's. */
    public Instant ends() {
        Instant valid = certificate.getNotAfter().toInstant();
        return until != null && until.isBefore(valid) ? until : valid;
    }

    /** @throws CertificateException where the pin does not count now, naming its file and date */
    void checkDates(Instant now) throws CertificateException {
        if (from != null && now.isBefore(from)) {
            throw new CertificateException(described() + " does not count before " + from);
        }
        if (until != null && !now.isBefore(until)) {
            throw new CertificateException(described() + " has not counted since " + until);
        }
    }

    private String described() {
        return "the pin " + file + " of certificate " + Certificates.name(certificate);
    }
}
