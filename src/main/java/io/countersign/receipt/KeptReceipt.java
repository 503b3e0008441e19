package io.countersign.receipt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A receipt in a file, or in two: as JSON, and signed. Where it lies says whose it is: below {@code receipts/PARTNER} we gave
 * it, below {@code sent/PARTNER} the partner did.
 *
 * @param partner by the folder; none where it lies elsewhere
 * @param json none where there is only the signed form
 * @param signed none where nobody has signed it
 * @param payloads where its payload would be: a file, or, of what was received, a folder in which its name has the receipt's
 *     id; none where nobody knows
 */
public record KeptReceipt(
        Direction direction,
        @Nullable String partner,
        @Nullable Path json,
        @Nullable Path signed,
        @Nullable Path payloads) {
    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern ID = Pattern.compile("[0-9a-f-]+");

    /** Which way the payload went. */
    public enum Direction {
        RECEIVED,
        SENT,
        /** Not of this installation, as far as its place says. */
        ELSEWHERE
    }

    /**
     * What is in the files.
     *
     * @param text the receipt's JSON, to the letter
     * @param signature none where nobody has signed it
     */
    public record Content(
            StatedReceipt stated, String text, @Nullable SignedReceipt signature) {}

    /** The file by which it is called. */
    public Path file() {
        return signed == null ? Objects.requireNonNull(json) : signed;
    }

    /**
     * Reads it.
     *
     * @throws ReceiptException where it is none, its signature does not hold, or its two forms differ
     */
    public Content read() throws ReceiptException, IOException {
        SignedReceipt signature = signed == null ? null : SignedReceipt.read(bytes(signed));
        byte[] stated = json == null ? null : bytes(json);
        if (signature != null && stated != null && !Arrays.equals(signature.content(), stated)) {
            throw new ReceiptException("what is signed in " + signed + " is not what " + json + " says");
        }
        return content(signature != null ? signature.content() : stated == null ? new byte[0] : stated, signature);
    }

    /** Reads what it says, signed or not, whether or not a signature holds. */
    public Content readStated() throws ReceiptException, IOException {
        return json == null ? read() : content(bytes(json), null);
    }

    private static Content content(byte[] json, @Nullable SignedReceipt signature) throws ReceiptException {
        StatedReceipt stated = StatedReceipt.parse(json);
        if (stated == null) {
            throw new ReceiptException(
                    "it is not a whole receipt (JSON with id, name, size, sha256 and receivedAt, or that signed)");
        }
        return new Content(stated, new String(json, StandardCharsets.UTF_8), signature);
    }

    /**
     * Where its payload is.
     *
     * @return none where it is not there any more, or was put elsewhere
     */
    public @Nullable Path payload(StatedReceipt stated) throws IOException {
        if (payloads == null || Files.isRegularFile(payloads)) {
            return payloads;
        }
        if (!Files.isDirectory(payloads) || !ID.matcher(stated.id()).matches()) {
            return null;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(payloads, "*_" + stated.id() + "_*")) {
            for (Path file : found) {
                return file;
            }
        }
        return null;
    }

    private static byte[] bytes(Path file) throws ReceiptException, IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new ReceiptException("it has more than " + MOST_BYTES + " bytes, and no receipt has");
        }
        return Files.readAllBytes(file);
    }
}
