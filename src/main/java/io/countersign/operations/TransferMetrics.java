package io.countersign.operations;

import io.countersign.refusal.Code;
import io.countersign.refusal.Event;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.Refusals.Refused;
import io.countersign.transfer.Tally;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts transfers and refusals, by partner and by what became of them. The labels are bounded: a partner's name is one only
 * while the partner is known, whatever callers send; with its file its series go, and begin again at 0 if it comes back.
 */
public final class TransferMetrics implements Tally, Consumer<Refused> {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1)
    };

    private final MeterRegistry metrics;
    private final Supplier<Set<String>> known;
    private final AtomicInteger inProgress = new AtomicInteger();
    private final Map<String, Timer> durations = new ConcurrentHashMap<>();
    private final Map<String, Map<Meter.Id, Counter>> byPartner = new ConcurrentHashMap<>();

    /** @param known the names of all partners; asked at each look */
    public TransferMetrics(MeterRegistry metrics, Supplier<Set<String>> known) {
        this.metrics = metrics;
        this.known = known;
        Gauge.builder("countersign.uploads.in.progress", inProgress, AtomicInteger::get)
                .description("What partners are sending now")
                .register(metrics);
        for (String direction : new String[] {"in", "out"}) {
            durations.put(
                    direction,
                    Timer.builder("countersign.transfer.duration")
                            .description("From the first byte of what was handed over to the receipt")
                            .tag("direction", direction)
                            .serviceLevelObjectives(BUCKETS)
                            .register(metrics));
        }
        refusals(Event.HANDSHAKE, Caller.UNKNOWN);
        for (Code code : Code.values()) {
            refusals(code.toString(), Caller.UNKNOWN);
        }
    }

    /** Begins the series of partners who are new, and ends those of partners who have gone. */
    void refresh() {
        Set<String> now = known.get();
        for (String partner : now) {
            for (Result result : Result.values()) {
                transfers(partner, result);
            }
            bytes(partner, Result.RECEIVED);
            bytes(partner, Result.SENT);
        }
        Collection<String> gone = new TreeSet<>(byPartner.keySet());
        gone.removeAll(now);
        gone.remove(Caller.UNKNOWN);
        for (String partner : gone) {
            Map<Meter.Id, Counter> counters = byPartner.remove(partner);
            if (counters != null) {
                counters.keySet().forEach(metrics::remove);
            }
        }
    }

    @Override
    public void began() {
        inProgress.incrementAndGet();
    }

    @Override
    public void left() {
        inProgress.decrementAndGet();
    }

    @Override
    public void became(String partner, Result result, long bytes, @Nullable Duration took) {
        boolean handedOver = result == Result.RECEIVED || result == Result.SENT;
        Timer duration = durations.get(direction(result));
        if (handedOver && took != null && duration != null) {
            duration.record(took);
        }
        if (known.get().contains(partner)) {
            transfers(partner, result).increment();
            if (handedOver) {
                bytes(partner, result).increment((double) bytes);
            }
        }
    }

    @Override
    public void accept(Refused refused) {
        String partner = refused.caller().partner();
        refusals(refused.code(), known.get().contains(partner) ? partner : Caller.UNKNOWN)
                .increment();
    }

    private Counter transfers(String partner, Result result) {
        return counter(
                partner,
                Counter.builder("countersign.transfers")
                        .description("Transfers by what became of them; outgoing ones by attempt")
                        .tag("direction", direction(result))
                        .tag("result", word(result)));
    }

    private Counter bytes(String partner, Result result) {
        return counter(
                partner,
                Counter.builder("countersign.transfer.bytes")
                        .description("Payloads that were handed over")
                        .tag("direction", direction(result)));
    }

    private Counter refusals(String code, String partner) {
        return counter(
                partner,
                Counter.builder("countersign.refusals")
                        .description("Requests and handshakes that were refused")
                        .tag("code", code));
    }

    /** The registry has each but once; this only knows whose it is. */
    private Counter counter(String partner, Counter.Builder described) {
        Counter counter = described.tag("partner", partner).register(metrics);
        byPartner.computeIfAbsent(partner, added -> new ConcurrentHashMap<>()).put(counter.getId(), counter);
        return counter;
    }

    private static String direction(Result result) {
        return switch (result) {
            case RECEIVED, REPEATED, NOT_RECEIVED -> "in";
            case SENT, RETRIED, NOT_SENT -> "out";
        };
    }

    private static String word(Result result) {
        return switch (result) {
            case NOT_RECEIVED, NOT_SENT -> "failed";
            case RECEIVED, REPEATED, SENT, RETRIED -> result.name().toLowerCase(Locale.ROOT);
        };
    }
}
