package io.countersign.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A caller who was turned away, as the ledger has it.
 *
 * @param id the {@code instance} in the caller's problem document
 * @param node whose service turned the caller away
 * @param certificate SHA-256 fingerprint
 */
public record RefusalRow(
        String id,
        String node,
        Instant at,
        String code,
        @Nullable String partner,
        @Nullable String address,
        @Nullable String certificate,
        String reason) {}
