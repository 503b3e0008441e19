package io.countersign.receipt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which form of a receipt a request would like (RFC 9110, 12.5.1). Whoever does not say, says it wrongly, or would have
 * neither form gets JSON: a transfer never fails for its answer's form.
 */
final class AcceptHeader {
    private static final String SIGNED = "application/pkcs7-mime";
    private static final String JSON = "application/json";
    private static final String SMIME_TYPE = "smime-type";

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");

    /** How closely a range names a type: by itself, by its first half, or as anything. */
    private static final int EXACT = 2;

    private static final int HALF = 1;

    private record Range(
            String type, String subtype, @Nullable String smimeType, double weight) {
        /** @return negative where it does not name the type */
        int closeness(String wanted) {
            if ((type + "/" + subtype).equals(wanted)) {
                boolean other = wanted.equals(SIGNED) && smimeType != null && !smimeType.equals("signed-data");
                return other ? -1 : EXACT;
            }
            boolean half = subtype.equals("*") && wanted.startsWith(type + "/");
            return half ? HALF : type.equals("*") ? 0 : -1;
        }
    }

    private final List<Range> ranges;

    private AcceptHeader(List<Range> ranges) {
        this.ranges = ranges;
    }

    /** Whether the signed form is preferred: it weighs more than JSON, or the same and is named more closely. */
    static boolean prefersSigned(@Nullable String text) {
        try {
            AcceptHeader header = new AcceptHeader(ranges(text == null ? "" : text));
            double signed = header.weight(SIGNED).orElse(0);
            double json = header.weight(JSON).orElse(0);
            return signed > json || (signed == json && signed > 0 && header.closest(SIGNED) > header.closest(JSON));
        } catch (IllegalArgumentException notOne) {
            return false;
        }
    }

    /** That of the ranges that name the type most closely; none where none does. */
    private OptionalDouble weight(String wanted) {
        int closest = closest(wanted);
        return ranges.stream()
                .filter(range -> closest >= 0 && range.closeness(wanted) == closest)
                .mapToDouble(Range::weight)
                .max();
    }

    private int closest(String wanted) {
        return ranges.stream().mapToInt(range -> range.closeness(wanted)).max().orElse(-1);
    }

    private static List<Range> ranges(String text) {
        List<Range> ranges = new ArrayList<>();
        for (String element : split(text, ',')) {
            if (!element.isEmpty()) {
                ranges.add(range(split(element, ';')));
            }
        }
        return ranges;
    }

    private static Range range(List<String> parts) {
        String[] type = parts.get(0).toLowerCase(Locale.ROOT).split("/", -1);
        boolean wellFormed = type.length == 2
                && TOKEN.matcher(type[0]).matches()
                && TOKEN.matcher(type[1]).matches()
                && (!type[0].equals("*") || type[1].equals("*"));
        if (!wellFormed) {
            throw new IllegalArgumentException(parts.get(0));
        }
        String smimeType = null;
        double weight = 1;
        for (String part : parts.subList(1, parts.size())) {
            int equals = part.indexOf('=');
            String name =
                    (equals < 0 ? part : part.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
            String value = equals < 0 ? "" : part.substring(equals + 1).strip();
            if (name.equals("q")) {
                weight = weight(value, part);
            } else if (name.equals(SMIME_TYPE)) {
                smimeType = value.replace("\"", "").toLowerCase(Locale.ROOT);
            }
        }
        return new Range(type[0], type[1], smimeType, weight);
    }

    private static double weight(String value, String part) {
        if (!WEIGHT.matcher(value).matches()) {
            throw new IllegalArgumentException(part);
        }
        return Double.parseDouble(value);
    }

    /** Not within quotes. */
    private static List<String> split(String text, char at) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == at && !quoted) {
                parts.add(text.substring(begin, i).strip());
                begin = i + 1;
            }
        }
        if (quoted) {
            throw new IllegalArgumentException("a quote has no end");
        }
        parts.add(text.substring(begin).strip());
        return parts;
    }
}
