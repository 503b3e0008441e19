package io.countersign.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tag of an XML text that is known to be well-formed, and where its parts stand.
 *
 * @param name without its prefix
 * @param attributes the ranges of their values, without quotes
 */
record XmlTag(Kind kind, String prefix, String name, int start, int end, Map<String, Range> attributes) {
    private static final Pattern NEXT = Pattern.compile(
            "<!--.*?-->|<!\\[CDATA\\[.*?]]>|<\\?.*?\\?>|<(/?)([\\w.-]+:)?([\\w.-]+)((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>",
            Pattern.DOTALL);
    private static final Pattern ATTRIBUTE = Pattern.compile("([\\w:.-]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')");

    enum Kind {
        OPEN,
        CLOSE,
        EMPTY
    }

    record Range(int start, int end) {
        String of(String text) {
            return text.substring(start, end);
        }
    }

    /** All of them in their order; comments, CDATA and processing instructions are passed over. */
    static List<XmlTag> in(String text) {
        List<XmlTag> tags = new ArrayList<>();
        Matcher next = NEXT.matcher(text);
        while (next.find()) {
            if (next.group(3) != null) {
                Map<String, Range> attributes = new LinkedHashMap<>();
                Matcher attribute = ATTRIBUTE.matcher(text).region(next.start(4), next.end(4));
                while (attribute.find()) {
                    int group = attribute.group(2) != null ? 2 : 3;
                    attributes.put(attribute.group(1), new Range(attribute.start(group), attribute.end(group)));
                }
                Kind kind =
                        !next.group(1).isEmpty() ? Kind.CLOSE : next.group(5).isEmpty() ? Kind.OPEN : Kind.EMPTY;
                String prefix = next.group(2) == null ? "" : next.group(2);
                tags.add(new XmlTag(kind, prefix, next.group(3), next.start(), next.end(), attributes));
            }
        }
        return tags;
    }

    /** The text of an attribute, with the predefined entities read; empty where there is none. */
    String attribute(String key, String text) {
        Range range = attributes.get(key);
        return range == null
                ? ""
                : range.of(text)
                        .replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&quot;", "\"")
                        .replace("&apos;", "'")
                        .replace("&amp;", "&");
    }

    static String escaped(String value) {
        return value.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;");
    }
}
