package io.countersign.receipt;

import io.countersign.ledger.Entry;
import io.countersign.ledger.TransferId;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.tls.CompanyIdentity;
import io.countersign.transfer.Arrival;
import io.countersign.transfer.Arrivals;
import io.countersign.transfer.Receipt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.http.common.HttpCommonEndpoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last step of receiving: makes the delivery durable, keeps the receipt under {@code receipts/PARTNER/ID.json}, has the
 * ledger know, and answers 201 with it; or 200, with the first receipt, what was received before. Whatever fails on the way
 * leaves the sender without a success, to send again.
 */
public final class Receipts implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.received");
    private static final Pattern ID = Pattern.compile(TransferId.FORM);

    private @Nullable Arrivals arrivals;
    private @Nullable CompanyIdentity identity;

    public void setArrivals(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    /** With which receipts are signed for those who ask for that; where it is not set, nobody gets a signed one. */
    public void setIdentity(CompanyIdentity identity) {
        this.identity = identity;
    }

    @Override
    public void process(Exchange exchange) throws Refusal, IOException {
        Arrival arrival = Objects.requireNonNull(
                exchange.getProperty(Arrival.PROPERTY, Arrival.class), "a receipt comes after intake");
        Receipt receipt = exchange.getProperty(Receipt.PROPERTY, Receipt.class);
        Entry first = arrival.first();
        if (first == null) {
            // Where the partner's route ended in a file: endpoint, this is the file; elsewhere durability is that
            // endpoint's.
            String delivered = exchange.getMessage().getHeader(Exchange.FILE_NAME_PRODUCED, String.class);
            Path file = delivered == null ? null : Path.of(delivered).toAbsolutePath();
            arrival.delivered(file);
            arrival.received(file);
            log("received", receipt, delivered);
        } else {
            log("received before", receipt, first.filed());
        }
        answer(exchange, receipt, arrival.receipt(), first == null);
    }

    private static void log(String what, Receipt receipt, @Nullable String where) {
        LOG.atInfo()
                .addKeyValue("direction", "in")
                .addKeyValue("partner", receipt.partner())
                .addKeyValue("address", receipt.address())
                .addKeyValue("name", receipt.name())
                .addKeyValue("size", receipt.size())
                .addKeyValue("sha256", receipt.sha256())
                .addKeyValue("id", receipt.id())
                .addKeyValue("file", where == null ? "" : where)
                .log(
                        "{} partner={} address={} size={} sha256={} id={} to=\"{}\"",
                        what,
                        receipt.partner(),
                        receipt.address(),
                        receipt.size(),
                        receipt.sha256(),
                        receipt.id(),
                        where == null ? "-" : where);
    }

    private void answer(Exchange exchange, Receipt receipt, String json, boolean created) throws Refusal {
        Message answer = exchange.getMessage();
        String wish = ReceiptAnswer.wish(exchange);
        answer.removeHeaders("*");
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, created ? 201 : 200);
        answer.setHeader("Location", endpointPath(exchange) + "/receipts/" + receipt.id());
        answer().write(answer, wish, receipt.partner(), receipt.id(), json.getBytes(StandardCharsets.UTF_8));
    }

    ReceiptAnswer answer() {
        return new ReceiptAnswer(arrivals().receipts(), identity);
    }

    private Arrivals arrivals() {
        return Objects.requireNonNull(arrivals, "arrivals is not set");
    }

    /** A partner's own receipt; another's is not found, like one that never was. */
    byte[] read(String partner, String id) throws Refusal, IOException {
        if (ID.matcher(id).matches()) {
            try {
                return Files.readAllBytes(arrivals().receipts().file(partner, id));
            } catch (NoSuchFileException none) {
                Optional<String> known = arrivals().receipt(partner, id);
                if (known.isPresent()) {
                    return known.get().getBytes(StandardCharsets.UTF_8);
                }
                LOG.debug("partner {} asked for a receipt that is not there: {}", partner, id);
            }
        }
        throw Refusal.of(Code.NOT_FOUND, "You have no receipt with this id.");
    }

    private static String endpointPath(Exchange exchange) {
        return exchange.getFromEndpoint() instanceof HttpCommonEndpoint endpoint ? endpoint.getPath() : "";
    }
}
