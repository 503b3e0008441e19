package io.countersign.cli;

import io.countersign.route.LiveContext;
import io.countersign.route.SharedRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;

/** Camel's main with a context whose routes can be replaced while they work. */
final class LiveMain extends Main {
    LiveMain() {
        registry.setFallbackRegistry(new SharedRegistry());
    }

    @Override
    protected CamelContext createCamelContext() {
        return new LiveContext(registry);
    }

    LiveContext live() {
        return (LiveContext) getCamelContext();
    }
}
