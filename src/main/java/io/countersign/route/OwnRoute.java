package io.countersign.route;

import io.countersign.transfer.Transfer;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * Whether the partner's file has a route of its own for what this partner sends: one that begins at {@code
 * direct:from-PARTNER}. One that exists and does not run still counts, so that its payloads go nowhere else.
 */
public final class OwnRoute implements Predicate {
    @Override
    public boolean matches(Exchange exchange) {
        String partner = exchange.getProperty(Transfer.PARTNER, String.class);
        return exchange.getContext().hasEndpoint("direct:from-" + partner) != null;
    }
}
