package io.countersign.operations;

import io.countersign.tls.Dated;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Something that ends soon or has ended, as an operator is told.
 *
 * @param stage of {@link #STAGES}, in days: how near the end is
 * @param successor what stands in for it, if anything does
 */
record Ending(
        Dated what, int stage, Duration left, @Nullable Dated successor) {
    /** Nothing is said earlier than this many days before the end. */
    static final int EARLIEST = 30;

    /** Days before the end at which there is a warning, the last first. */
    private static final int[] STAGES = {1, 7, 14, EARLIEST};

    private static final int LAST_DAY = 1;
    private static final int OVER = 0;

    /** How near the end is: the smallest stage that is not yet over, or {@link #OVER}; more than the earliest if none is. */
    static int stage(Dated dated, Instant now) {
        if (now.isAfter(dated.notAfter())) {
            return OVER;
        }
        Duration left = Duration.between(now, dated.notAfter());
        for (int days : STAGES) {
            if (left.compareTo(Duration.ofDays(days)) <= 0 && isMeant(dated, days)) {
                return days;
            }
        }
        return Integer.MAX_VALUE;
    }

    /** Revocation lists are renewed every few days: only what is less than half of their time is a warning. */
    private static boolean isMeant(Dated dated, int days) {
        return dated.certificate() != null
                || Duration.ofDays(days)
                                .compareTo(Duration.between(dated.notBefore(), dated.notAfter())
                                        .dividedBy(2))
                        <= 0;
    }

    /** Where something stands in for it, its own end cuts nobody off who has switched. */
    Level level() {
        return stage <= LAST_DAY && successor == null ? Level.ERROR : Level.WARN;
    }

    @Override
    public String toString() {
        return what.whose() + " " + when() + " (" + (what.file().isEmpty() ? "" : what.file() + ", ")
                + "SHA-256 fingerprint " + what.fingerprint() + ")"
                + (successor == null ? "" : "; in place already, until " + date(successor) + ": " + of(successor));
    }

    private String when() {
        if (stage == OVER) {
            return "ended on " + date(what) + ", " + days(left.negated()) + " ago";
        }
        return "ends on " + date(what) + ", in " + days(left);
    }

    private static String of(Dated successor) {
        return successor.file().isEmpty() ? successor.name() : successor.name() + " (" + successor.file() + ")";
    }

    private static String days(Duration span) {
        long days = span.toDays();
        return days == 0 ? "less than a day" : days == 1 ? "1 day" : days + " days";
    }

    private static Instant date(Dated dated) {
        return dated.notAfter().truncatedTo(ChronoUnit.SECONDS);
    }
}
