package io.countersign.send;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a file for good.
 *
 * @param attempts how many there were; 0 where nobody knows of more than were counted
 * @param receipt the partner's, as JSON
 * @param filed where the file is now, as far as that is known
 */
record Ending(
        State state,
        int attempts,
        @Nullable String sha256,
        @Nullable String reason,
        @Nullable String receipt,
        @Nullable Path filed) {
    static final String TAKEN = "it was taken from the outbox";
    static final String CHANGED = "what was accepted is not there any more; the file was changed or taken meanwhile";
    static final String REPLACED = "another file has taken its place in the outbox";

    /** @param filed none where the file is not what was accepted any more */
    static Ending sent(Answer answer, @Nullable Path filed) {
        return new Ending(
                State.SENT,
                answer.sent().pending().attempts() + 1,
                answer.sent().sha256(),
                filed == null ? CHANGED : null,
                answer.receiptText(),
                filed);
    }

    static Ending gaveUp(Pending pending, Failed why, Path filed) {
        return new Ending(
                State.FAILED,
                pending.attempts() + 1,
                pending.sha256(),
                why.code().word() + ": " + why.detail(),
                null,
                filed);
    }

    static Ending withdrawn(String reason) {
        return new Ending(State.WITHDRAWN, 0, null, reason, null, null);
    }

    /** The row as it is from now on; its place is free for another. */
    Entry of(Entry row) {
        return new Entry(
                row.id(),
                row.node(),
                row.direction(),
                row.partner(),
                row.key(),
                null,
                row.name(),
                row.path(),
                row.size(),
                row.modified(),
                sha256 == null ? row.sha256() : sha256,
                state,
                row.began(),
                Clock.systemUTC().instant(),
                Math.max(row.attempts(), attempts),
                null,
                reason,
                receipt,
                filed == null ? null : filed.toString());
    }
}
