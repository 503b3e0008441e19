package io.countersign.transfer;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sender's own id for a hand-over ({@code Idempotency-Key}), scoped to the partner: taken as it stands, quotes included.
 * A comma is refused, since several header fields arrive joined by one and nobody could say which was meant.
 */
record IdempotencyKey(String partner, String value) {
    private static final Pattern FORM =
            Pattern.compile("[\\x21-\\x7e&&[^,]]([\\x20-\\x7e&&[^,]]{0,253}[\\x21-\\x7e&&[^,]])?");

    /**
     * Reads the header.
     *
     * @return none where there is none, or nobody whose key it could be
     */
    static @Nullable IdempotencyKey of(@Nullable String header, Transfer transfer) throws Refusal {
        if (header == null || transfer.certificate() == null) {
            return null;
        }
        if (!FORM.matcher(header.strip()).matches()) {
            throw Refusal.of(
                    Code.REQUEST_INVALID,
                    "The Idempotency-Key cannot be used; accepted: one, of 1 to 255 printable ASCII characters, without"
                            + " commas.");
        }
        return new IdempotencyKey(transfer.partner(), header.strip());
    }
}
