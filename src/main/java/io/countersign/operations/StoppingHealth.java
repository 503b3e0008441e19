package io.countersign.operations;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** The health check {@code countersign/stopping}: down, liveness too, from the moment in which nothing new is taken. */
public final class StoppingHealth extends AbstractHealthCheck {
    private final BooleanSupplier stopping;

    public StoppingHealth(BooleanSupplier stopping) {
        super("countersign", "stopping");
        this.stopping = stopping;
    }

    @Override
    public boolean isLiveness() {
        return true;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.state(stopping.getAsBoolean() ? State.DOWN : State.UP);
    }
}
