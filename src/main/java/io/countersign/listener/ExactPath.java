package io.countersign.listener;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.apache.camel.http.common.HttpConsumer;
import org.apache.camel.http.common.ServletResolveConsumerStrategy;

/**
 * Finds the route of a request: the one whose path is the request's own or, where the route says {@code
 * matchOnUriPrefix}, a folder above it; the longest such. Camel's own would take {@code /EXCHANGE} and {@code
 * /exchangeable} for {@code /exchange}, and none at all where two routes begin alike.
 */
final class ExactPath implements ServletResolveConsumerStrategy {
    private final Lock routes;

    /** @param routes held while a route is found; waits for a change of routes to end */
    ExactPath(Lock routes) {
        this.routes = routes;
    }

    @Override
    public HttpConsumer resolve(HttpServletRequest request, Map<String, HttpConsumer> consumers) {
        return resolve(request.getPathInfo(), request.getMethod(), consumers);
    }

    @Override
    public boolean isHttpMethodAllowed(HttpServletRequest request, String method, Map<String, HttpConsumer> consumers) {
        return resolve(request.getPathInfo(), method, consumers) != null;
    }

    @SuppressWarnings("NullAway") // Camel's contract, which is not annotated: null where there is none
    private HttpConsumer resolve(String path, String method, Map<String, HttpConsumer> consumers) {
        routes.lock();
        try {
            return consumers.values().stream()
                    .filter(consumer -> !(consumer instanceof Listeners.Hold))
                    .filter(consumer -> path != null && matches(path, consumer) && allows(method, consumer))
                    .max(Comparator.comparingInt(consumer -> consumer.getPath().length()))
                    .orElse(null);
        } finally {
            routes.unlock();
        }
    }

    private static boolean matches(String path, HttpConsumer consumer) {
        String own = consumer.getPath();
        String folder = own.endsWith("/") ? own : own + "/";
        return path.equals(own) || (consumer.getEndpoint().isMatchOnUriPrefix() && path.startsWith(folder));
    }

    private static boolean allows(String method, HttpConsumer consumer) {
        String restriction = consumer.getEndpoint().getHttpMethodRestrict();
        return restriction == null
                || java.util.List.of(restriction.split("\\s*,\\s*")).contains(method);
    }
}
