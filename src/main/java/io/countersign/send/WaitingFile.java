package io.countersign.send;

import java.time.Instant;

/**
 * A file in an outbox that was attempted, and waits for another attempt.
 *
 * @param path below the partner's outbox
 * @param size bytes
 * @param since when it was first seen
 * @param next when the next attempt is due
 */
public record WaitingFile(
        String partner, String path, long size, int attempts, Instant since, Instant next, String reason) {
    static WaitingFile of(Pending pending) {
        return new WaitingFile(
                pending.partner(),
                pending.path(),
                pending.size(),
                pending.attempts(),
                pending.first(),
                pending.next(),
                String.valueOf(pending.lastFailure()));
    }
}
