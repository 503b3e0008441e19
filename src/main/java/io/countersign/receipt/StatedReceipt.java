package io.countersign.receipt;

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

/** What a receipt says, whoever has written it: ours, or that of a partner who runs Countersign. */
public record StatedReceipt(String id, String name, String size, String sha256, String receivedAt) {
    private static final Set<String> MEMBERS = Set.of("id", "name", "size", "sha256", "receivedAt");

    /** @return none where the text is something else */
    public static @Nullable StatedReceipt parse(byte[] body) {
        try {
            return Jsoner.deserialize(new String(body, StandardCharsets.UTF_8)) instanceof JsonObject json
                            && MEMBERS.stream().allMatch(member -> isPlain(json.get(member)))
                    ? new StatedReceipt(
                            String.valueOf(json.get("id")),
                            String.valueOf(json.get("name")),
                            String.valueOf(json.get("size")),
                            String.valueOf(json.get("sha256")),
                            String.valueOf(json.get("receivedAt")))
                    : null;
        } catch (DeserializationException | RuntimeException notJson) {
            return null;
        }
    }

    /** Not a list or an object, whose text may be deeper than a stack. */
    private static boolean isPlain(@Nullable Object member) {
        return member instanceof String || member instanceof Number;
    }

    /**
     * How it differs from what was sent; empty where it does not.
     *
     * @param sentSize bytes
     * @param sentSha256 lower-case hexadecimal
     */
    public List<String> differences(String sentName, long sentSize, String sentSha256) {
        List<String> differences = new ArrayList<>();
        if (!isDigest(sentSha256)) {
            differences.add("its sha256 is " + sha256 + ", sent was " + sentSha256);
        }
        if (!isNumber(sentSize)) {
            differences.add("its size is " + size + " bytes, sent were " + sentSize);
        }
        if (!name.equals(sentName)) {
            differences.add("its name is '" + name + "', sent was '" + sentName + "'");
        }
        return differences;
    }

    /** Whether a payload of this size, in bytes, and digest, in lower-case hexadecimal, is the one that it is for. */
    public boolean isFor(long payloadSize, String payloadSha256) {
        return isDigest(payloadSha256) && isNumber(payloadSize);
    }

    private boolean isDigest(String expected) {
        return sha256.toLowerCase(Locale.ROOT).equals(expected);
    }

    private boolean isNumber(long expected) {
        try {
            return new BigDecimal(size).compareTo(BigDecimal.valueOf(expected)) == 0;
        } catch (NumberFormatException none) {
            return false;
        }
    }
}
