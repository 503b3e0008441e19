package io.countersign.operations;

import io.countersign.ledger.Ledger;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The registry of a service's metrics, with the JVM's own: threads, memory, open file descriptors, uptime. */
public final class Metrics {
    private Metrics() {}

    public static PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        new FileDescriptorMetrics().bindTo(metrics);
        new UptimeMetrics().bindTo(metrics);
        Gauge.builder("countersign.build.info", () -> 1)
                .description("What runs: always 1")
                .tag("version", Build.version())
                .tag("java", Build.java())
                .register(metrics);
        return metrics;
    }

    /**
     * How the ledger and the disk are, and who is there.
     *
     * @param connections that are open on all HTTPS listeners
     */
    public static void bind(MeterRegistry metrics, Ledger ledger, Path data, Supplier<Number> connections) {
        Gauge.builder("countersign.connections", connections)
                .strongReference(true)
                .description("Connections that are open now, on all HTTPS listeners")
                .register(metrics);
        FunctionCounter.builder("countersign.ledger.commits", ledger, Ledger::commits)
                .description("What callers were told to be durable")
                .register(metrics);
        FunctionCounter.builder("countersign.ledger.transactions", ledger, Ledger::batches)
                .description("Transactions that this took, and so flushes of the disk")
                .register(metrics);
        Gauge.builder("countersign.data.free", data, Build::free)
                .strongReference(true)
                .description("Room for more on the disk of the data folder")
                .baseUnit("bytes")
                .register(metrics);
    }
}
