package io.countersign.receipt;

import io.countersign.transfer.Transfer;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Answers {@code GET …/receipts/ID} with the caller's own receipt of that id. */
public final class EarlierReceipt implements Processor {
    private @Nullable Receipts receipts;

    public void setReceipts(Receipts receipts) {
        this.receipts = receipts;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        String path = message.getHeader(Exchange.HTTP_PATH, "", String.class);
        String partner = exchange.getProperty(Transfer.PARTNER, "", String.class);
        byte[] receipt = Objects.requireNonNull(receipts, "receipts is not set")
                .read(partner, path.substring(path.lastIndexOf('/') + 1));
        message.removeHeaders("*");
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(receipt);
    }
}
