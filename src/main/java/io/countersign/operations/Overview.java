package io.countersign.operations;

import io.countersign.refusal.Event;
import io.countersign.tls.Dated;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the status page shows of a service, as it is when asked. */
public interface Overview {
    /** Where requests are taken, as URLs. */
    List<String> listeners();

    boolean isStopping();

    List<PartnerLine> partners();

    /** What was attempted and waits in an outbox; what waits the longest comes first. */
    List<WaitingLine> waiting();

    /** What lies in outboxes and cannot be sent as it is. */
    List<String> unsendable();

    /** Files that are not in force, and why. */
    List<String> complaints();

    /** What is in force and had better not be. */
    List<String> warnings();

    /** The last first. */
    List<Event> refusals();

    /**
     * A partner.
     *
     * @param maxSize bytes
     * @param dated what of it ends at some time
     * @param used when a certificate of its last admitted it; {@code usedFrom} which address
     */
    record PartnerLine(
            String name,
            boolean enabled,
            long maxSize,
            @Nullable String url,
            List<Dated> dated,
            @Nullable Instant used,
            @Nullable String usedFrom) {}

    /**
     * A file that waits.
     *
     * @param path below the partner's outbox
     * @param size bytes
     */
    record WaitingLine(
            String partner, String path, long size, int attempts, Instant since, Instant next, String reason) {}
}
