package io.countersign.route;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;

/**
 * The routes to partners whose files have a {@code url} and say no more about sending: the template {@value #TEMPLATE} with
 * its defaults, one route {@code to-PARTNER} each.
 */
final class Outboxes {
    static final String TEMPLATE = "send-to-partner";

    private final CamelContext context;
    private final Set<String> running = new HashSet<>();

    Outboxes(CamelContext context) {
        this.context = context;
    }

    Set<String> partners() {
        return Set.copyOf(running);
    }

    Set<String> routes() {
        return running.stream().map(Outboxes::route).collect(Collectors.toSet());
    }

    /** Ends the routes to all others, once they have finished. */
    void keep(Set<String> partners) throws Exception {
        for (String partner : new TreeSet<>(running)) {
            if (!partners.contains(partner)) {
                running.remove(partner); // first, so that one that fails to stop is replaced
                context.getRouteController().stopRoute(route(partner));
                context.removeRoute(route(partner));
            }
        }
    }

    /** Has routes to these partners, and to no others. */
    void use(Set<String> partners) throws Exception {
        keep(partners);
        for (String partner : new TreeSet<>(partners)) {
            if (!running.contains(partner)) {
                context.getCamelContextExtension()
                        .getContextPlugin(Model.class)
                        .addRouteFromTemplate(route(partner), TEMPLATE, Map.of("partner", partner));
                running.add(partner);
            }
        }
    }

    /** Has one route, which reads another folder of outboxes, and takes every file there for complete. */
    void use(String partner, Path outbox) throws Exception {
        context.getCamelContextExtension()
                .getContextPlugin(Model.class)
                .addRouteFromTemplate(
                        route(partner),
                        TEMPLATE,
                        Map.of(
                                "partner",
                                partner,
                                "outbox",
                                outbox.toString(),
                                "ordered",
                                "false",
                                "minAge",
                                "0",
                                "doneFile",
                                "",
                                "exclude",
                                "(?!)"));
    }

    private static String route(String partner) {
        return "to-" + partner;
    }
}
