package io.countersign.settings;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them: {@code 500ms}, {@code 3s}, {@code 15m}, {@code 1h}, {@code 30d}; a day has 24 hours. */
public final class TimeSpan {
    public static final String ACCEPTED = "a number with a unit: ms, s, m, h, d";

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*([A-Za-z]+)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private TimeSpan() {}

    /** @throws IllegalArgumentException where the text is not a time */
    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        Duration unit = form.matches() ? UNITS.get(form.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("'" + text + "' is not a time; accepted: " + ACCEPTED);
        }
        return unit.multipliedBy(Long.parseLong(form.group(1)));
    }

    /**
     * How long something is waited for, as a setting says.
     *
     * @param otherwise in force where the setting is wrong, which is reported, so that nothing runs
     */
    static Duration wait(Settings settings, String key, Duration longest, Duration otherwise, Problems problems) {
        String text = settings.get(key);
        try {
            Duration wait = parse(text);
            if (!wait.isZero() && wait.compareTo(longest) <= 0) {
                return wait;
            }
            problems.add(
                    settings.where(key),
                    "'" + text + "' cannot be waited for; accepted: more than 0, and up to " + longest.toSeconds()
                            + "s");
        } catch (IllegalArgumentException notOne) {
            problems.add(settings.where(key), String.valueOf(notOne.getMessage()));
        }
        return otherwise;
    }
}
