package io.countersign.operations;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Answers by all metrics, as a bean of a route file: in Prometheus' text format, or OpenMetrics' for who asks for that. */
public final class ShowMetrics implements Processor {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /** Named with a quality of 0, it is not wanted (RFC 9110, 12.4.2). */
    private static final Pattern WANTS_OPEN_METRICS =
            Pattern.compile("(?i)application/openmetrics-text(?![^,]*;\\s*q=0(?:\\.0*)?\\s*(?:[;,]|$))");

    private @Nullable PrometheusMeterRegistry metrics;
    private @Nullable Expiry expiry;
    private @Nullable ExpiryGauges gauges;
    private @Nullable TransferMetrics tally;
    private @Nullable OutboxGauges outboxes;

    public void setMetrics(PrometheusMeterRegistry metrics) {
        this.metrics = metrics;
    }

    /** Its gauges are brought up to date for each answer. */
    public void setExpiry(Expiry expiry) {
        this.expiry = expiry;
    }

    /** Its series are those of the partners that are known at each answer. */
    public void setTally(TransferMetrics tally) {
        this.tally = tally;
    }

    /** Its gauges are brought up to date for each answer. */
    public void setOutboxes(OutboxGauges outboxes) {
        this.outboxes = outboxes;
    }

    @Override
    public void process(Exchange exchange) {
        PrometheusMeterRegistry shown = Objects.requireNonNull(metrics, "metrics is not set");
        gauges(shown).refresh();
        if (tally != null) {
            tally.refresh();
        }
        if (outboxes != null) {
            outboxes.refresh();
        }
        Message answer = exchange.getMessage();
        String accept = answer.getHeader("Accept", "", String.class);
        String format = WANTS_OPEN_METRICS.matcher(accept).find() ? OPEN_METRICS : TEXT;
        answer.removeHeaders("*");
        answer.setHeader(Exchange.CONTENT_TYPE, format);
        answer.setBody(shown.scrape(format));
    }

    private synchronized ExpiryGauges gauges(PrometheusMeterRegistry shown) {
        if (gauges == null) {
            gauges = new ExpiryGauges(Objects.requireNonNull(expiry, "expiry is not set"), shown);
        }
        return gauges;
    }
}
