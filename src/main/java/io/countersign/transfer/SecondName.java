package io.countersign.transfer;

import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The step before a partner's own route: the payload gets a second name ({@code CamelFileLocalWorkPath}), which a {@code file:}
 * endpoint renames into its folder. The payload counts as delivered when that route has
 * ended. Fails where the file system has no links.
 */
public final class SecondName implements Processor {
    @Override
    public void process(Exchange exchange) throws Exception {
        Arrival arrival = Objects.requireNonNull(
                exchange.getProperty(Arrival.PROPERTY, Arrival.class), "a second name comes after intake");
        exchange.getMessage()
                .setHeader(Exchange.FILE_LOCAL_WORK_PATH, arrival.secondName().toString());
    }
}
