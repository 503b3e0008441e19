package io.countersign.partner;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a partner's {@code certificates}: {@value #FORM}. It is read from its end, so that a path may hold blanks
 * and the words themselves. A date alone means that whole day in UTC: from its beginning, until its end.
 *
 * @param until the first moment at which it no longer counts
 */
record PinEntry(
        String file, @Nullable Instant from, @Nullable Instant until) {
    static final String FORM = "PATH [from DATE] [until DATE]";
    static final String DATES = "a day (2026-12-01, in UTC) or a time (2026-12-01T08:00:00Z, RFC 3339)";

    /** What begins like a date and is none is a mistake; other words belong to the path. */
    private static final Pattern DATED = Pattern.compile("(.*\\S)\\s+(from|until)\\s+(\\d\\S*)", Pattern.DOTALL);

    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    /** @throws IllegalArgumentException where a date is none, is given twice, or nothing lies between the two */
    static PinEntry parse(String text) {
        String rest = text.strip();
        Instant from = null;
        Instant until = null;
        for (Matcher dated = DATED.matcher(rest); dated.matches(); dated = DATED.matcher(rest)) {
            boolean begins = dated.group(2).equals("from");
            if ((begins ? from : until) != null) {
                throw new IllegalArgumentException(
                        "'" + text.strip() + "' says '" + dated.group(2) + "' twice; accepted: " + FORM);
            }
            if (begins) {
                from = moment(dated.group(3), false);
            } else {
                until = moment(dated.group(3), true);
            }
            rest = dated.group(1);
        }
        if (from != null && until != null && !from.isBefore(until)) {
            throw new IllegalArgumentException(
                    "'" + text.strip() + "' counts at no time: it begins at " + from + ", and ends at " + until);
        }
        return new PinEntry(rest, from, until);
    }

    /** What to say besides where there is no such file: the words may have been meant as dates. */
    String hint() {
        return file.chars().anyMatch(Character::isWhitespace) ? "; accepted: " + FORM + ", where DATE is " + DATES : "";
    }

    /**
     * @param end whether a day stands for its end rather than its beginning
     * @throws IllegalArgumentException where the text is no date
     */
    static Instant moment(String text, boolean end) {
        try {
            return DAY.matcher(text).matches()
                    ? LocalDate.parse(text)
                            .plusDays(end ? 1 : 0)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException notOne) {
            throw new IllegalArgumentException("'" + text + "' is not a date; accepted: " + DATES, notOne);
        }
    }
}
