package io.countersign.operations;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * The health check {@code countersign/partners}. It is up as long as the last good files are in force; its details say what
 * an operator should know of: {@code complaints} (files that are not in force, and why), {@code warnings} (such as a
 * partner whose server's host is not verified), {@code waiting} and {@code unsendable} (in the outboxes, and why).
 */
public final class PartnersHealth extends AbstractHealthCheck {
    private final Map<String, Supplier<List<String>>> details;

    /** @param details by name; asked at each check */
    public PartnersHealth(Map<String, Supplier<List<String>>> details) {
        super("countersign", "partners");
        this.details = details;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        details.forEach((name, found) -> builder.detail(name, found.get()));
        builder.up();
    }
}
