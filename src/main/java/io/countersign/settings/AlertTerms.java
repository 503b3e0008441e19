package io.countersign.settings;

import java.time.Duration;

/**
 * What the settings say of alerts.
 *
 * @param interval within which what repeats itself is one
 */
public record AlertTerms(Duration interval) {
    private static final String INTERVAL = "countersign.alert-interval";
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** In force where the setting is wrong, which the check tells, so that nothing runs. */
    private static final Duration DEFAULT = Duration.ofHours(1);

    public static AlertTerms of(Settings settings) {
        return read(settings, new Problems());
    }

    static AlertTerms read(Settings settings, Problems problems) {
        String text = settings.get(INTERVAL);
        try {
            Duration interval = TimeSpan.parse(text);
            if (interval.compareTo(SHORTEST) >= 0 && interval.compareTo(LONGEST) <= 0) {
                return new AlertTerms(interval);
            }
            problems.add(
                    settings.where(INTERVAL),
                    "'" + text + "' is no time to gather alerts in; accepted: from " + SHORTEST.toSeconds() + "s to "
                            + LONGEST.toDays() + "d");
        } catch (IllegalArgumentException notOne) {
            problems.add(settings.where(INTERVAL), String.valueOf(notOne.getMessage()));
        }
        return new AlertTerms(DEFAULT);
    }
}
