package io.countersign.send;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/**
 * A file that is being handed to a partner, over all attempts at it.
 *
 * @param path below the partner's outbox
 * @param key the Idempotency-Key of every attempt
 * @param size in bytes, and {@code modified} in milliseconds: with another size or time it is another file
 * @param next when the next attempt is due
 */
public record Pending(
        String partner,
        String path,
        String key,
        long size,
        long modified,
        int attempts,
        Instant first,
        Instant next,
        @Nullable String lastFailure) {

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

    /** Not where something on this side is in the way of this one file. */
    boolean holdsUpOthers() {
        return lastFailure == null
                || !(lastFailure.startsWith(FailureCode.LOCAL.word())
                        || lastFailure.startsWith(FailureCode.FILE_CHANGED.word()));
    }

    Pending dueAt(Instant time) {
        return new Pending(partner, path, key, size, modified, attempts, first, time, lastFailure);
    }

    Pending failed(Instant again, String why) {
        return new Pending(partner, path, key, size, modified, attempts + 1, first, again, why);
    }

    byte[] toJson() {
        JsonObject json = new JsonObject();
        json.put("partner", partner);
        json.put("path", path);
        json.put("key", key);
        json.put("size", size);
        json.put("modified", modified);
        json.put("attempts", attempts);
        json.put("first", first.toString());
        json.put("next", next.toString());
        json.put("lastFailure", lastFailure);
        return (json.toJson() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException where it is not what {@link #toJson} wrote */
    static Pending parse(byte[] text) {
        try {
            JsonObject json = (JsonObject) Jsoner.deserialize(new String(text, StandardCharsets.UTF_8));
            return new Pending(
                    Objects.requireNonNull(json.getString("partner")),
                    Objects.requireNonNull(json.getString("path")),
                    Objects.requireNonNull(json.getString("key")),
                    json.getLong("size"),
                    json.getLong("modified"),
                    json.getInteger("attempts"),
                    Instant.parse(json.getString("first")),
                    Instant.parse(json.getString("next")),
                    json.getString("lastFailure"));
        } catch (Exception unreadable) {
            throw new IllegalArgumentException("not the state of a file that is being sent", unreadable);
        }
    }
}
