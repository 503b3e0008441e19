package io.countersign.cli;

import io.countersign.partner.KnownPartner;
import io.countersign.partner.Partners;
import io.countersign.refusal.Refusal;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.tls.Certificates;
import io.countersign.tls.KeyMaterialException;
import io.countersign.tls.OperatorTrust;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Collection;
import java.util.List;

/** Before anything starts: that who runs the service shows no certificate by which a partner is known. */
final class OperatorsCheck {
    private static final String KEY = "countersign.operators";

    private OperatorsCheck() {}

    static void check(
            Collection<OperatorTrust> operators, Partners partners, Settings settings, Clock clock, Problems problems) {
        if (settings.get(KEY).isBlank()) {
            return;
        }
        for (OperatorTrust trust : operators) {
            trust.useClock(clock);
            try {
                for (X509Certificate certificate : trust.certificates()) {
                    check(certificate, partners, settings, problems);
                }
            } catch (KeyMaterialException unusable) {
                problems.add(settings.where(KEY), String.valueOf(unusable.getMessage()));
            }
        }
    }

    private static void check(X509Certificate certificate, Partners partners, Settings settings, Problems problems) {
        String partner = partners.all().stream()
                .filter(known ->
                        known.pins().stream().anyMatch(pin -> pin.certificate().equals(certificate)))
                .map(KnownPartner::id)
                .findFirst()
                .orElseGet(() -> named(certificate, partners));
        if (!partner.isEmpty()) {
            problems.add(
                    settings.where(KEY),
                    "certificate " + Certificates.name(certificate) + " identifies partner " + partner
                            + "; accepted: one of the operator's own");
        }
    }

    private static String named(X509Certificate certificate, Partners partners) {
        try {
            return partners.identify(List.of(certificate)).id();
        } catch (Refusal nobodys) {
            return "";
        }
    }
}
