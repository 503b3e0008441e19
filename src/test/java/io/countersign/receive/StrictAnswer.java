package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An answer that is all that RFC 9112 asks of one; whatever else comes over a connection is an error. */
record StrictAnswer(int status, Map<String, String> headers, String body) {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([1-5]\\d\\d) [ -~]*");
    private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([ -~]*)");

    /**
     * Takes apart what came over a connection until it was closed; interim answers are left out.
     *
     * @param toHead whether the first of them has no body, since it answers HEAD
     */
    static List<StrictAnswer> all(String bytes, boolean toHead) {
        List<StrictAnswer> answers = new ArrayList<>();
        int position = 0;
        while (position < bytes.length()) {
            int end = bytes.indexOf("\r\n\r\n", position);
            assertThat(end)
                    .as("the end of a head: %s", bytes.substring(position))
                    .isPositive();
            String[] lines = bytes.substring(position, end).split("\r\n", -1);
            Matcher status = STATUS.matcher(lines[0]);
            assertThat(status.matches()).as("a status line: %s", lines[0]).isTrue();
            Map<String, String> headers = new TreeMap<>();
            for (int i = 1; i < lines.length; i++) {
                Matcher field = FIELD.matcher(lines[i]);
                assertThat(field.matches()).as("a field: %s", lines[i]).isTrue();
                assertThat(headers.put(field.group(1).toLowerCase(Locale.ROOT), field.group(2)))
                        .as("a second %s", field.group(1))
                        .isNull();
            }
            position = end + 4;
            if (status.group(1).startsWith("1")) {
                continue;
            }
            assertThat(headers).as(bytes).containsKey("content-length").doesNotContainKey("transfer-encoding");
            int length = toHead && answers.isEmpty() ? 0 : Integer.parseInt(headers.get("content-length"));
            assertThat(bytes.length() - position)
                    .as("the body's length: %s", bytes)
                    .isGreaterThanOrEqualTo(length);
            byte[] body = bytes.substring(position, position + length).getBytes(StandardCharsets.ISO_8859_1);
            position += length;
            answers.add(new StrictAnswer(
                    Integer.parseInt(status.group(1)), headers, new String(body, StandardCharsets.UTF_8)));
        }
        return answers;
    }

    boolean isRefusal() {
        return status >= 400;
    }

    /** The field of a receipt or problem document. */
    String field(String name) {
        Matcher field = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(body);
        assertThat(field.find()).as("%s in %s", name, body).isTrue();
        return field.group(1);
    }
}
