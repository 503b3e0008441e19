package io.countersign.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that was refused, once for all its repetitions, as the ledger has it.
 *
 * @param id the {@code instance} in the callers' problem documents
 * @param node whose service refused it
 * @param first when it happened first; {@code last}: last
 * @param times how often
 * @param certificate SHA-256 fingerprint
 * @param tls the version that was negotiated or offered
 * @param server the name of the server that the caller wanted (SNI)
 * @param chain the certificates that were shown, as a JSON array
 * @param approval the command that takes the certificate, where that is all that is missing
 * @param nearest the partner whose certificate it might have been; {@code difference}: and what is different
 */
public record RefusalRow(
        String id,
        String node,
        Instant first,
        Instant last,
        long times,
        String code,
        @Nullable String partner,
        @Nullable String address,
        @Nullable String certificate,
        String reason,
        @Nullable String tls,
        @Nullable String server,
        @Nullable String chain,
        @Nullable String approval,
        @Nullable String nearest,
        @Nullable String difference) {}
