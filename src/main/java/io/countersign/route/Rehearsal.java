package io.countersign.route;

import io.countersign.partner.Partner;
import io.countersign.settings.Problems;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.support.DefaultRegistry;
import org.jspecify.annotations.Nullable;

/** A context of its own, which never runs, in which changed files are loaded to see what they say. */
final class Rehearsal implements AutoCloseable {
    private final DefaultCamelContext context;

    /** @param live whose beans the files may name, but for partners */
    Rehearsal(CamelContext live) {
        context = new DefaultCamelContext(new DefaultRegistry(new Borrowed(live)));
        Properties placeholders = live.getPropertiesComponent().loadProperties();
        context.getPropertiesComponent().setOverrideProperties(placeholders);
        context.build();
    }

    RouteFiles load(List<RouteFile> templates, List<RouteFile> files, Problems problems) {
        RouteFiles loaded = new RouteFiles(context);
        loaded.load(templates, problems);
        loaded.load(files, problems);
        return loaded;
    }

    @Override
    public void close() throws IOException {
        context.close();
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
