package io.countersign.route;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/** Counts the exchanges in each route; Camel's own count is by id, which a route shares with those that it replaced. */
final class InFlight implements RoutePolicyFactory {
    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return new Count();
    }

    /** Whether nothing is on its way in the route. */
    static boolean isIdle(Route route) {
        List<RoutePolicy> policies = route.getRoutePolicyList();
        return policies == null
                || policies.stream()
                        .filter(Count.class::isInstance)
                        .allMatch(count -> ((Count) count).exchanges.get() == 0);
    }

    private static final class Count extends RoutePolicySupport {
        private final AtomicInteger exchanges = new AtomicInteger();

        /** Counts on while its route stops, else what ends then would never be seen to. */
        @Override
        public boolean isRunAllowed() {
            return true;
        }

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            exchanges.incrementAndGet();
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            exchanges.decrementAndGet();
        }
    }
}
