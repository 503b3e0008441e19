package io.countersign.testing;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP answer as read off a socket; interim answers are passed over and counted. */
public record Answer(int status, Map<String, String> headers, String body, int interim) {
    public static Answer read(InputStream in) throws IOException {
        int interim = 0;
        while (true) {
            String statusLine = line(in);
            int status = Integer.parseInt(statusLine.substring(9, 12));
            Map<String, String> headers = headers(in);
            if (status < 200) {
                interim++;
                continue;
            }
            byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
            return new Answer(status, headers, new String(body, StandardCharsets.UTF_8), interim);
        }
    }

    /** By name, in lower case; one that is there twice has both values, with a comma between them. */
    static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (one, another) -> one + ", " + another);
        }
        return headers;
    }

    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended; so far: " + line);
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
