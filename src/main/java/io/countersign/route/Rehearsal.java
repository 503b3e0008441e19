package io.countersign.route;

import io.countersign.partner.Partner;
import io.countersign.settings.Problems;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.support.DefaultRegistry;
import org.jspecify.annotations.Nullable;

/** Contexts of their own, which never run, in which changed files are loaded to see what they say. */
final class Rehearsal implements AutoCloseable {
    private final CamelContext live;
    private final List<RouteFile> templates;
    private final Map<RouteFile, Says> known = new HashMap<>();
    private final List<DefaultCamelContext> opened = new ArrayList<>();
    private @Nullable RouteFiles loaded;

    /**
     * @param live whose beans the files may name, but for partners
     * @param templates files that hold the templates which others may use
     */
    Rehearsal(CamelContext live, Collection<RouteFile> templates) {
        this.live = live;
        this.templates = List.copyOf(templates);
    }

    /** Files of which it is known what they say. */
    Rehearsal knowing(Map<String, RouteFile> files, Map<String, Says> says) {
        files.forEach((location, file) -> known.put(file, says.getOrDefault(location, Says.NOTHING)));
        return this;
    }

    /** What a file says. */
    Says of(RouteFile file) throws Exception {
        Says says = known.get(file);
        if (says == null) {
            RouteFiles files = templates.contains(file) ? open(List.of()) : open(templates);
            says = files.load(file, Set.of());
            known.put(file, says);
        }
        return says;
    }

    /**
     * Which partners a file takes out, as far as it can be read.
     *
     * @param file none where it is gone
     * @param before what it said until now
     */
    Set<String> takenOut(@Nullable RouteFile file, Says before) {
        Set<String> out = new TreeSet<>(before.partners().keySet());
        if (file == null) {
            return out;
        }
        try {
            Map<String, Partner> now = of(file).partners();
            out.removeIf(id -> {
                Partner partner = now.get(id);
                return partner == null || partner.enabled();
            });
            return out;
        } catch (Exception unreadable) {
            return new TreeSet<>();
        }
    }

    /** All of them together. */
    RouteFiles load(List<RouteFile> files, Problems problems) {
        RouteFiles all = open(List.of());
        all.load(templates, problems);
        all.load(files, problems);
        return all;
    }

    /** A context with these templates; those that cannot be loaded are told of where they are loaded for themselves. */
    private RouteFiles open(List<RouteFile> with) {
        if (with.isEmpty() || loaded == null) {
            DefaultCamelContext context =
                    new DefaultCamelContext(SharedRegistry.under(new DefaultRegistry(new Borrowed(live))));
            opened.add(context);
            Properties placeholders = live.getPropertiesComponent().loadProperties();
            context.getPropertiesComponent().setOverrideProperties(placeholders);
            context.build();
            RouteFiles files = new RouteFiles(context);
            files.load(with, new Problems());
            if (with.isEmpty()) {
                return files;
            }
            loaded = files;
        }
        return loaded;
    }

    @Override
    public void close() throws IOException {
        for (DefaultCamelContext context : opened) {
            context.close();
        }
    }

    private record Borrowed(CamelContext live) implements BeanRepository {
        @Override
        public @Nullable Object lookupByName(String name) {
            Object bean = live.getRegistry().lookupByName(name);
            return bean instanceof Partner ? null : bean;
        }

        @Override
        public <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
            Object bean = lookupByName(name);
            return type.isInstance(bean) ? type.cast(bean) : null;
        }

        @Override
        public <T> Map<String, T> findByTypeWithName(Class<T> type) {
            return type == Partner.class ? Map.of() : live.getRegistry().findByTypeWithName(type);
        }

        @Override
        public <T> Set<T> findByType(Class<T> type) {
            return type == Partner.class ? Set.of() : live.getRegistry().findByType(type);
        }
    }
}
