package io.countersign.route;

import io.countersign.partner.Partner;
import java.util.Map;
import java.util.Set;

/**
 * What a route file puts into a Camel context, by name.
 *
 * @param partners the partners that it describes
 * @param beans its other beans, each with all that its definition says
 * @param templates the ids of its route templates
 * @param configurations the ids of its route configurations
 * @param configured the ids of route configurations that its routes name
 * @param hasRoutes whether it has any, with ids or without
 * @param routes the ids of its routes, as far as they have any
 * @param ownRoutes the partners for whose files one of its routes begins at {@code direct:from-PARTNER}
 * @param outboxes the partners whose outbox one of its routes reads, or to whom one is called {@code to-PARTNER}
 * @param otherWays those of them whose route does not come from a template
 */
record Says(
        Map<String, Partner> partners,
        Map<String, String> beans,
        Set<String> templates,
        Set<String> configurations,
        Set<String> configured,
        boolean hasRoutes,
        Set<String> routes,
        Set<String> ownRoutes,
        Set<String> outboxes,
        Set<String> otherWays) {
    static final Says NOTHING =
            new Says(Map.of(), Map.of(), Set.of(), Set.of(), Set.of(), false, Set.of(), Set.of(), Set.of(), Set.of());

    static Says route(String id) {
        return new Says(
                Map.of(), Map.of(), Set.of(), Set.of(), Set.of(), true, Set.of(id), Set.of(), Set.of(), Set.of());
    }

    /** What a bean's definition says of others. */
    static String withoutType(String bean) {
        return bean.substring(bean.indexOf('\n') + 1);
    }

    /** Whether it puts anything into the context besides partners. */
    boolean hasParts() {
        return hasRoutes || !(beans.isEmpty() && templates.isEmpty() && configurations.isEmpty());
    }
}
