package io.countersign.transfer;

import java.time.Instant;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What was received from whom, and its digest: the promise that an answer of success makes. The exchange property
 * {@value #PROPERTY} from intake on.
 *
 * @param name as the sender gave it
 * @param size bytes
 * @param sha256 of the payload, lower-case hexadecimal
 * @param certificate SHA-256 fingerprint, lower-case hexadecimal
 */
public record Receipt(
        String id,
        String partner,
        String name,
        long size,
        String sha256,
        Instant receivedAt,
        @Nullable String certificate,
        String address) {
    public static final String PROPERTY = "receipt";

    static Receipt of(Transfer transfer, String name, long size, String sha256, Instant receivedAt) {
        return new Receipt(
                transfer.id(),
                transfer.partner(),
                name,
                size,
                sha256,
                receivedAt,
                transfer.certificate(),
                transfer.address());
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
        return json.toJson() + "\n";
    }
}
