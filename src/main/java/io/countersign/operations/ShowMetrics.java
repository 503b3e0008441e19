package io.countersign.operations;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Answers by all metrics in Prometheus' text format, as a bean of a route file. */
public final class ShowMetrics implements Processor {
    private static final String FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private @Nullable PrometheusMeterRegistry metrics;
    private @Nullable Expiry expiry;
    private @Nullable ExpiryGauges gauges;

    public void setMetrics(PrometheusMeterRegistry metrics) {
        this.metrics = metrics;
    }

    /** Its gauges are brought up to date for each answer. */
    public void setExpiry(Expiry expiry) {
        this.expiry = expiry;
    }

    @Override
    public void process(Exchange exchange) {
        PrometheusMeterRegistry shown = Objects.requireNonNull(metrics, "metrics is not set");
        gauges(shown).refresh();
        Message answer = exchange.getMessage();
        answer.removeHeaders("*");
        answer.setHeader(Exchange.CONTENT_TYPE, FORMAT);
        answer.setBody(shown.scrape());
    }

    private synchronized ExpiryGauges gauges(PrometheusMeterRegistry shown) {
        if (gauges == null) {
            gauges = new ExpiryGauges(Objects.requireNonNull(expiry, "expiry is not set"), shown);
        }
        return gauges;
    }
}
