package io.countersign.receipt;

import io.countersign.transfer.Transfer;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/** Answers {@code GET …/receipts/ID} with the caller's own receipt of that id, signed if that is asked for. */
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
        String id = path.substring(path.lastIndexOf('/') + 1);
        String wish = ReceiptAnswer.wish(exchange);
        Receipts receipts = Objects.requireNonNull(this.receipts, "receipts is not set");
        byte[] receipt = receipts.read(partner, id);
        message.removeHeaders("*");
        receipts.answer().write(message, wish, partner, id, receipt);
    }
}
