package io.countersign.route;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.model.RouteDefinition;

/** Which partner a route is for, told by where it begins, and by its id. */
final class RouteInput {
    private static final Pattern PARAMETER = Pattern.compile("\\{\\{([A-Za-z0-9_-]+)}}");
    private static final Pattern OWN_ROUTE = Pattern.compile("direct:(?://)?from-([^?]+).*");
    private static final Pattern OUTBOX = Pattern.compile("file:.*/outbox/([A-Za-z0-9_-]+)(?:[/?].*)?");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]+");
    private static final String TO = "to-";

    private RouteInput() {}

    /** The partners for whose files one of the routes is: it begins at {@code direct:from-PARTNER}. */
    static Set<String> ownRoutes(List<RouteDefinition> routes) {
        return named(routes, OWN_ROUTE);
    }

    /** The partners whose outbox one of the routes reads, or to whom one is called {@code to-PARTNER}. */
    static Set<String> outboxes(List<RouteDefinition> routes) {
        Set<String> found = named(routes, OUTBOX);
        for (RouteDefinition route : routes) {
            if (route.getRouteId() != null && route.getRouteId().startsWith(TO)) {
                found.add(route.getRouteId().substring(TO.length()));
            }
        }
        return found;
    }

    /** The route configurations that the routes name, but for patterns, which may find none. */
    static Set<String> configured(List<RouteDefinition> routes) {
        Set<String> found = new TreeSet<>();
        for (RouteDefinition route : routes) {
            if (route.getRouteConfigurationId() != null) {
                found.addAll(List.of(route.getRouteConfigurationId().strip().split("\\s*,\\s*")));
            }
        }
        found.removeIf(id -> !PLAIN.matcher(id).matches());
        return found;
    }

    private static Set<String> named(List<RouteDefinition> routes, Pattern pattern) {
        Set<String> found = new TreeSet<>();
        for (RouteDefinition route : routes) {
            Matcher name = pattern.matcher(input(route));
            if (name.matches()) {
                found.add(name.group(1));
            }
        }
        return found;
    }

    /** Where a route begins, with the parameters of its template filled in; a parameter's value may name another. */
    private static String input(RouteDefinition route) {
        Map<String, Object> parameters =
                route.getTemplateParameters() == null ? Map.of() : route.getTemplateParameters();
        return PARAMETER
                .matcher(route.getInput().getEndpointUri())
                .replaceAll(match -> Matcher.quoteReplacement(
                        String.valueOf(parameters.getOrDefault(match.group(1), match.group()))));
    }
}
