package io.countersign.send;

import io.countersign.client.BoundedAnswer;
import io.countersign.receipt.ReceiptException;
import io.countersign.receipt.SignedReceipt;
import io.countersign.receipt.StatedReceipt;
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
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What a partner's server answered to a file, kept as evidence: status, headers, and the body up to 64 KiB. A signed receipt
 * counts as one only once its signature was read.
 */
final class Answer {
    private static final Set<String> SIGNED = Set.of("application/pkcs7-mime", "application/x-pkcs7-mime");

    private final Attempt.Sent sent;
    private final Instant answeredAt;
    private final int status;
    private final Map<String, Object> headers;
    private final byte[] body;
    private final boolean truncated;
    private final @Nullable SignedReceipt signed;

    private Answer(
            Attempt.Sent sent,
            Instant answeredAt,
            int status,
            Map<String, Object> headers,
            byte[] body,
            boolean truncated,
            @Nullable SignedReceipt signed) {
        this.sent = sent;
        this.answeredAt = answeredAt;
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.truncated = truncated;
        this.signed = signed;
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
                Clock.systemUTC().instant(),
                message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class),
                headers,
                truncated ? Arrays.copyOf(body, BoundedAnswer.MOST) : body,
                truncated,
                null);
    }

    /** The same, once the signature of its receipt was read. */
    Answer signed(SignedReceipt read) {
        return new Answer(sent, answeredAt, status, headers, body, truncated, read);
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

    /** Whether it is a receipt in its signed form, by what it says itself. */
    boolean isSigned() {
        String type = header("Content-Type");
        int end = type.indexOf(';');
        return isSuccess()
                && SIGNED.contains(
                        (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT));
    }

    /** @throws ReceiptException where it is none */
    SignedReceipt read() throws ReceiptException {
        return SignedReceipt.read(body);
    }

    @Nullable
    StatedReceipt receipt() {
        return truncated ? null : StatedReceipt.parse(content());
    }

    /** The receipt as JSON, to the letter, where it is one. */
    @Nullable
    String receiptText() {
        return receipt() == null ? null : new String(content(), StandardCharsets.UTF_8);
    }

    /** Who has signed the receipt; none where nobody has. */
    @Nullable
    String signer() {
        return signed == null ? null : signed.signerName();
    }

    private byte[] content() {
        return signed == null ? body : signed.content();
    }

    String header(String name) {
        return String.valueOf(headers.getOrDefault(name, ""));
    }

    /** The files that lie beside the one that was sent, by the ending of their names. */
    Map<String, byte[]> evidence() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(Papers.ANSWER, bytes(toJson()));
        if (isSigned() && !truncated) {
            files.put(Papers.SIGNED, body);
        }
        if (receipt() != null) {
            files.put(Papers.RECEIPT, content());
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
