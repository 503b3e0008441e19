package io.countersign.operations;

import io.countersign.operations.History.Measure;
import io.countersign.operations.Overview.PartnerLine;
import io.countersign.tls.Dated;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** The partners, as the status page shows them: first the one of whom something ends next. */
final class PartnerLines {
    private static final int MOST = 300;
    private static final int BYTES = 90_000;
    private static final int DATES = 6;

    private PartnerLines() {}

    static JsonObject of(List<PartnerLine> all, Map<String, Map<Measure, Long>> lastDay, Instant now) {
        JsonObject partners = new JsonObject();
        partners.put("total", all.size());
        partners.put(
                "partners",
                Lines.first(
                        all.stream()
                                .sorted(Comparator.comparing(PartnerLines::nextEnd)
                                        .thenComparing(PartnerLine::name))
                                .map(partner -> line(partner, lastDay.getOrDefault(partner.name(), Map.of()), now)),
                        MOST,
                        BYTES));
        return partners;
    }

    private static JsonObject line(PartnerLine partner, Map<Measure, Long> lastDay, Instant now) {
        JsonObject line = new JsonObject();
        line.put("name", partner.name());
        line.put("enabled", partner.enabled());
        line.put("maxSize", partner.maxSize() == Long.MAX_VALUE ? null : partner.maxSize());
        line.put("url", Lines.text(partner.url()));
        line.put("used", partner.used() == null ? null : partner.used().toString());
        line.put("usedFrom", partner.usedFrom());
        JsonObject sums = new JsonObject();
        for (Measure measure : Measure.values()) {
            sums.put(measure.name().toLowerCase(Locale.ROOT), lastDay.getOrDefault(measure, 0L));
        }
        line.put("lastDay", sums);
        line.put(
                "certificates",
                new JsonArray(partner.dated().stream()
                        .sorted(Comparator.comparing(Dated::notAfter))
                        .limit(DATES)
                        .map(dated -> dated(dated, now))
                        .toList()));
        return line;
    }

    static JsonObject dated(Dated dated, Instant now) {
        JsonObject shown = new JsonObject();
        shown.put("kind", dated.kind().toString());
        shown.put("owner", dated.owner());
        shown.put("name", dated.name());
        shown.put("file", dated.file());
        shown.put("fingerprint", dated.fingerprint());
        shown.put("notAfter", dated.notAfter().toString());
        shown.put("days", Math.floorDiv(Duration.between(now, dated.notAfter()).toSeconds(), 86_400L));
        return shown;
    }

    private static Instant nextEnd(PartnerLine partner) {
        return partner.dated().stream()
                .map(Dated::notAfter)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }
}
