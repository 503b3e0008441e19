package io.countersign.refusal;

import io.countersign.text.OneLine;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Where every refusal is recorded: each thing that is refused once, with the number of its repetitions, and one line in the log
 * for each request of a partner; of strangers, who can be refused as often as they like, one when it comes first and then one a
 * minute. An operator finds the one that a caller asks about by the id in the caller's problem document.
 */
public final class Refusals {
    /** The exchange property with the {@link Caller}, as far as it is known when a refusal comes. */
    public static final String CALLER = "caller";

    /** The exchange property with what the caller has {@link Shown}. */
    public static final String SHOWN = "shown";

    public static final String PROBLEM_TYPE = "application/problem+json";

    private static final Logger LOG = LoggerFactory.getLogger("countersign.refused");
    private static final int LONGEST_REASON = 2_000;

    private final Clock clock;
    private final Recorder recorder = new Recorder();
    private final List<Consumer<Refused>> observers = new CopyOnWriteArrayList<>();
    private volatile Function<List<X509Certificate>, Optional<Nearest>> comparison = shown -> Optional.empty();

    public Refusals() {
        this(Clock.systemUTC());
    }

    public Refusals(Clock clock) {
        this.clock = clock;
    }

    /** Who was turned away, as far as that is known. */
    public record Caller(String partner, String address, String certificate) {
        /** Stands for what is not known. */
        public static final String UNKNOWN = "-";

        public static Caller of(@Nullable String partner, @Nullable String address, @Nullable String certificate) {
            return new Caller(
                    partner == null ? UNKNOWN : partner,
                    address == null ? UNKNOWN : address,
                    certificate == null ? UNKNOWN : certificate);
        }
    }

    /** A refusal that has happened; {@code id} is that of its {@link Event}. */
    public record Refused(String id, Instant at, String code, Caller caller, String reason) {}

    /** @param observer is told of every refusal from now on, on the caller's thread: it must neither wait nor fail */
    public void observe(Consumer<Refused> observer) {
        observers.add(observer);
    }

    /** @param comparison which partner's certificate it might have been; asked about what is refused and new */
    public void compareBy(Function<List<X509Certificate>, Optional<Nearest>> comparison) {
        this.comparison = comparison;
    }

    /** Records a refused request and returns the problem document (RFC 9457) to answer with. */
    public String refuse(Caller caller, Shown shown, Refusal refusal) {
        return refuse(caller, shown, refusal, refusal.status());
    }

    /** @param status of the answer, where it is not the code's own */
    public String refuse(Caller caller, Shown shown, Refusal refusal, int status) {
        Shown told = new Shown(shown.tls(), shown.server(), shown.certificates(), refusal.isApprovable());
        Event event = keep(refusal.code().toString(), caller, told, refusal.reason());
        JsonObject problem = new JsonObject();
        problem.put("type", "urn:countersign:problem:" + refusal.code());
        problem.put("title", refusal.code().title());
        problem.put("status", status);
        problem.put("detail", refusal.detail());
        problem.put("instance", "urn:uuid:" + event.id());
        return problem.toJson() + "\n";
    }

    /** Records a handshake that failed; its caller gets TLS's alert and nothing else. */
    public void refuseHandshake(Caller caller, Shown shown, String reason) {
        keep(Event.HANDSHAKE, caller, shown, reason);
    }

    /** What was refused, the last first: a thousand things of partners, of strangers with and of callers without a certificate. */
    public List<Event> events() {
        return recorder.events();
    }

    /** What of it has changed since this was last asked, for whoever keeps it; {@link #changedStill} where he could not. */
    public List<Event> changed(int most) {
        return recorder.changed(most);
    }

    public void changedStill(List<Event> events) {
        recorder.changedStill(events);
    }

    /** How much has gone from here since this was last asked without having been {@link #changed asked for}. */
    public long forgotten() {
        return recorder.forgotten();
    }

    private Event keep(String code, Caller caller, Shown shown, String told) {
        String reason = shortened(told);
        Instant now = clock.instant();
        Recorder.Recorded recorded = recorder.record(code, caller, shown, reason, now, this::nearest);
        Event event = recorded.event();
        boolean known = !caller.partner().equals(Caller.UNKNOWN);
        // Whoever comes too often would fill the log as well.
        boolean each = known && !code.equals(Code.RATE_LIMITED.toString());
        if (each || recorded.news() > 0) {
            log(code, caller, each ? reason : event.reason(), event, each ? 1 : recorded.news());
        }
        Refused refused = new Refused(event.id(), now, code, caller, reason);
        observers.forEach(observer -> tell(observer, refused));
        return event;
    }

    /** A hint is not worth a refusal that nobody hears of. */
    private Optional<Nearest> nearest(List<X509Certificate> shown) {
        try {
            return comparison.apply(shown);
        } catch (RuntimeException unreadable) {
            LOG.debug("not compared", unreadable);
            return Optional.empty();
        }
    }

    private static void tell(Consumer<Refused> observer, Refused refused) {
        try {
            observer.accept(refused);
        } catch (RuntimeException failed) {
            LOG.error("an observer of refusals failed", failed);
        }
    }

    private static void log(String code, Caller caller, String reason, Event event, long times) {
        // Our own failures are louder than what strangers do.
        Level level = code.equals(Code.UNAVAILABLE.toString()) || code.equals(Code.STORAGE_FULL.toString())
                ? Level.ERROR
                : Level.WARN;
        Nearest nearest = event.nearest();
        LOG.atLevel(level)
                .addKeyValue("code", code)
                .addKeyValue("partner", caller.partner())
                .addKeyValue("address", caller.address())
                .addKeyValue("certificate", caller.certificate())
                .addKeyValue("reason", reason)
                .addKeyValue("instance", event.id())
                .addKeyValue("nearest", nearest == null ? null : nearest.partner())
                .addKeyValue("difference", nearest == null ? null : nearest.difference())
                .addKeyValue("times", times)
                .log(
                        "refused {} partner={} address={} certificate={} reason=\"{}\" instance={}{}{}",
                        code,
                        caller.partner(),
                        caller.address(),
                        caller.certificate(),
                        OneLine.of(reason),
                        event.id(),
                        nearest == null
                                ? ""
                                : " nearest=\"" + nearest.partner() + ": " + OneLine.of(nearest.difference()) + "\"",
                        times > 1 ? " times=" + times : "");
    }

    /** Names in certificates are as long as their owners like. */
    private static String shortened(String reason) {
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
    }
}
