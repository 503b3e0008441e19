package io.countersign.route;

import io.countersign.route.LiveContext.Detached;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Consumer;
import org.apache.camel.impl.engine.RouteService;
import org.apache.camel.model.BeanFactoryDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.support.service.ServiceHelper;

/**
 * Some files' parts of a running context on their way to being replaced by others. The new routes are made, with everything
 * that they name, while the old ones go on; then the new ones begin where the old ones end, in one step; what is on its way
 * in the old ones goes on to its end. Up to {@link #retire} everything can be undone.
 */
final class Replacement {
    private final LiveContext context;
    private final Doors doors;
    private final Detached old;
    private final List<RouteTemplateDefinition> templates;
    private final List<RouteConfigurationDefinition> configurations;
    private final List<BeanFactoryDefinition<?>> customBeans;
    private final Set<RouteDefinition> others;
    private final Set<Object> endpoints;
    private final Set<String> names;
    private final Map<String, Object> beans = new HashMap<>();
    private final List<Consumer> closedDoors = new ArrayList<>();
    private final List<Consumer> suspended = new ArrayList<>();

    /** Loads the new parts. */
    interface Loading {
        void load() throws Exception;
    }

    /**
     * Makes the new routes, none of which begins yet.
     *
     * @param before what the old files say, and thereby which parts of theirs go
     * @param old routes that go
     * @param names of beans that may come, change or go
     * @throws Exception where they cannot be made; everything is as it was then
     */
    static Replacement prepare(
            LiveContext context,
            Doors doors,
            Collection<Says> before,
            List<RouteDefinition> old,
            Set<String> names,
            Loading loading)
            throws Exception {
        Replacement replacement = new Replacement(context, doors, old, names);
        boolean made = false;
        context.setAutoStartup(false);
        try {
            replacement.takeOut(before);
            loading.load();
            made = true;
            return replacement;
        } finally {
            context.setAutoStartup(true);
            if (!made) {
                replacement.undo();
            }
        }
    }

    private Replacement(LiveContext context, Doors doors, List<RouteDefinition> old, Set<String> names) {
        this.context = context;
        this.doors = doors;
        this.templates = List.copyOf(model().getRouteTemplateDefinitions());
        this.configurations = List.copyOf(model().getRouteConfigurationDefinitions());
        this.customBeans = List.copyOf(model().getCustomBeans());
        for (String name : names) {
            Object bean = context.getRegistry().lookupByName(name);
            if (bean != null) {
                beans.put(name, bean);
            }
        }
        this.names = names;
        this.old = context.detach(old);
        this.endpoints = new HashSet<>(context.getEndpointRegistry().keySet());
        this.others = new HashSet<>(model().getRouteDefinitions());
    }

    private void takeOut(Collection<Says> before) {
        Set<String> templateIds =
                before.stream().flatMap(says -> says.templates().stream()).collect(Collectors.toSet());
        Set<String> configurationIds =
                before.stream().flatMap(says -> says.configurations().stream()).collect(Collectors.toSet());
        model().getRouteTemplateDefinitions().removeIf(template -> templateIds.contains(template.getId()));
        model().getRouteConfigurationDefinitions()
                .removeIf(configuration -> configurationIds.contains(configuration.getId()));
    }

    /** The new routes begin, and the old ones get nothing new. Fails without having undone anything. */
    void switchOver() throws Exception {
        for (RouteService service : old.services()) {
            Consumer consumer = service.getInput();
            if (consumer != null && doors.close(consumer)) {
                closedDoors.add(consumer);
            } else if (consumer != null) {
                suspended.add(consumer);
                ServiceHelper.suspendService(consumer);
            }
        }
        List<RouteService> made = new ArrayList<>(context.services(added()));
        made.sort(Comparator.comparing(
                service -> service.getRoute().getStartupOrder(), Comparator.nullsFirst(Comparator.naturalOrder())));
        for (RouteService service : made) {
            if (service.getRoute().isAutoStartup()) {
                begin(service.getId());
            }
        }
    }

    private void begin(String id) throws Unrunnable {
        try {
            context.startRoute(id);
        } catch (Exception | Error cannotBegin) {
            String location = model().getRouteDefinitions().stream()
                    .filter(route -> id.equals(route.getRouteId()))
                    .map(RouteFile::location)
                    .findFirst()
                    .orElse("");
            throw new Unrunnable(location, cannotBegin);
        }
    }

    /** Everything is as it was before {@link #prepare}; what cannot be put back does not keep the rest from it. */
    void undo() throws Exception {
        List<Exception> stuck = new ArrayList<>();
        each(stuck, () -> Retired.end(context.detach(added())));
        closedDoors.forEach(consumer -> each(stuck, () -> doors.open(consumer)));
        suspended.forEach(consumer -> each(stuck, () -> ServiceHelper.resumeService(consumer)));
        each(
                stuck,
                () -> context.getEndpointRegistry().keySet().stream()
                        .filter(uri -> !endpoints.contains(uri))
                        .toList()
                        .forEach(context.getEndpointRegistry()::remove));
        each(stuck, () -> restore(model().getRouteTemplateDefinitions(), templates));
        each(stuck, () -> restore(model().getRouteConfigurationDefinitions(), configurations));
        each(stuck, () -> restore(model().getCustomBeans(), customBeans));
        each(stuck, this::restoreBeans);
        each(stuck, () -> context.attach(old));
        if (!stuck.isEmpty()) {
            Exception first = stuck.get(0);
            stuck.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    private void restoreBeans() {
        for (String name : names) {
            context.getRegistry().unbind(name);
            Object bean = beans.get(name);
            if (bean != null) {
                context.getRegistry().bind(name, bean);
            }
        }
    }

    private static void each(List<Exception> stuck, Loading step) {
        try {
            step.load();
        } catch (Exception failed) {
            stuck.add(failed);
        }
    }

    /**
     * The old routes, which end once nothing is on its way in them.
     *
     * @param gone names of beans that no file has any more
     */
    Retired retire(Set<String> gone) {
        gone.forEach(context.getRegistry()::unbind);
        model().getCustomBeans().removeIf(bean -> gone.contains(bean.getName()));
        return new Retired(context, old);
    }

    private List<RouteDefinition> added() {
        return model().getRouteDefinitions().stream()
                .filter(route -> !others.contains(route))
                .toList();
    }

    private Model model() {
        return context.getCamelContextExtension().getContextPlugin(Model.class);
    }

    private static <T> void restore(List<T> list, List<T> before) {
        list.clear();
        list.addAll(before);
    }
}
