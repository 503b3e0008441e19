package io.countersign.cli;

import io.countersign.route.Keeping;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.support.SimpleRegistry;
import org.jspecify.annotations.Nullable;

/** Camel's registry, for several threads: beans come and go while health, metrics and routes look them up. */
final class SharedRegistry extends SimpleRegistry implements Keeping {
    private static final long serialVersionUID = 1;

    private transient Set<String> kept = Set.of();

    @Override
    public synchronized void keep(Set<String> names) {
        kept = Set.copyOf(names);
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
        return super.findByTypeWithName(type);
    }

    @Override
    public synchronized <T> Set<T> findByType(Class<T> type) {
        return super.findByType(type);
    }

    @Override
    public synchronized void bind(String id, Class<?> type, Object bean) {
        if (!kept.contains(id)) {
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
            super.unbind(id);
        }
    }
}
