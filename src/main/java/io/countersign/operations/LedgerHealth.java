package io.countersign.operations;

import io.countersign.ledger.Ledger;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * The health check {@code countersign/ledger}: down, and why, while the ledger cannot be used, since nothing can be received
 * then. It asks nobody: the ledger looks by itself, every few seconds, and more often while it does not work.
 */
public final class LedgerHealth extends AbstractHealthCheck {
    private final Ledger ledger;

    public LedgerHealth(Ledger ledger) {
        super("countersign", "ledger");
        this.ledger = ledger;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("commits", ledger.commits());
        builder.detail("transactions", ledger.batches());
        Optional<String> trouble = ledger.trouble();
        if (trouble.isEmpty()) {
            builder.up();
        } else {
            builder.message(trouble.get()).down();
        }
    }
}
