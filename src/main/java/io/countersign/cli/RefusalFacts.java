package io.countersign.cli;

import io.countersign.ledger.RefusalRow;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/** What is told of something that was refused. */
final class RefusalFacts {
    private static final String HANDSHAKE = "handshake";

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
        put(facts, "approve", approve(row));
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

    /** What takes the certificate, should it be the partner's: only where nothing is wrong with it but that nobody knows it. */
    private static @Nullable String approve(RefusalRow row) {
        boolean unknown = row.code().equals("certificate-unknown")
                || (row.code().equals(HANDSHAKE)
                        && (row.reason().contains("no partner's file pins it")
                                || row.reason().contains("is not among the trusted authorities")
                                || row.reason().contains("is not by the key of")));
        return row.nearest() == null || row.certificate() == null || !unknown
                ? null
                : "countersign partners approve " + row.nearest() + " " + row.certificate();
    }

    private static void put(JsonObject facts, String name, @Nullable String value) {
        if (value != null) {
            facts.put(name, value);
        }
    }
}
