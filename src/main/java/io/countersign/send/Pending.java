package io.countersign.send;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.transfer.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that is being handed to a partner, over all attempts at it.
 *
 * @param path below the partner's outbox
 * @param key the Idempotency-Key of every attempt
 * @param size in bytes, and {@code modified} in milliseconds: with another size or time it is another file
 * @param next when the next attempt is due
 * @param place where the file is; none where it is a copy that a command makes anew
 */
record Pending(
        String partner,
        String path,
        String key,
        long size,
        long modified,
        int attempts,
        Instant first,
        Instant next,
        @Nullable String lastFailure,
        @Nullable String sha256,
        @Nullable String place) {
    /** One that was not attempted yet. */
    static Pending fresh(
            String partner, String path, String key, long size, long modified, Instant now, @Nullable Path place) {
        String where = place == null ? null : place.toString();
        return new Pending(partner, path, key, size, modified, 0, now, now, null, null, where);
    }

    /** What the ledger has of one that waits. */
    static Pending of(Entry row) {
        return new Pending(
                row.partner(),
                row.path(),
                row.id(),
                row.size(),
                row.modified(),
                row.attempts(),
                row.began(),
                Objects.requireNonNullElse(row.next(), row.began()),
                row.reason(),
                row.sha256(),
                row.filed());
    }

    /** Its row in the ledger. */
    Entry row(String node, String claim) {
        return new Entry(
                key,
                node,
                Direction.OUT,
                partner,
                key,
                claim,
                path.substring(path.lastIndexOf('/') + 1),
                path,
                size,
                modified,
                sha256,
                State.WAITING,
                first,
                Clock.systemUTC().instant(),
                attempts,
                next,
                lastFailure,
                null,
                place);
    }

    boolean isOf(long actualSize, long actualModified) {
        return size == actualSize && modified == actualModified;
    }

    /** Whether the file is there and the same as when this began. */
    boolean isStill(Path file) throws IOException {
        try {
            return isOf(Files.size(file), Files.getLastModifiedTime(file).toMillis());
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /**
     * Whether the file is there and what was sent, also where only its time of change is another.
     *
     * @param digest of what was sent, if it was
     */
    boolean isSame(Path file, @Nullable String digest) throws IOException {
        try {
            return isStill(file)
                    || (digest != null
                            && Files.size(file) == size
                            && digest.equals(HexFormat.of().formatHex(Sha256.of(file))));
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /** Not where something on this side is in the way of this one file. */
    boolean holdsUpOthers() {
        return lastFailure == null
                || !(lastFailure.startsWith(FailureCode.LOCAL.word())
                        || lastFailure.startsWith(FailureCode.FILE_CHANGED.word()));
    }

    /** Where it would have to for longer than anything does, the clock was put back, and it does not. */
    boolean isToWait(Instant now) {
        return next.isAfter(now) && !next.isAfter(now.plus(Evidence.LONGEST_WAIT));
    }

    Pending dueAt(Instant time) {
        return new Pending(partner, path, key, size, modified, attempts, first, time, lastFailure, sha256, place);
    }

    /** Where the same file is seen once more. */
    Pending again(Pending fresh) {
        return new Pending(partner, path, key, size, modified, attempts, first, fresh.next, null, sha256, fresh.place);
    }

    Pending digested(String digest) {
        return new Pending(partner, path, key, size, modified, attempts, first, next, lastFailure, digest, place);
    }

    Pending failed(Instant again, String why) {
        return new Pending(partner, path, key, size, modified, attempts + 1, first, again, why, sha256, place);
    }
}
