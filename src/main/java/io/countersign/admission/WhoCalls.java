package io.countersign.admission;

import io.countersign.transfer.Transfer;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.util.json.JsonObject;

/** Answers {@code GET /exchange}: who the service thinks the caller is. */
public final class WhoCalls implements Processor {
    @Override
    public void process(Exchange exchange) {
        Transfer transfer = Objects.requireNonNull(
                exchange.getProperty(Transfer.PROPERTY, Transfer.class), "who calls is known after admission");
        JsonObject answer = new JsonObject();
        answer.put("partner", transfer.partner());
        answer.put("certificate", transfer.certificate());
        answer.put("address", transfer.address());
        answer.put("maxSize", transfer.maxSize());
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(answer.toJson() + "\n");
    }
}
