package io.countersign.partner;

import io.countersign.settings.Problems;
import io.countersign.settings.Rate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How much a partner may have of the service, as its file says; what that leaves out is as the settings say.
 *
 * @param transfers at a time
 */
public record PartnerLimits(
        @Nullable Integer transfers,
        @Nullable Rate requests,
        @Nullable Rate bytes) {
    /** As the settings say. */
    public static final PartnerLimits NONE = new PartnerLimits(null, null, null);

    private static final int MOST_TRANSFERS = 100_000;

    static PartnerLimits read(Partner partner, Problems own) {
        return new PartnerLimits(
                read("maxTransfers", partner.maxTransfers(), PartnerLimits::transfers, own),
                read("maxRequests", partner.maxRequests(), Rate::ofRequests, own),
                read("maxBytes", partner.maxBytes(), Rate::ofBytes, own));
    }

    private static <T> @Nullable T read(
            String property, @Nullable String text, Function<String, T> reading, Problems own) {
        try {
            return text == null ? null : reading.apply(text);
        } catch (IllegalArgumentException wrong) {
            own.add(property, String.valueOf(wrong.getMessage()));
            return null;
        }
    }

    private static Integer transfers(String text) {
        int number = text.strip().matches("\\d{1,6}") ? Integer.parseInt(text.strip()) : 0;
        if (number < 1 || number > MOST_TRANSFERS) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a number of transfers; accepted: 1 to " + MOST_TRANSFERS);
        }
        return number;
    }
}
