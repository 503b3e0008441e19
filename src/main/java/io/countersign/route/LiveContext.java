package io.countersign.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.Suspendable;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.NormalizedEndpointUri;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Camel's context, of which routes can be taken out while they go on working, and put back. Camel itself knows but one route
 * of an id, and would stop it before the next could be made.
 */
public final class LiveContext extends DefaultCamelContext {
    /** Routes that work and that the context does not know, with the endpoints that are theirs alone. */
    record Detached(
            List<RouteService> services,
            List<RouteDefinition> definitions,
            List<RouteStartupOrder> order,
            Map<NormalizedEndpointUri, Endpoint> endpoints) {}

    public LiveContext(Registry registry) {
        super(false);
        getCamelContextExtension().setRegistry(registry);
    }

    /** From here on their ids, and the URIs that no other route uses, are free for others; they go on as they are. */
    Detached detach(Collection<RouteDefinition> definitions) {
        List<RouteService> services = new ArrayList<>();
        List<RouteStartupOrder> order = new ArrayList<>();
        for (RouteDefinition definition : definitions) {
            RouteService service = getRouteServices().remove(definition.getRouteId());
            if (service != null) {
                services.add(service);
                getCamelContextExtension().removeRoute(service.getRoute());
                getCamelContextExtension().getRouteStartupOrder().removeIf(started -> {
                    boolean own = started.getRoute() == service.getRoute();
                    return own && order.add(started);
                });
            }
        }
        getRouteDefinitions().removeAll(definitions);
        return new Detached(services, List.copyOf(definitions), order, takeEndpoints(services));
    }

    /** Undoes {@link #detach}, where nothing else has taken the ids meanwhile. */
    void attach(Detached detached) {
        for (RouteService service : detached.services()) {
            getRouteServices().put(service.getId(), service);
            getCamelContextExtension().addRoute(service.getRoute());
        }
        getCamelContextExtension().getRouteStartupOrder().addAll(detached.order());
        getRouteDefinitions().addAll(detached.definitions());
        detached.endpoints().forEach(getEndpointRegistry()::put);
    }

    /** The services of these routes, as far as they have come. */
    List<RouteService> services(Collection<RouteDefinition> definitions) {
        Set<String> ids = definitions.stream().map(RouteDefinition::getRouteId).collect(Collectors.toSet());
        return getRouteServices().values().stream()
                .filter(service -> ids.contains(service.getId()))
                .toList();
    }

    /**
     * Has no route begin anything by itself any more. What is on its way goes on, through routes that only others give something
     * to as well.
     *
     * @param others consumers that are seen to elsewhere
     */
    public void suspendSources(Predicate<Consumer> others) {
        for (Route route : getRoutes()) {
            Consumer consumer = route.getConsumer();
            boolean needed = consumer instanceof ShutdownAware aware
                    && aware.deferShutdown(Objects.requireNonNullElse(
                            route.getShutdownRunningTask(), ShutdownRunningTask.CompleteCurrentTaskOnly));
            if (!needed && consumer instanceof Suspendable && !others.test(consumer)) {
                ServiceHelper.suspendService(consumer);
            }
        }
    }

    boolean hasRoute(String id) {
        return getRouteServices().containsKey(id);
    }

    /** A route that is made anew must not get the endpoint, with its options and beans, of the one before. */
    private Map<NormalizedEndpointUri, Endpoint> takeEndpoints(List<RouteService> services) {
        Set<Endpoint> own = new HashSet<>();
        services.forEach(service -> own.addAll(service.gatherEndpoints()));
        if (!own.isEmpty()) {
            getRouteServices().values().forEach(other -> own.removeAll(other.gatherEndpoints()));
        }
        Map<NormalizedEndpointUri, Endpoint> taken = new LinkedHashMap<>();
        getEndpointRegistry().forEach((uri, endpoint) -> {
            if (own.contains(endpoint)) {
                taken.put(uri, endpoint);
            }
        });
        taken.keySet().forEach(getEndpointRegistry()::remove);
        return taken;
    }
}
