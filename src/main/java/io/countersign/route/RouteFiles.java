package io.countersign.route;

import io.countersign.partner.Partner;
import io.countersign.partner.Partners.Described;
import io.countersign.settings.Problems;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteBuilderLifecycleStrategy;
import org.apache.camel.model.BeanFactoryDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;

/**
 * What route files put into a Camel context. They are loaded one at a time, so that what is wrong is said of the file that
 * it stands in.
 */
final class RouteFiles {
    private final CamelContext context;
    private final SharedRegistry registry;
    /** The definitions that are there, each the very same one. */
    private final Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());

    private final Map<String, Says> loaded = new LinkedHashMap<>();
    private final Map<String, Described> partners = new TreeMap<>();

    RouteFiles(CamelContext context) {
        this.context = context;
        this.registry = SharedRegistry.of(context);
    }

    /** @param problems gets what is wrong with each file */
    void load(List<RouteFile> files, Problems problems) {
        Map<String, String> routes = locations();
        remember();
        for (RouteFile file : files) {
            try {
                loadNext(file, Set.of());
            } catch (Exception unusable) {
                problems.add(file.name(), Unusable.why(unusable));
            }
            said(file).partners().forEach((id, partner) -> {
                Described other = partners.put(id, new Described(file.name(), partner));
                if (other != null) {
                    problems.add(
                            file.name(), "describes partner " + id + ", which " + other.file() + " describes already");
                }
            });
            said(file).routes().forEach(id -> {
                String other = routes.put(id, file.location());
                if (other != null && !other.equals(file.location())) {
                    problems.add(
                            file.name(),
                            "has a route with the id " + id + ", which " + RouteFile.name(other) + " uses already");
                }
            });
        }
    }

    /**
     * Loads one file; in a context that runs, its routes are made at once.
     *
     * @param kept names of beans of the file that stay the ones that they are, whatever it says
     */
    Says load(RouteFile file, Set<String> kept) throws Exception {
        remember();
        return loadNext(file, kept);
    }

    private Says loadNext(RouteFile file, Set<String> kept) throws Exception {
        try {
            String malformed = file.malformed();
            if (malformed != null) {
                throw new IllegalArgumentException(malformed);
            }
            Loading loading = new Loading(file, kept);
            try {
                registry.keep(kept); // also for the file's own new beans, which are made between those that stay
                loading.load();
            } finally {
                registry.keep(Set.of());
                registry.forget();
                loaded.put(file.location(), loading.said());
                rememberNew();
            }
        } catch (LinkageError | StackOverflowError broken) {
            // A class that cannot be used, or nesting without end: the file's fault, and no reason to end anything
            // else.
            throw new IllegalArgumentException("cannot be loaded: " + broken, broken);
        }
        return said(file);
    }

    /** What the loaded file says, as far as it was loaded. */
    Says said(RouteFile file) {
        return loaded.getOrDefault(file.location(), Says.NOTHING);
    }

    /** The partners that the loaded files describe, by name. */
    Map<String, Described> partners() {
        return partners;
    }

    /** The partners that have a route of their own for what they send: one that begins at {@code direct:from-PARTNER}. */
    Set<String> withOwnRoute() {
        return all(Says::ownRoutes);
    }

    /** The partners whose outbox a route of a file reads, or that have one with the id {@code to-PARTNER}. */
    Set<String> withOutbox() {
        return all(Says::outboxes);
    }

    /** Whether the partner's outbox has a route that does not come from a template. */
    boolean hasOtherWayTo(String partner) {
        return all(Says::otherWays).contains(partner);
    }

    private Set<String> all(Function<Says, Set<String>> names) {
        return loaded.values().stream()
                .flatMap(says -> names.apply(says).stream())
                .collect(Collectors.toSet());
    }

    /** By id; where a route has none it gets one of Camel's, which no other has, once it runs. */
    private Map<String, String> locations() {
        Map<String, String> locations = new TreeMap<>();
        for (RouteDefinition route : model().getRouteDefinitions()) {
            if (route.getRouteId() != null) {
                locations.put(route.getRouteId(), RouteFile.location(route));
            }
        }
        return locations;
    }

    private Model model() {
        return context.getCamelContextExtension().getContextPlugin(Model.class);
    }

    private void remember() {
        known.clear();
        definitions().forEach(known::addAll);
    }

    private void rememberNew() {
        definitions().forEach(all -> known.addAll(news(all)));
    }

    private List<List<?>> definitions() {
        return List.of(
                model().getRouteDefinitions(),
                model().getCustomBeans(),
                model().getRouteTemplateDefinitions(),
                model().getRouteConfigurationDefinitions());
    }

    /** What has been added, which Camel does at the end, also where it replaces something. */
    private <T> List<T> news(List<T> all) {
        int from = all.size();
        while (from > 0 && !known.contains(all.get(from - 1))) {
            from--;
        }
        return List.copyOf(all.subList(from, all.size()));
    }

    /** One file on its way into the context. */
    private final class Loading implements RouteBuilderLifecycleStrategy {
        private final Resource resource;
        private final Map<String, Object> keptBeans = new HashMap<>();
        private final Map<String, Partner> described = new TreeMap<>();

        Loading(RouteFile file, Set<String> kept) {
            this.resource = file.resource();
            for (String name : kept) {
                Object bean = context.getRegistry().lookupByName(name);
                if (bean != null) {
                    keptBeans.put(name, bean);
                }
            }
            registry.forget();
        }

        /** In Camel's own order. */
        void load() throws Exception {
            try {
                Collection<RoutesBuilder> builders =
                        PluginHelper.getRoutesLoader(context).findRoutesBuilders(List.of(resource));
                for (RoutesBuilder builder : builders) {
                    if (builder instanceof RouteBuilder interceptable) {
                        interceptable.addLifecycleInterceptor(this);
                    }
                    if (builder instanceof RouteConfigurationsBuilder configurations) {
                        context.addRoutesConfigurations(configurations);
                    }
                }
                for (RoutesBuilder builder : builders) {
                    context.addRoutes(builder);
                }
                for (RoutesBuilder builder : builders) {
                    context.addTemplatedRoutes(builder);
                }
            } finally {
                restore();
                // Of a route that comes from a template, Camel does not keep which file asked for it.
                news(model().getRouteDefinitions()).stream()
                        .filter(route -> route.getResource() == null)
                        .forEach(route -> route.setResource(resource));
            }
        }

        /** The file's beans are made now, and its routes are not. */
        @Override
        public void afterConfigure(RouteBuilder builder) {
            restore();
        }

        /** A partner may be called like a part that routes name, "company" say; they still mean the part. */
        private void restore() {
            registry.replaced().forEach((id, before) -> {
                if (registry.lookupByName(id) instanceof Partner partner && partner != before.orElse(null)) {
                    described.put(id, partner);
                    Object part = before.orElseGet(() -> context.getRegistry().lookupByName(id));
                    if (part != null && !(part instanceof Partner)) {
                        rebind(id, part);
                    }
                }
            });
            keptBeans.forEach((name, bean) -> {
                if (context.getRegistry().lookupByName(name) != bean) {
                    rebind(name, bean);
                }
            });
        }

        private void rebind(String name, Object bean) {
            context.getRegistry().unbind(name);
            context.getRegistry().bind(name, bean);
        }

        Says said() {
            Map<String, String> beans = new TreeMap<>();
            for (BeanFactoryDefinition<?> bean : news(model().getCustomBeans())) {
                if (!described.containsKey(bean.getName())) {
                    beans.put(bean.getName(), text(bean));
                }
            }
            List<RouteDefinition> routes = news(model().getRouteDefinitions());
            Set<String> ids = routes.stream()
                    .map(RouteDefinition::getRouteId)
                    .filter(id -> id != null)
                    .collect(Collectors.toCollection(TreeSet::new));
            return new Says(
                    described,
                    beans,
                    news(model().getRouteTemplateDefinitions()).stream()
                            .map(RouteTemplateDefinition::getId)
                            .collect(Collectors.toSet()),
                    news(model().getRouteConfigurationDefinitions()).stream()
                            .map(RouteConfigurationDefinition::getId)
                            .collect(Collectors.toSet()),
                    RouteInput.configured(routes),
                    !routes.isEmpty(),
                    ids,
                    RouteInput.ownRoutes(routes),
                    RouteInput.outboxes(routes),
                    RouteInput.outboxes(routes.stream()
                            .filter(route -> route.getTemplateParameters() == null)
                            .toList()));
        }

        /** Everything that makes a bean what it is. */
        private static String text(BeanFactoryDefinition<?> bean) {
            return String.join(
                    "\n",
                    bean.getType(),
                    String.valueOf(bean.getProperties()),
                    String.valueOf(bean.getConstructors()),
                    String.valueOf(bean.getScriptLanguage()),
                    String.valueOf(bean.getScript()),
                    String.valueOf(bean.getFactoryBean()),
                    String.valueOf(bean.getFactoryMethod()),
                    String.valueOf(bean.getBuilderClass()),
                    String.valueOf(bean.getBuilderMethod()),
                    String.valueOf(bean.getInitMethod()),
                    String.valueOf(bean.getDestroyMethod()));
        }
    }
}
