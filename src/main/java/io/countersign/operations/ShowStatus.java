package io.countersign.operations;

import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Answers by everything that the status page shows, as JSON, as a bean of a route file. */
public final class ShowStatus implements Processor {
    private @Nullable Status status;

    public void setStatus(Status status) {
        this.status = status;
    }

    @Override
    public void process(Exchange exchange) {
        String json = Objects.requireNonNull(status, "status is not set").json(exchange.getContext());
        Message answer = exchange.getMessage();
        answer.removeHeaders("*");
        answer.setHeader(Exchange.CONTENT_TYPE, "application/json");
        answer.setBody(json);
    }
}
