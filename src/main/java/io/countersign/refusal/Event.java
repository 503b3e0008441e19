package io.countersign.refusal;

import io.countersign.refusal.Refusals.Caller;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was refused, once for all its repetitions.
 *
 * @param id the {@code instance} in the problem documents of requests that were refused so
 * @param first when it happened first; {@code last}: last
 * @param count how often
 * @param code of {@link Code}, or {@value #HANDSHAKE}
 * @param reason in plain words, for the operator
 * @param tls the version that was negotiated or offered, where that is known
 * @param server the name of the server that the caller wanted (SNI), where it said one
 * @param chain what certificates were shown, the caller's own first, as far as they are kept
 * @param unknown whether nothing is wrong with the certificates but that nobody knows them, so that one may be approved
 * @param nearest the partner whose certificate it might have been, where one is like it
 */
public record Event(
        String id,
        Instant first,
        Instant last,
        long count,
        String code,
        Caller caller,
        String reason,
        @Nullable String tls,
        @Nullable String server,
        List<ShownCertificate> chain,
        boolean unknown,
        @Nullable Nearest nearest) {
    /** The code of a handshake that failed. */
    public static final String HANDSHAKE = "handshake";

    /** The line that approves the certificate for the nearest partner, where that is all that is missing. */
    public @Nullable String approval() {
        return nearest == null || !unknown || chain.isEmpty()
                ? null
                : "countersign partners approve " + nearest.partner() + " "
                        + chain.get(0).fingerprint();
    }

    /** Whether the caller has proven that it has the certificate's key: not before a handshake has ended. */
    public boolean isProven() {
        return !code.equals(HANDSHAKE);
    }

    Event again(Instant now) {
        return new Event(id, first, now, count + 1, code, caller, reason, tls, server, chain, unknown, nearest);
    }
}
