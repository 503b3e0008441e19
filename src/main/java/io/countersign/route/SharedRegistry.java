package io.countersign.route;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.SimpleRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Camel's registry, for several threads: beans come and go while health, metrics and routes look them up. Beans can stay what
 * they are while their file is loaded again, so that its new beans get them too; and what a file has bound is known without
 * looking at all there is, of which there may be ten thousand.
 */
public final class SharedRegistry extends SimpleRegistry {
    private static final long serialVersionUID = 1;

    private transient Set<String> kept = Set.of();
    private transient Map<String, Optional<Object>> replaced = new HashMap<>();
    private final transient Set<Class<?>> classes = new HashSet<>();

    /** A registry for a context that route files are loaded into, which has it. */
    public static DefaultRegistry under(DefaultRegistry registry) {
        registry.setFallbackRegistry(new SharedRegistry());
        return registry;
    }

    static SharedRegistry of(CamelContext context) {
        if (context.getRegistry() instanceof DefaultRegistry all
                && all.getFallbackRegistry() instanceof SharedRegistry shared) {
            return shared;
        }
        throw new IllegalStateException("the context has another registry");
    }

    /** @param names whose beans are neither replaced nor taken away from now on; none lets all of them go again */
    synchronized void keep(Set<String> names) {
        kept = Set.copyOf(names);
    }

    /** Forgets what was there before. */
    synchronized void forget() {
        replaced = new HashMap<>();
    }

    /** The names that were bound or unbound since it {@link #forget forgot}, and what they meant before, if anything. */
    synchronized Map<String, Optional<Object>> replaced() {
        return Map.copyOf(replaced);
    }

    @Override
    public synchronized @Nullable Object lookupByName(String name) {
        return super.lookupByName(name);
    }

    @Override
    public synchronized <T> @Nullable T lookupByNameAndType(String name, Class<T> type) {
        return super.lookupByNameAndType(name, type);
    }

    @Override
    public synchronized <T> Map<String, T> findByTypeWithName(Class<T> type) {
        return has(type) ? super.findByTypeWithName(type) : new LinkedHashMap<>();
    }

    @Override
    public synchronized <T> Set<T> findByType(Class<T> type) {
        return has(type) ? super.findByType(type) : new LinkedHashSet<>();
    }

    /** Whether there may be one: Camel asks for many kinds, for each bean and route, of which there never is any. */
    private boolean has(Class<?> type) {
        return classes.stream().anyMatch(type::isAssignableFrom);
    }

    @Override
    public synchronized void bind(String id, Class<?> type, Object bean) {
        if (!kept.contains(id)) {
            replaces(id);
            classes.add(bean.getClass());
            super.bind(id, type, bean);
        }
    }

    @Override
    public synchronized void bind(String id, Class<?> type, Object bean, String initMethod, String destroyMethod) {
        super.bind(id, type, bean, initMethod, destroyMethod);
    }

    @Override
    public synchronized void bind(String id, Class<?> type, Supplier<Object> bean) {
        super.bind(id, type, bean);
    }

    @Override
    public synchronized void bindAsPrototype(String id, Class<?> type, Supplier<Object> bean) {
        super.bindAsPrototype(id, type, bean);
    }

    @Override
    public synchronized void unbind(String id) {
        if (!kept.contains(id)) {
            replaces(id);
            super.unbind(id);
        }
    }

    private void replaces(String id) {
        if (!replaced.containsKey(id)) {
            replaced.put(id, Optional.ofNullable(super.lookupByName(id)));
        }
    }
}
