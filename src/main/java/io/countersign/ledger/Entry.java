package io.countersign.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A transfer as the ledger has it.
 *
 * @param id of our receipt; for what we send, the Idempotency-Key
 * @param node whose data folder it concerns
 * @param key the sender's Idempotency-Key, where it sent one
 * @param claim what this transfer keeps others of the partner from: its key, or its place in the outbox; none once that is free
 * @param name as the sender calls it
 * @param path in: its name on disk; out: its path below the outbox
 * @param size bytes
 * @param modified out: time of the file's last change, in milliseconds
 * @param sha256 lower-case hexadecimal; none where it was not digested yet
 * @param next when the next attempt is due
 * @param reason why it failed, or has to wait
 * @param receipt as JSON: ours for what came in, the partner's for what we sent
 * @param filed where its file is now, as far as that is known
 */
public record Entry(
        String id,
        String node,
        Direction direction,
        String partner,
        @Nullable String key,
        @Nullable String claim,
        String name,
        String path,
        long size,
        long modified,
        @Nullable String sha256,
        State state,
        Instant began,
        Instant changed,
        int attempts,
        @Nullable Instant next,
        @Nullable String reason,
        @Nullable String receipt,
        @Nullable String filed) {
    /** Which way a file goes. */
    public enum Direction {
        IN,
        OUT
    }

    /** In: {@code DELIVERING, RECEIVED, FAILED}. Out: {@code WAITING, SENT, FAILED, WITHDRAWN}. */
    public enum State {
        /** Staged, and on its way through the partner's route; nobody has been told yet. */
        DELIVERING,
        /** Delivered; the sender was told so, or will be when it asks again. */
        RECEIVED,
        /** In the outbox, for its first or another attempt. */
        WAITING,
        SENT,
        FAILED,
        /** Taken from the outbox by somebody. */
        WITHDRAWN
    }

    /** In a state from now on. */
    public Entry now(State next, Instant at) {
        return new Entry(
                id, node, direction, partner, key, claim, name, path, size, modified, sha256, next, began, at, attempts,
                this.next, reason, receipt, filed);
    }

    /** Without its claim, so that another may have what it claimed. */
    public Entry released() {
        return new Entry(
                id, node, direction, partner, key, null, name, path, size, modified, sha256, state, began, changed,
                attempts, next, reason, receipt, filed);
    }

    public Entry because(@Nullable String why) {
        return new Entry(
                id, node, direction, partner, key, claim, name, path, size, modified, sha256, state, began, changed,
                attempts, next, why, receipt, filed);
    }

    public Entry filedAt(@Nullable String place) {
        return new Entry(
                id, node, direction, partner, key, claim, name, path, size, modified, sha256, state, began, changed,
                attempts, next, reason, receipt, place);
    }
}
