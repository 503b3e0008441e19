package io.countersign.refusal;

import io.countersign.text.OneLine;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Where every refusal is recorded: one log line each, the last {@value #KEPT} in memory, and all of them told to
 * observers. An operator finds the one that a caller asks about by the id in the caller's problem document.
 */
public final class Refusals {
    /** The exchange property with the {@link Caller}, as far as it is known when a refusal comes. */
    public static final String CALLER = "caller";

    public static final String PROBLEM_TYPE = "application/problem+json";

    private static final Logger LOG = LoggerFactory.getLogger("countersign.refused");
    private static final int KEPT = 1_000;
    private static final int LONGEST_REASON = 2_000;
    private static final String NOBODY = "-";

    private final Deque<Refused> recent = new ArrayDeque<>();
    private final List<Consumer<Refused>> observers = new CopyOnWriteArrayList<>();

    /** Who was turned away, as far as that is known. */
    public record Caller(String partner, String address, String certificate) {
        public static Caller of(@Nullable String partner, @Nullable String address, @Nullable String certificate) {
            return new Caller(
                    partner == null ? NOBODY : partner,
                    address == null ? NOBODY : address,
                    certificate == null ? NOBODY : certificate);
        }
    }

    /** A refusal that has happened, as the operator finds it under its {@code id}. */
    public record Refused(String id, Instant at, String code, Caller caller, String reason) {}

    /** @param observer is told of every refusal from now on, on the caller's thread: it must neither wait nor fail */
    public void observe(Consumer<Refused> observer) {
        observers.add(observer);
    }

    /** Records a refused request and returns the problem document (RFC 9457) to answer with. */
    public String refuse(Caller caller, Refusal refusal) {
        return refuse(caller, refusal, refusal.code().status());
    }

    /** @param status of the answer, where it is not the code's own */
    public String refuse(Caller caller, Refusal refusal, int status) {
        String id = UUID.randomUUID().toString();
        keep(new Refused(id, Instant.now(), refusal.code().toString(), caller, shortened(refusal.reason())));
        JsonObject problem = new JsonObject();
        problem.put("type", "urn:countersign:problem:" + refusal.code());
        problem.put("title", refusal.code().title());
        problem.put("status", status);
        problem.put("detail", refusal.detail());
        problem.put("instance", "urn:uuid:" + id);
        return problem.toJson() + "\n";
    }

    /** Records a handshake that failed; its caller gets TLS's alert and nothing else. */
    public void refuseHandshake(Caller caller, String reason) {
        keep(new Refused(UUID.randomUUID().toString(), Instant.now(), "handshake", caller, shortened(reason)));
    }

    /** The last refusals, newest first. */
    public List<Refused> recent() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
    }

    private void keep(Refused refused) {
        synchronized (recent) {
            recent.addFirst(refused);
            if (recent.size() > KEPT) {
                recent.removeLast();
            }
        }
        // Our own failures are louder than what strangers do.
        Level level = refused.code().equals(Code.UNAVAILABLE.toString())
                        || refused.code().equals(Code.STORAGE_FULL.toString())
                ? Level.ERROR
                : Level.WARN;
        LOG.atLevel(level)
                .addKeyValue("code", refused.code())
                .addKeyValue("partner", refused.caller().partner())
                .addKeyValue("address", refused.caller().address())
                .addKeyValue("certificate", refused.caller().certificate())
                .addKeyValue("reason", refused.reason())
                .addKeyValue("instance", refused.id())
                .log(
                        "refused {} partner={} address={} certificate={} reason=\"{}\" instance={}",
                        refused.code(),
                        refused.caller().partner(),
                        refused.caller().address(),
                        refused.caller().certificate(),
                        OneLine.of(refused.reason()),
                        refused.id());
        observers.forEach(observer -> observer.accept(refused));
    }

    /** Names in certificates are as long as their owners like. */
    private static String shortened(String reason) {
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
    }
}
