package io.countersign.settings;

import java.time.Duration;
import java.util.List;

/**
 * What the settings say of certificates of which nobody can say whether they are revoked.
 *
 * @param longestWait the longest that a handshake or a request waits for who must say so
 * @param allowUnknown whether such a certificate passes, with a warning
 */
public record RevocationTerms(Duration longestWait, boolean allowUnknown) {
    private static final String WAIT = "countersign.revocation-wait";
    private static final String UNKNOWN = "countersign.revocation-unknown";

    /** Longer than that the other side of a handshake hardly waits. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** In force where they are wrong, which the check tells, so that nothing runs. */
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(3);

    public static RevocationTerms of(Settings settings) {
        return read(settings, new Problems());
    }

    static RevocationTerms read(Settings settings, Problems problems) {
        String unknown = settings.get(UNKNOWN);
        if (!List.of("refuse", "allow").contains(unknown)) {
            problems.add(settings.where(UNKNOWN), "'" + unknown + "' is not known; accepted: refuse, allow");
        }
        Duration wait = TimeSpan.wait(settings, WAIT, LONGEST, DEFAULT_WAIT, problems);
        return new RevocationTerms(wait, unknown.equals("allow"));
    }
}
