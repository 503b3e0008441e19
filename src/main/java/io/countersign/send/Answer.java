package io.countersign.send;

import io.countersign.client.BoundedAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What a partner's server answered to a file, kept as evidence: status, headers, and the body up to 64 KiB. */
final class Answer {
    private final Attempt.Sent sent;
    private final Instant answeredAt = Clock.systemUTC().instant();
    private final int status;
    private final Map<String, Object> headers;
    private final byte[] body;
    private final boolean truncated;

    private Answer(Attempt.Sent sent, int status, Map<String, Object> headers, byte[] body, boolean truncated) {
        this.sent = sent;
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.truncated = truncated;
    }

    static Answer of(Exchange exchange, Attempt.Sent sent) throws IOException {
        Message message = exchange.getMessage();
        Map<String, Object> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        message.getHeaders().forEach((name, value) -> {
            if (!name.startsWith("Camel")) {
                headers.put(name, value);
            }
        });
        byte[] body = new byte[0];
        try (InputStream content = message.getBody(InputStream.class)) {
            if (content != null) {
                body = content.readNBytes(BoundedAnswer.MOST + 1);
            }
        }
        boolean truncated = body.length > BoundedAnswer.MOST;
        return new Answer(
                sent,
                message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class),
                headers,
                truncated ? Arrays.copyOf(body, BoundedAnswer.MOST) : body,
                truncated);
    }

    Attempt.Sent sent() {
        return sent;
    }

    int status() {
        return status;
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    @Nullable
    PartnerReceipt receipt() {
        return truncated ? null : PartnerReceipt.parse(body);
    }

    String header(String name) {
        return String.valueOf(headers.getOrDefault(name, ""));
    }

    /** The files that lie beside the one that was sent, by the ending of their names. */
    Map<String, byte[]> evidence() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(Papers.ANSWER, bytes(toJson()));
        if (receipt() != null) {
            files.put(Papers.RECEIPT, body);
        }
        return files;
    }

    JsonObject toJson() {
        JsonObject json = sent.toJson();
        json.put("answeredAt", answeredAt.toString());
        json.put("status", status);
        JsonObject all = new JsonObject();
        headers.forEach((name, value) -> all.put(name, value instanceof Iterable ? value : String.valueOf(value)));
        json.put("headers", all);
        String text = text();
        json.put(
                text == null ? "bodyBase64" : "body",
                text == null ? Base64.getEncoder().encodeToString(body) : text);
        json.put("bodyTruncated", truncated);
        return json;
    }

    static byte[] bytes(JsonObject json) {
        return (json.toJson() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** @return none where the body is not UTF-8 */
    @Nullable
    String text() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException binary) {
            return null;
        }
    }
}
