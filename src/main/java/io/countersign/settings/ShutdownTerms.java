package io.countersign.settings;

import java.time.Duration;

/**
 * What the settings say of the end.
 *
 * @param longestWait the longest that a stop waits for what is on its way
 */
public record ShutdownTerms(Duration longestWait) {
    private static final String TIMEOUT = "countersign.shutdown-timeout";

    private static final Duration LONGEST = Duration.ofHours(1);

    /** In force where the setting is wrong, which the check tells, so that nothing runs. */
    private static final Duration DEFAULT = Duration.ofSeconds(60);

    public static ShutdownTerms of(Settings settings) {
        return read(settings, new Problems());
    }

    static ShutdownTerms read(Settings settings, Problems problems) {
        String text = settings.get(TIMEOUT);
        try {
            Duration wait = TimeSpan.parse(text);
            if (wait.compareTo(LONGEST) <= 0) {
                return new ShutdownTerms(wait);
            }
            problems.add(
                    settings.where(TIMEOUT),
                    "'" + text + "' is longer than a stop may take; accepted: up to " + LONGEST.toHours() + "h");
        } catch (IllegalArgumentException notOne) {
            problems.add(settings.where(TIMEOUT), String.valueOf(notOne.getMessage()));
        }
        return new ShutdownTerms(DEFAULT);
    }
}
