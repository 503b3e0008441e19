package io.countersign.operations;

import io.countersign.tls.Dated;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.Predicate;

/** When what is in force ends, as gauges of Unix time: one for each certificate or revocation list, and none once it is gone. */
final class ExpiryGauges {
    private final Expiry expiry;
    private final MultiGauge certificates;
    private final MultiGauge revocationLists;
    private List<Dated> shown = List.of();

    ExpiryGauges(Expiry expiry, MeterRegistry metrics) {
        this.expiry = expiry;
        this.certificates = MultiGauge.builder("countersign.certificate.not.after.timestamp")
                .description("When a certificate in force ends")
                .baseUnit("seconds")
                .register(metrics);
        this.revocationLists = MultiGauge.builder("countersign.revocation.list.next.update.timestamp")
                .description("When the next of a revocation list in force is due")
                .baseUnit("seconds")
                .register(metrics);
    }

    /** Shows what is in force now. */
    synchronized void refresh() {
        List<Dated> now = expiry.inForce();
        if (!now.equals(shown)) {
            certificates.register(rows(now, dated -> dated.certificate() != null), true);
            revocationLists.register(rows(now, dated -> dated.certificate() == null), true);
            shown = now;
        }
    }

    private static List<Row<?>> rows(List<Dated> all, Predicate<Dated> these) {
        return all.stream().filter(these).<Row<?>>map(ExpiryGauges::row).toList();
    }

    private static Row<Number> row(Dated dated) {
        return Row.of(
                Tags.of(
                        "owner", dated.owner(),
                        "kind", dated.kind().toString(),
                        "fingerprint", dated.fingerprint()),
                dated.notAfter().getEpochSecond());
    }
}
