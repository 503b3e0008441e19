package io.countersign.cli;

import io.countersign.text.OneLine;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/** Facts on standard output: as JSON for programs, or as lines for people, from the same structure. */
final class Shown {
    private static final int INDENT = 2;

    private Shown() {}

    static void json(PrintWriter out, Object facts) {
        String text = facts instanceof JsonArray array ? array.toJson() : ((JsonObject) facts).toJson();
        // A slash need not be escaped (RFC 8259, 7), and paths are easier to read so.
        out.println(Jsoner.prettyPrint(text, INDENT).strip().replace("\\/", "/"));
        out.flush();
    }

    /** As JSON in one line. */
    static String line(JsonObject facts) {
        return facts.toJson().replace("\\/", "/");
    }

    /** One line for each fact; what is empty is left out. */
    static void lines(PrintWriter out, JsonObject facts) {
        lines(out, facts, "");
        out.flush();
    }

    private static void lines(PrintWriter out, Map<?, ?> facts, String indent) {
        int width = facts.keySet().stream()
                .mapToInt(key -> words(key).length())
                .max()
                .orElse(0);
        facts.forEach((key, value) -> {
            String name = words(key);
            if (value instanceof Map<?, ?> nested) {
                out.println(indent + name + ":");
                lines(out, nested, indent + " ".repeat(INDENT));
            } else if (value instanceof Collection<?> list && list.stream().anyMatch(Map.class::isInstance)) {
                for (Object each : list) {
                    out.println(indent + name + ":");
                    lines(out, (Map<?, ?>) each, indent + " ".repeat(INDENT));
                }
            } else {
                String text = text(value);
                if (!text.isEmpty()) {
                    out.println(indent + name + ": " + " ".repeat(width - name.length()) + text);
                }
            }
        });
    }

    private static String text(@Nullable Object value) {
        if (value instanceof Collection<?> list) {
            return list.stream().map(Shown::text).collect(Collectors.joining(", "));
        }
        return value == null
                ? ""
                : value instanceof Boolean yes ? (yes ? "yes" : "no") : OneLine.printable(value.toString());
    }

    /** {@code validUntil} as people say it. */
    private static String words(Object key) {
        return key.toString().replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }

    /** Aligned columns, the last one as wide as it is. */
    static void table(PrintWriter out, List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + INDENT));
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }
}
