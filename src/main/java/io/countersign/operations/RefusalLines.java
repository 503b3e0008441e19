package io.countersign.operations;

import io.countersign.refusal.Event;
import io.countersign.refusal.Nearest;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.ShownCertificate;
import java.util.List;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What was refused, as the status page shows it. */
final class RefusalLines {
    private static final int MOST = 200;
    private static final int BYTES = 90_000;

    private RefusalLines() {}

    static JsonObject of(List<Event> events) {
        JsonObject refusals = new JsonObject();
        refusals.put("total", events.size());
        refusals.put("events", Lines.first(events.stream().map(RefusalLines::line), MOST, BYTES));
        return refusals;
    }

    private static JsonObject line(Event event) {
        Caller caller = event.caller();
        JsonObject line = new JsonObject();
        line.put("id", event.id());
        line.put("first", event.first().toString());
        line.put("last", event.last().toString());
        line.put("count", event.count());
        line.put("code", event.code());
        line.put("partner", known(caller.partner()));
        line.put("address", known(caller.address()));
        line.put("certificate", known(caller.certificate()));
        line.put("reason", Lines.text(event.reason()));
        line.put("tls", event.tls());
        line.put("server", Lines.text(event.server()));
        line.put(
                "chain",
                new JsonArray(event.chain().stream().map(RefusalLines::shown).toList()));
        Nearest nearest = event.nearest();
        if (nearest != null) {
            line.put("nearest", nearest.partner());
            line.put("difference", Lines.text(nearest.difference()));
        }
        if (event.approval() != null) {
            line.put("proven", event.isProven());
            line.put("approve", "bin/" + event.approval());
        }
        return line;
    }

    private static @Nullable String known(String text) {
        return text.equals(Caller.UNKNOWN) ? null : text;
    }

    private static JsonObject shown(ShownCertificate certificate) {
        JsonObject shown = new JsonObject();
        shown.put("subject", certificate.subject());
        shown.put("issuer", certificate.issuer());
        shown.put("serial", certificate.serial());
        shown.put("fingerprint", certificate.fingerprint());
        shown.put("notBefore", certificate.notBefore().toString());
        shown.put("notAfter", certificate.notAfter().toString());
        return shown;
    }
}
