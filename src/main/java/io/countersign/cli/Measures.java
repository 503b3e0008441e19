package io.countersign.cli;

import io.countersign.ledger.Ledger;
import io.countersign.listener.Listeners;
import io.countersign.operations.Folders;
import io.countersign.operations.Metrics;
import io.countersign.operations.OutboxGauges;
import io.countersign.operations.TransferMetrics;
import io.countersign.partner.Partners;
import io.countersign.refusal.Refusals;
import io.countersign.settings.Settings;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.camel.main.Main;

/** What a service counts, and the beans by which its routes tell and show it. */
final class Measures {
    private final PrometheusMeterRegistry metrics = Metrics.registry();
    private final TransferMetrics tally;
    private final Folders outboxes;
    private final OutboxGauges gauges;

    Measures(Settings settings, Partners partners, Ledger ledger, Refusals refusals, Listeners listeners, Clock clock) {
        Path data = settings.path("countersign.data");
        Metrics.bind(metrics, ledger, data, listeners::connections);
        tally = new TransferMetrics(metrics, partners::names);
        refusals.observe(tally);
        outboxes = new Folders(data.resolve("outbox"), name -> true);
        gauges = new OutboxGauges(metrics, outboxes, partners::names, clock);
    }

    void bind(Main main) {
        main.bind("metrics", metrics);
        main.bind("tally", tally);
        main.bind("outboxes", gauges);
    }
}
