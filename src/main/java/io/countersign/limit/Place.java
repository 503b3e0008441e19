package io.countersign.limit;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.spi.SynchronizationRouteAware;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/** A transfer's place, until its route ends: given back once, whatever ends it. */
final class Place extends SynchronizationAdapter implements SynchronizationRouteAware {
    private final Account account;
    private final Account all;
    private final AtomicBoolean left = new AtomicBoolean();
    private @Nullable Route route;

    Place(Account account, Account all) {
        this.account = account;
        this.all = all;
    }

    /** The route that is running now, that is, and not one that this one calls. */
    void until(Exchange exchange) {
        route = ExchangeHelper.getRoute(exchange);
        exchange.getExchangeExtension().addOnCompletion(this);
    }

    @Override
    public SynchronizationRouteAware getRouteSynchronization() {
        return this;
    }

    @Override
    public void onBeforeRoute(Route begun, Exchange exchange) {
        // only the end counts
    }

    @Override
    public void onAfterRoute(Route ended, Exchange exchange) {
        if (ended == route) {
            leave();
        }
    }

    @Override
    public void onDone(Exchange exchange) {
        leave();
    }

    private void leave() {
        if (left.compareAndSet(false, true)) {
            all.leave();
            account.leave();
        }
    }
}
