package io.countersign.operations;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * The health check {@code countersign/expiry}. Always up: a service whose certificate ends soon still serves, and one that
 * has ended is for its owner to mend. Its details are {@code expiring} (within 30 days, or over) and {@code notRenewable}.
 */
public final class ExpiryHealth extends AbstractHealthCheck {
    private final Expiry expiry;

    public ExpiryHealth(Expiry expiry) {
        super("countersign", "expiry");
        this.expiry = expiry;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("expiring", expiry.expiring());
        builder.detail("notRenewable", expiry.notRenewable());
        builder.up();
    }
}
