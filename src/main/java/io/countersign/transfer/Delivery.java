package io.countersign.transfer;

import java.io.File;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Processor;
import org.apache.camel.spi.Language;

/**
 * The step right before the {@code file:} endpoint with which a payload's way ends: that endpoint's rename then is the delivery,
 * so that a crash on either side of it is told apart, and nothing is delivered twice. Nothing may come after that endpoint, as
 * after a crash it would not be done again. Without this step a crash between the endpoint and the receipt makes the sender
 * send again what was delivered.
 *
 * <p>Fails before anything is visible where the folder takes no file, and where the endpoint cannot rename; that endpoint says
 * {@code copyAndDeleteOnRenameFail=false}. On another file system than staging, the payload is copied into the folder under a
 * hidden name first.
 */
public final class Delivery implements Processor {
    private String folder = "";

    /** The endpoint's folder, in Camel's simple language. */
    public void setFolder(String folder) {
        this.folder = folder;
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Arrival arrival = Objects.requireNonNull(
                exchange.getProperty(Arrival.PROPERTY, Arrival.class), "a delivery comes after intake");
        Language simple = exchange.getContext().resolveLanguage("simple");
        Expression where = simple.createExpression(folder);
        Path work = arrival.handOver(Path.of(where.evaluate(exchange, String.class)));
        exchange.getMessage().setBody(arrival.unreadable().toFile(), File.class);
        exchange.getMessage().setHeader(Exchange.FILE_LOCAL_WORK_PATH, work.toString());
    }
}
