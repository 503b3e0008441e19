package io.countersign.settings;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long things are kept, as the settings say; none stands for ever.
 *
 * @param keys for how long a partner's Idempotency-Key counts
 * @param sent files that were sent, and what proves it
 * @param receipts those that we gave, and the ledger's rows of transfers that have ended
 * @param refusals who was turned away
 */
public record RetentionTerms(
        @Nullable Duration keys,
        @Nullable Duration sent,
        @Nullable Duration receipts,
        @Nullable Duration refusals) {
    private static final String KEYS = "countersign.keep-keys";
    private static final String RECEIPTS = "countersign.keep-receipts";
    private static final String FOREVER = "forever";

    /** What is kept is looked at each hour; and a key that ends sooner would let a repeat be delivered a second time. */
    private static final Duration SHORTEST = Duration.ofHours(1);
    /** Before this, times no longer sort as text. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    public static RetentionTerms of(Settings settings) {
        return read(settings, new Problems());
    }

    static RetentionTerms read(Settings settings, Problems problems) {
        int before = problems.found().size();
        RetentionTerms terms = new RetentionTerms(
                read(KEYS, settings, problems),
                read("countersign.keep-sent", settings, problems),
                read(RECEIPTS, settings, problems),
                read("countersign.keep-refusals", settings, problems));
        boolean readable = problems.found().size() == before;
        if (readable && terms.receipts != null && (terms.keys == null || terms.receipts.compareTo(terms.keys) < 0)) {
            problems.add(
                    settings.where(RECEIPTS),
                    "'" + settings.get(RECEIPTS) + "' ends before " + KEYS + " does, which is '" + settings.get(KEYS)
                            + "', and a repeated key is answered by the first receipt; accepted: as long, or longer");
        }
        return terms;
    }

    /** Kept for ever where it is wrong, which the check tells. */
    private static @Nullable Duration read(String key, Settings settings, Problems problems) {
        String text = settings.get(key);
        if (text.equals(FOREVER)) {
            return null;
        }
        try {
            Duration span = TimeSpan.parse(text);
            if (span.compareTo(SHORTEST) >= 0 && span.compareTo(LONGEST) <= 0) {
                return span;
            }
        } catch (IllegalArgumentException notOne) {
            // Told below, with everything that is accepted.
        }
        problems.add(
                settings.where(key),
                "'" + text + "' is not a time to keep something; accepted: " + SHORTEST.toHours() + "h to "
                        + LONGEST.toDays() + "d (" + TimeSpan.ACCEPTED + "), or " + FOREVER);
        return null;
    }
}
