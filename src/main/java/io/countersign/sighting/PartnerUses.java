package io.countersign.sighting;

import io.countersign.tls.Certificates;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The certificates that one partner was admitted by; told without a lock, by many threads. */
final class PartnerUses {
    /** Certificates of one partner; those that issue themselves new ones every day have many. */
    static final int KEPT = 50;

    /** For how long a mere repetition waits to be written. */
    private static final Duration REPEATED = Duration.ofSeconds(30);

    private final Map<String, Shown> byFingerprint = new ConcurrentHashMap<>();
    /** Something that an operator may be waiting for: a certificate or an address that was not there. */
    private volatile boolean news;

    private volatile boolean used;
    private Instant written = Instant.MIN;

    private record Moment(Instant at, String address) {}

    private static final class Shown {
        private final String subject;
        private final Instant notAfter;
        private volatile Moment last;

        Shown(String subject, Instant notAfter, Moment last) {
            this.subject = subject;
            this.notAfter = notAfter;
            this.last = last;
        }
    }

    void load(List<Use> uses) {
        uses.forEach(use -> byFingerprint.put(
                use.fingerprint(), new Shown(use.subject(), use.notAfter(), new Moment(use.at(), use.address()))));
    }

    void used(String fingerprint, X509Certificate certificate, String address, Instant now) {
        Moment moment = new Moment(now, address);
        Shown shown = byFingerprint.get(fingerprint);
        if (shown == null) {
            byFingerprint.put(
                    fingerprint,
                    new Shown(
                            Certificates.name(certificate),
                            certificate.getNotAfter().toInstant(),
                            moment));
            if (byFingerprint.size() > 2 * KEPT) {
                forget();
            }
            news = true;
        } else {
            news |= !shown.last.address().equals(address);
            shown.last = moment;
        }
        used = true;
    }

    /** Newest first. */
    List<Use> newest() {
        return byFingerprint.entrySet().stream()
                .map(entry -> use(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(Use::at).reversed())
                .limit(KEPT)
                .toList();
    }

    /** Whether it is time to write; whoever asks then writes. */
    boolean isDue(Instant now, boolean last) {
        boolean due = used && (last || news || !now.isBefore(written.plus(REPEATED)));
        if (due) {
            used = false; // before reading what is there: what comes meanwhile makes it due again
            news = false;
            written = now;
        }
        return due;
    }

    /** After a write that failed. */
    void isStillDue() {
        used = true;
        news = true;
    }

    void forget() {
        List<String> kept = newest().stream().map(Use::fingerprint).toList();
        byFingerprint.keySet().retainAll(kept);
    }

    private static Use use(String fingerprint, Shown shown) {
        Moment last = shown.last;
        return new Use(fingerprint, last.at(), last.address(), shown.subject, shown.notAfter);
    }
}
