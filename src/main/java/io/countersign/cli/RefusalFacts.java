package io.countersign.cli;

import io.countersign.ledger.RefusalRow;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/** What is told of something that was refused. */
final class RefusalFacts {
    private RefusalFacts() {}

    static JsonObject of(RefusalRow row) {
        JsonObject facts = new JsonObject();
        facts.put("id", row.id());
        facts.put("code", row.code());
        facts.put("reason", row.reason());
        put(facts, "partner", row.partner());
        if (row.nearest() != null) {
            facts.put("nearest", nearest(row));
        }
        put(facts, "address", row.address());
        facts.put("first", TransferFacts.time(row.first()));
        facts.put("last", TransferFacts.time(row.last()));
        facts.put("times", row.times());
        put(facts, "tls", row.tls());
        put(facts, "wantedServer", row.server());
        facts.put("shown", chain(row));
        put(facts, "approve", row.approval());
        return facts;
    }

    static String nearest(RefusalRow row) {
        return row.nearest() + ": " + row.difference();
    }

    static String known(@Nullable String text) {
        return text == null ? "-" : text;
    }

    private static JsonArray chain(RefusalRow row) {
        String chain = row.chain();
        return chain == null ? new JsonArray() : Jsoner.deserialize(chain, new JsonArray());
    }

    private static void put(JsonObject facts, String name, @Nullable String value) {
        if (value != null) {
            facts.put(name, value);
        }
    }
}
