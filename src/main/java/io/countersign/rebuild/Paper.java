package io.countersign.rebuild;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/** A JSON document that lies beside a file, and its members as the ledger needs them. */
record Paper(JsonObject json) {
    private static final long MOST = 1 << 20;
    private static final int LONGEST_ID = 36;

    static Paper read(Path file) throws IOException, DamagedException {
        try {
            if (Jsoner.deserialize(text(file)) instanceof JsonObject json) {
                return new Paper(json);
            }
            throw new DamagedException("it is not a JSON object");
        } catch (DeserializationException | RuntimeException notJson) {
            throw new DamagedException("it is not JSON");
        }
    }

    /** @throws DamagedException where no text of ours, or one that a partner sends, is like it */
    static String text(Path file) throws IOException, DamagedException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MOST) {
            throw new DamagedException("it is no file, or larger than " + MOST + " bytes");
        }
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            if (text.indexOf('\0') >= 0) {
                throw new DamagedException("it has bytes of zero in it");
            }
            return text;
        } catch (CharacterCodingException binary) {
            throw new DamagedException("it is not UTF-8");
        }
    }

    String text(String member) throws DamagedException {
        String value = optional(member);
        if (value == null) {
            throw new DamagedException("it has no '" + member + "'");
        }
        return value;
    }

    @Nullable
    String optional(String member) throws DamagedException {
        Object value = json.get(member);
        if (value == null || (value instanceof String text && text.indexOf('\0') < 0)) {
            return (String) value;
        }
        throw new DamagedException("its '" + member + "' is no text");
    }

    /** An Idempotency-Key of ours. */
    String key(String member) throws DamagedException {
        String key = text(member).replaceFirst("^urn:uuid:", "");
        if (key.isEmpty() || key.length() > LONGEST_ID) {
            throw new DamagedException("its '" + member + "' is no key of ours");
        }
        return key;
    }

    /** Lower-case hexadecimal. */
    @Nullable
    String sha256() throws DamagedException {
        String digest = optional("sha256");
        if (digest != null && !digest.matches("[0-9a-f]{64}")) {
            throw new DamagedException("its 'sha256' is no digest");
        }
        return digest;
    }

    long number(String member, long otherwise) throws DamagedException {
        Object value = json.get(member);
        if (value instanceof Number number && number.longValue() >= 0) {
            return number.longValue();
        }
        if (value == null) {
            return otherwise;
        }
        throw new DamagedException("its '" + member + "' is no number");
    }

    Instant time(String member) throws DamagedException {
        try {
            return Instant.parse(text(member));
        } catch (DateTimeException none) {
            throw new DamagedException("its '" + member + "' is no time");
        }
    }

    /** That it lies in the folder of the partner that it names. */
    void mustBeOf(String partner) throws DamagedException {
        String named = optional("partner");
        if (named != null && !named.equals(partner)) {
            throw new DamagedException("it is of the partner '" + named + "'");
        }
    }
}
