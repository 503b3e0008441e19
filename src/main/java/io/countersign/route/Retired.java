package io.countersign.route;

import io.countersign.route.LiveContext.Detached;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.camel.Service;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.service.ServiceHelper;

/** Routes that have been replaced, or whose file has gone, and finish what is on its way in them. */
final class Retired {
    /** For who was given to a route in the moment in which it was replaced, and has not got there yet. */
    private static final long GRACE_NANOS = Duration.ofSeconds(5).toNanos();

    private final LiveContext context;
    private final Detached routes;
    private final long since = System.nanoTime();

    Retired(LiveContext context, Detached routes) {
        this.context = context;
        this.routes = routes;
        for (RouteService service : routes.services()) {
            if (service.getInput() instanceof ShutdownAware polling) {
                // What it has found is for the next route to find again.
                polling.deferShutdown(ShutdownRunningTask.CompleteCurrentTaskOnly);
            }
        }
    }

    /** Ends them if they are idle. */
    boolean hasEnded() {
        boolean idle = System.nanoTime() - since > GRACE_NANOS
                && routes.services().stream().allMatch(service -> InFlight.isIdle(service.getRoute()));
        if (idle) {
            end();
        }
        return idle;
    }

    /** Ends them now, whatever is on its way. */
    void end() {
        end(routes);
        for (RouteService service : routes.services()) {
            if (!context.hasRoute(service.getId())) {
                context.getInflightRepository().removeRoute(service.getId());
            }
        }
    }

    /** Stops each with all that is its own; not by Camel's shutdown of a route, which also ends what is known by its id. */
    static void end(Detached routes) {
        for (RouteService service : routes.services()) {
            Set<Service> parts = new LinkedHashSet<>();
            for (Service part : service.getRoute().getServices()) {
                parts.addAll(ServiceHelper.getChildServices(part));
            }
            service.setRemovingRoutes(true);
            service.stop();
            ServiceHelper.stopAndShutdownServices(parts);
            ServiceHelper.stopAndShutdownServices(service.getRoute());
        }
        ServiceHelper.stopAndShutdownServices(routes.endpoints().values());
    }
}
