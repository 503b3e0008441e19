package io.countersign.route;

import io.countersign.partner.Partner;
import io.countersign.partner.Partners.Described;
import io.countersign.settings.Problems;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;

/**
 * What route files put into a Camel context. They are loaded one at a time, so that what is wrong is said of the file that
 * it stands in.
 */
final class RouteFiles {
    private static final Pattern PARAMETER = Pattern.compile("\\{\\{([A-Za-z0-9_-]+)}}");
    private static final Pattern OWN_ROUTE = Pattern.compile("direct:(?://)?from-([^?]+).*");
    private static final Pattern OUTBOX = Pattern.compile("file:.*/outbox/([A-Za-z0-9_-]+)(?:[/?].*)?");

    private final CamelContext context;
    private final Map<String, Described> partners = new TreeMap<>();

    RouteFiles(CamelContext context) {
        this.context = context;
    }

    /** @param problems gets what is wrong with each file */
    void load(List<RouteFile> files, Problems problems) {
        Map<String, Object> parts = parts();
        for (RouteFile file : files) {
            Map<String, Partner> partnersBefore = context.getRegistry().findByTypeWithName(Partner.class);
            Map<String, String> routesBefore = locations();
            try {
                parse(file);
            } catch (Exception unusable) {
                problems.add(file.name(), Unusable.why(unusable));
            }
            context.getRegistry().findByTypeWithName(Partner.class).forEach((id, partner) -> {
                if (!partner.equals(partnersBefore.get(id))) {
                    Described other = partners.put(id, new Described(file.name(), partner));
                    if (other != null) {
                        problems.add(
                                file.name(),
                                "describes partner " + id + ", which " + other.file() + " describes already");
                    }
                }
            });
            restore(parts);
            locations()
                    .forEach((id, location) -> clash(id, location, routesBefore.getOrDefault(id, location), problems));
        }
    }

    /**
     * Reports routes whose ids another context uses for those of other files; Camel would replace them.
     *
     * @param replaced files whose routes go anyway
     * @param replacedRoutes routes that go anyway
     */
    void clashWith(RouteFiles others, Set<String> replaced, Set<String> replacedRoutes, Problems problems) {
        Map<String, String> theirs = others.locations();
        theirs.keySet().removeAll(replacedRoutes);
        theirs.values().removeAll(replaced);
        locations().forEach((id, location) -> clash(id, location, theirs.getOrDefault(id, location), problems));
    }

    private static void clash(String id, String location, String other, Problems problems) {
        if (!other.equals(location)) {
            problems.add(
                    RouteFile.name(location),
                    "has a route with the id " + id + ", which " + RouteFile.name(other) + " uses already");
        }
    }

    /** Loads one file; in a context that runs, its routes run at once. */
    void load(RouteFile file) throws Exception {
        Map<String, Object> parts = parts();
        try {
            parse(file);
        } finally {
            restore(parts);
        }
    }

    private void parse(RouteFile file) throws Exception {
        String malformed = file.malformed();
        if (malformed != null) {
            throw new IllegalArgumentException(malformed);
        }
        List<RouteDefinition> before = List.copyOf(model().getRouteDefinitions());
        Resource resource = file.resource();
        try {
            PluginHelper.getRoutesLoader(context).loadRoutes(resource);
        } finally {
            // Of a route that comes from a template, Camel does not keep which file asked for it.
            model().getRouteDefinitions().stream()
                    .filter(route -> route.getResource() == null && !before.contains(route))
                    .forEach(route -> route.setResource(resource));
        }
    }

    /** A partner may be called like a part that routes name, "company" say; they still mean the part. */
    private void restore(Map<String, Object> parts) {
        for (String name :
                context.getRegistry().findByTypeWithName(Partner.class).keySet()) {
            Object part = parts.get(name);
            if (part != null) {
                context.getRegistry().unbind(name);
                context.getRegistry().bind(name, part);
            }
        }
    }

    private Map<String, Object> parts() {
        Map<String, Object> parts = new HashMap<>(context.getRegistry().findByTypeWithName(Object.class));
        parts.values().removeIf(Partner.class::isInstance);
        return parts;
    }

    /** Stops and removes the routes that a file brought. */
    void unload(String location) throws Exception {
        for (RouteDefinition route : List.copyOf(model().getRouteDefinitions())) {
            if (location.equals(location(route))) {
                context.getRouteController().stopRoute(route.getRouteId());
                context.removeRoute(route.getRouteId());
                model().removeRouteDefinition(route); // one that could not start is in the model alone
            }
        }
    }

    /** Whether routes of the file are in the context. */
    boolean hasRoutesOf(String location) {
        return model().getRouteDefinitions().stream().anyMatch(route -> location.equals(location(route)));
    }

    /** The partners that the loaded files describe, by name. */
    Map<String, Described> partners() {
        return partners;
    }

    /** The partners that have a route of their own for what they send: one that begins at {@code direct:from-PARTNER}. */
    Set<String> withOwnRoute() {
        return named(OWN_ROUTE);
    }

    /** The partners whose outbox a route of a file reads, or that have one with the id {@code to-PARTNER}. */
    Set<String> withOutbox() {
        Set<String> found = named(OUTBOX);
        for (String id : locations().keySet()) {
            if (id.startsWith("to-")) {
                found.add(id.substring("to-".length()));
            }
        }
        return found;
    }

    /** Whether the partner's outbox has a route that does not come from a template. */
    boolean hasOtherWayTo(String partner) {
        return model().getRouteDefinitions().stream()
                .filter(route -> route.getTemplateParameters() == null)
                .anyMatch(route -> {
                    Matcher outbox = OUTBOX.matcher(input(route));
                    return ("to-" + partner).equals(route.getRouteId())
                            || (outbox.matches() && outbox.group(1).equals(partner));
                });
    }

    private Set<String> named(Pattern input) {
        Set<String> found = new HashSet<>();
        for (RouteDefinition route : model().getRouteDefinitions()) {
            Matcher name = input.matcher(input(route));
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

    /** By id; where a route has none it gets one of Camel's, which no other has, once it runs. */
    private Map<String, String> locations() {
        Map<String, String> locations = new TreeMap<>();
        for (RouteDefinition route : model().getRouteDefinitions()) {
            if (route.getRouteId() != null) {
                locations.put(route.getRouteId(), location(route));
            }
        }
        return locations;
    }

    private static String location(RouteDefinition route) {
        return route.getResource() == null ? "" : route.getResource().getLocation();
    }

    private Model model() {
        return context.getCamelContextExtension().getContextPlugin(Model.class);
    }
}
