package io.countersign.settings;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much may be in a time, as people write it: {@code 600 per 1m}, {@code 10GB per 1d}, or {@code unlimited}.
 *
 * @param amount requests or bytes
 */
public record Rate(long amount, Duration per) {
    public static final Rate UNLIMITED = new Rate(Long.MAX_VALUE, Duration.ofSeconds(1));

    private static final Pattern FORM = Pattern.compile("(\\S+)\\s+per\\s+(\\S+)");

    /** @throws IllegalArgumentException where the text is not so many in a time */
    public static Rate ofRequests(String text) {
        return parse(text, "\\d{1,9}", "600 per 1m");
    }

    /** @throws IllegalArgumentException where the text is not so many bytes in a time */
    public static Rate ofBytes(String text) {
        return parse(text, ".+", "10GB per 1d");
    }

    public boolean isUnlimited() {
        return amount == Long.MAX_VALUE;
    }

    private static Rate parse(String text, String number, String example) {
        if (text.strip().equalsIgnoreCase("unlimited")) {
            return UNLIMITED;
        }
        Matcher form = FORM.matcher(text.strip());
        try {
            if (form.matches() && form.group(1).matches(number)) {
                Rate rate = new Rate(ByteSize.parse(form.group(1)), TimeSpan.parse(form.group(2)));
                if (rate.amount > 0 && !rate.per.isZero()) {
                    return rate;
                }
            }
        } catch (IllegalArgumentException notOne) {
            // said below
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not so much in a time; accepted: such as '" + example + "', or unlimited");
    }
}
