package io.countersign.receipt;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.transfer.Durable;
import io.countersign.transfer.Intake;
import io.countersign.transfer.Receipt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.http.common.HttpCommonEndpoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last step of receiving: makes the delivery durable, keeps the receipt under {@code receipts/PARTNER/ID.json} and
 * answers 201 with it. Whatever fails on the way leaves the sender without a success, to send again.
 */
public final class Receipts implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.received");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Durable durable = new Durable();
    private @Nullable Path folder;

    public void setFolder(String folder) {
        this.folder = Path.of(folder).toAbsolutePath();
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Receipt receipt = Objects.requireNonNull(
                exchange.getProperty(Receipt.PROPERTY, Receipt.class), "a receipt comes after intake");
        // Where the partner's route ended in a file: endpoint, this is the file; elsewhere durability is that
        // endpoint's.
        String delivered = exchange.getMessage().getHeader(Exchange.FILE_NAME_PRODUCED, String.class);
        if (delivered != null) {
            durable.flush(Path.of(delivered));
        }
        durable.write(file(receipt.partner(), receipt.id()), receipt.toJson().getBytes(StandardCharsets.UTF_8));
        LOG.info(
                "received partner={} address={} size={} sha256={} id={} to=\"{}\"",
                receipt.partner(),
                receipt.address(),
                receipt.size(),
                receipt.sha256(),
                receipt.id(),
                delivered == null ? "-" : delivered);
        Intake.discard(exchange);
        Message answer = exchange.getMessage();
        answer.removeHeaders("*");
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, 201);
        answer.setHeader("Location", endpointPath(exchange) + "/receipts/" + receipt.id());
        answer.setHeader(Exchange.CONTENT_TYPE, "application/json");
        answer.setBody(receipt.toJson());
    }

    /** A partner's own receipt; another's is not found, like one that never was. */
    byte[] read(String partner, String id) throws Refusal, IOException {
        if (ID.matcher(id).matches()) {
            try {
                return Files.readAllBytes(file(partner, id));
            } catch (NoSuchFileException none) {
                LOG.debug("partner {} asked for a receipt that is not there: {}", partner, id);
            }
        }
        throw Refusal.of(Code.NOT_FOUND, "You have no receipt with this id.");
    }

    private static String endpointPath(Exchange exchange) {
        return exchange.getFromEndpoint() instanceof HttpCommonEndpoint endpoint ? endpoint.getPath() : "";
    }

    private Path file(String partner, String id) {
        return Objects.requireNonNull(folder, "folder is not set")
                .resolve(partner)
                .resolve(id + ".json");
    }
}
