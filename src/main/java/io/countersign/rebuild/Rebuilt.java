package io.countersign.rebuild;

import java.nio.file.Path;
import java.util.List;

/**
 * What came of a rebuild.
 *
 * @param received how many transfers are in the ledger now that were received; {@code sent} and {@code failed}, sent and not
 * @param known how many had been in it already, from a rebuild that was interrupted
 * @param past how many are left out, since their time is over
 * @param damaged files that could not be read, and why
 * @param contested receipts whose key another one has
 * @param unreceipted files in inboxes that are named like one that was received, and have no receipt
 * @param waiting how many files lie in outboxes, of whose attempts nothing is known any more
 */
public record Rebuilt(
        int received,
        int sent,
        int failed,
        int known,
        int past,
        List<String> damaged,
        List<String> contested,
        List<Path> unreceipted,
        int waiting) {}
