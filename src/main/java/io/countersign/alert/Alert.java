package io.countersign.alert;

import io.countersign.text.OneLine;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.util.json.JsonObject;

/**
 * Something that somebody should be told of.
 *
 * @param partner empty where it concerns none, or nobody knows which
 * @param code what exactly, in one word; may be empty
 * @param about an address, a file: what makes it another one than those of the same kind, partner and code
 * @param text it in one line
 * @param details more of it, by name
 */
public record Alert(
        Instant at, Kind kind, String partner, String code, String about, String text, Map<String, Object> details) {
    private static final int LONGEST_PART = 200;
    private static final int LONGEST_TEXT = 1_000;

    /** What kinds there are. */
    public enum Kind {
        /** A request, or a handshake, was refused. */
        REFUSED,
        /** A file went to {@code failed/}, or has been waiting for long. */
        FAILED,
        /** A certificate ends soon, or has ended. */
        EXPIRING,
        /** There is no room, or soon will be none. */
        FULL,
        /** A file was changed, and what was before stays in force. */
        CHANGED_NOT_IN_FORCE,
        /** The ledger cannot be used. */
        LEDGER,
        /** There were more alerts than are sent one by one. */
        MORE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** What others have written is cut where it is long, and stays in one line. */
    public Alert {
        partner = line(partner, LONGEST_PART);
        code = line(code, LONGEST_PART);
        about = line(about, LONGEST_PART);
        text = line(text, LONGEST_TEXT);
        details = Map.copyOf(details);
    }

    private static String line(String text, int longest) {
        String line = OneLine.printable(text);
        return line.length() > longest ? line.substring(0, longest) + "…" : line;
    }

    /** By which it is known again. */
    record Matter(Kind kind, String partner, String code, String about) {}

    Matter matter() {
        return new Matter(kind, partner, code, about);
    }

    /** @param times how often it has come */
    JsonObject toJson(long times) {
        JsonObject json = new JsonObject();
        json.put("time", at.toString());
        json.put("kind", kind.toString());
        json.put("partner", partner.isEmpty() ? null : partner);
        json.put("code", code.isEmpty() ? null : code);
        json.put("text", text);
        json.put("times", times);
        JsonObject more = new JsonObject();
        details.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(detail -> more.put(detail.getKey(), detail.getValue()));
        json.put("details", more);
        return json;
    }
}
