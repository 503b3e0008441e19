package io.countersign.operations;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What of a long list is shown: its first lines, as far as a browser should be sent them every few seconds. */
final class Lines {
    private static final int LONGEST_TEXT = 500;

    private Lines() {}

    /** @param bytes of JSON, at most, however long its lines are */
    static JsonArray first(Stream<JsonObject> lines, int most, int bytes) {
        JsonArray taken = new JsonArray();
        int room = bytes;
        for (JsonObject line : (Iterable<JsonObject>) lines.limit(most)::iterator) {
            room -= line.toJson().getBytes(StandardCharsets.UTF_8).length;
            if (room < 0) {
                break;
            }
            taken.add(line);
        }
        return taken;
    }

    /** What strangers have written may be as long as they like. */
    static @Nullable String text(@Nullable String text) {
        return text == null || text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }
}
