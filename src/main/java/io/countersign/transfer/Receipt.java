package io.countersign.transfer;

import java.time.Instant;
import java.util.Objects;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/**
 * What was received from whom, and its digest: the promise that an answer of success makes. The exchange property
 * {@value #PROPERTY} from intake on.
 *
 * @param name as the sender gave it
 * @param size bytes
 * @param sha256 of the payload, lower-case hexadecimal
 * @param certificate SHA-256 fingerprint, lower-case hexadecimal
 * @param idempotencyKey the sender's own, where it sent one
 */
public record Receipt(
        String id,
        String partner,
        String name,
        long size,
        String sha256,
        Instant receivedAt,
        @Nullable String certificate,
        String address,
        @Nullable String idempotencyKey) {
    public static final String PROPERTY = "receipt";

    static Receipt of(
            Transfer transfer, String name, long size, String sha256, Instant receivedAt, @Nullable String key) {
        return new Receipt(
                transfer.id(),
                transfer.partner(),
                name,
                size,
                sha256,
                receivedAt,
                transfer.certificate(),
                transfer.address(),
                key);
    }

    /** @throws IllegalArgumentException where the text is not a receipt of ours */
    public static Receipt parse(String text) {
        try {
            JsonObject json = (JsonObject) Jsoner.deserialize(text);
            return new Receipt(
                    Objects.requireNonNull(json.getString("id")),
                    Objects.requireNonNull(json.getString("partner")),
                    Objects.requireNonNull(json.getString("name")),
                    json.getLong("size"),
                    Objects.requireNonNull(json.getString("sha256")),
                    Instant.parse(json.getString("receivedAt")),
                    json.getString("certificate"),
                    String.valueOf(json.getString("address")),
                    json.getString("idempotencyKey"));
        } catch (DeserializationException | RuntimeException unreadable) {
            throw new IllegalArgumentException("not a receipt", unreadable);
        }
    }

    public String toJson() {
        JsonObject json = new JsonObject();
        json.put("id", id);
        json.put("partner", partner);
        json.put("name", name);
        json.put("size", size);
        json.put("sha256", sha256);
        json.put("receivedAt", receivedAt.toString());
        json.put("certificate", certificate);
        json.put("address", address);
        if (idempotencyKey != null) {
            json.put("idempotencyKey", idempotencyKey);
        }
        return json.toJson() + "\n";
    }
}
