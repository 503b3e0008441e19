package io.countersign.doctor;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An answer in HTTP/1.1 (RFC 9112), as far as an explanation needs it: the head, and the body up to 64 KiB. */
record HttpAnswer(int status, Map<String, String> headers, String body) {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-9]\\d\\d)(?: .*)?");
    private static final int MOST_BODY = 64 * 1024;
    private static final int MOST_HEAD = 32 * 1024;
    private static final int MOST_INTERIM = 10;
    private static final int FIRST_FINAL = 200;
    private static final int TOLD = 60;

    /** What the server has said is no HTTP. */
    static final class NotHttpException extends IOException {
        NotHttpException(String said) {
            super(said);
        }
    }

    static HttpAnswer read(InputStream in) throws IOException {
        for (int interim = 0; interim < MOST_INTERIM; interim++) {
            HttpAnswer answer = one(in);
            if (answer.status() >= FIRST_FINAL) {
                return answer;
            }
        }
        throw new NotHttpException("interim answers without end");
    }

    private static HttpAnswer one(InputStream in) throws IOException {
        String first = line(in, MOST_HEAD);
        Matcher status = STATUS.matcher(first);
        if (!status.matches()) {
            throw new NotHttpException(first.length() > TOLD ? first.substring(0, TOLD) + "…" : first);
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int left = MOST_HEAD;
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            left -= line.length() + 1;
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.putIfAbsent(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        int code = Integer.parseInt(status.group(1));
        return new HttpAnswer(code, headers, code < FIRST_FINAL || code == 204 || code == 304 ? "" : body(in, headers));
    }

    /** One that breaks off is as good here as it is. */
    private static String body(InputStream in, Map<String, String> headers) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            if (headers.getOrDefault("Transfer-Encoding", "")
                    .toLowerCase(Locale.ROOT)
                    .contains("chunked")) {
                for (int size = size(in); size > 0 && body.size() < MOST_BODY; size = size(in)) {
                    body.writeBytes(in.readNBytes(Math.min(size, MOST_BODY)));
                    line(in, MOST_HEAD);
                }
            } else {
                String length = headers.getOrDefault("Content-Length", "");
                body.writeBytes(in.readNBytes(
                        length.matches("\\d{1,6}") ? Math.min(Integer.parseInt(length), MOST_BODY) : MOST_BODY));
            }
        } catch (IOException brokenOff) {
            return body.toString(StandardCharsets.UTF_8);
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private static int size(InputStream in) throws IOException {
        String hex = line(in, TOLD).replaceAll(";.*", "").strip();
        return hex.matches("[0-9A-Fa-f]{1,6}") ? Integer.parseInt(hex, 16) : 0;
    }

    private static String line(InputStream in, int most) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                if (line.isEmpty()) {
                    throw new EOFException("the connection ended");
                }
                break;
            }
            if (line.length() >= most) {
                break;
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }
}
