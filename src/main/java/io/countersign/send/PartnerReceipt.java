package io.countersign.send;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/** The receipt of a partner who runs Countersign: what it says that it took. */
record PartnerReceipt(String id, String name, String size, String sha256) {
    private static final Set<String> MEMBERS = Set.of("id", "name", "size", "sha256", "receivedAt");

    /** @return none where the text is something else */
    static @Nullable PartnerReceipt parse(byte[] body) {
        try {
            return Jsoner.deserialize(new String(body, StandardCharsets.UTF_8)) instanceof JsonObject json
                            && MEMBERS.stream().allMatch(member -> isPlain(json.get(member)))
                    ? new PartnerReceipt(
                            String.valueOf(json.get("id")),
                            String.valueOf(json.get("name")),
                            String.valueOf(json.get("size")),
                            String.valueOf(json.get("sha256")))
                    : null;
        } catch (DeserializationException | RuntimeException notJson) {
            return null;
        }
    }

    /** Not a list or an object, whose text may be deeper than a stack. */
    private static boolean isPlain(@Nullable Object member) {
        return member instanceof String || member instanceof Number;
    }

    /** How it differs from what was sent; empty where it does not. */
    List<String> differences(Attempt.Sent sent) {
        List<String> differences = new ArrayList<>();
        if (!sha256.toLowerCase(Locale.ROOT).equals(sent.sha256())) {
            differences.add("its sha256 is " + sha256 + ", sent was " + sent.sha256());
        }
        if (!isNumber(sent.size())) {
            differences.add("its size is " + size + " bytes, sent were " + sent.size());
        }
        if (!name.equals(sent.name())) {
            differences.add("its name is '" + name + "', sent was '" + sent.name() + "'");
        }
        return differences;
    }

    private boolean isNumber(long expected) {
        try {
            return new BigDecimal(size).compareTo(BigDecimal.valueOf(expected)) == 0;
        } catch (NumberFormatException none) {
            return false;
        }
    }
}
