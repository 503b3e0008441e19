package io.countersign.operations;

import io.countersign.operations.Folders.Content;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** What waits in the outboxes of the partners that are known, as gauges: how many files, and how old the oldest is. */
public final class OutboxGauges {
    private final Folders outboxes;
    private final Supplier<Set<String>> known;
    private final Clock clock;
    private final MultiGauge files;
    private final MultiGauge oldest;

    public OutboxGauges(MeterRegistry metrics, Folders outboxes, Supplier<Set<String>> known, Clock clock) {
        this.outboxes = outboxes;
        this.known = known;
        this.clock = clock;
        this.files = MultiGauge.builder("countersign.outbox.files")
                .description("Files in a partner's outbox")
                .register(metrics);
        this.oldest = MultiGauge.builder("countersign.outbox.oldest.age")
                .description("How long ago the oldest file in a partner's outbox was written; 0 without one")
                .baseUnit("seconds")
                .register(metrics);
    }

    /** Shows what is there now. */
    synchronized void refresh() {
        Map<String, Content> now = new HashMap<>(outboxes.content());
        Set<String> partners = known.get();
        rows(
                files,
                partners,
                partner -> now.containsKey(partner) ? now.get(partner).files() : 0);
        rows(oldest, partners, partner -> age(now, partner));
    }

    private double age(Map<String, Content> now, String partner) {
        Content content = now.get(partner);
        return content == null
                ? 0
                : Math.max(
                        0, Duration.between(content.oldest(), clock.instant()).toMillis() / 1_000.0);
    }

    private static void rows(MultiGauge gauge, Set<String> partners, Function<String, Number> value) {
        gauge.register(
                partners.stream()
                        .<Row<?>>map(partner -> Row.of(Tags.of("partner", partner), value.apply(partner)))
                        .toList(),
                true);
    }
}
