package io.countersign.testing;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.util.json.JsonObject;

/**
 * What a partner has taken who honours keys, as a Countersign does: the same content again under the same key gets 200 and the
 * first receipt, other content 422.
 */
public final class Deliveries {
    private final Map<String, JsonObject> receipts = new ConcurrentHashMap<>();
    private final AtomicInteger repeats = new AtomicInteger();
    private final AtomicInteger reused = new AtomicInteger();

    /** For a {@link ScriptedServer}. */
    public Step step() {
        return Step.onRequest(request -> {
            request.readWhole();
            String key = Objects.requireNonNull(request.headers().get("idempotency-key"));
            JsonObject fresh = request.receipt();
            JsonObject first = receipts.putIfAbsent(key, fresh);
            if (first == null) {
                request.answer(201, Map.of("Content-Type", "application/json"), fresh.toJson());
            } else if (Objects.equals(first.get("sha256"), fresh.get("sha256"))) {
                repeats.incrementAndGet();
                request.answer(200, Map.of("Content-Type", "application/json"), first.toJson());
            } else {
                reused.incrementAndGet();
                request.answer(422, Map.of(), "this key was used for something else");
            }
        });
    }

    /** What was delivered, by key. */
    public Map<String, JsonObject> receipts() {
        return Map.copyOf(receipts);
    }

    /** How often something that had been delivered came once more. */
    public int repeats() {
        return repeats.get();
    }

    /** How often something else came under the key of another file. */
    public int reused() {
        return reused.get();
    }
}
