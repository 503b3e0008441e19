package io.countersign.route;

import io.countersign.transfer.Transfer;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Predicate;

/**
 * Whether the partner's file has a route of its own for what this partner sends: one that begins at {@code
 * direct:from-PARTNER}. One that exists and does not run, because it was stopped or is just being replaced, still counts,
 * so that its payloads go nowhere else. So does that of a partner who is no longer known: what was still on its way when
 * the file was deleted must not end where that file never said.
 */
public final class OwnRoute implements Predicate {
    private volatile Set<String> partners = Set.of();

    void use(Set<String> withOwnRoute) {
        partners = Set.copyOf(withOwnRoute);
    }

    @Override
    public boolean matches(Exchange exchange) {
        return partners.contains(exchange.getProperty(Transfer.PARTNER, "", String.class));
    }
}
