package io.countersign.transfer;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name that a sender gives a payload, and the name it gets on disk. What could lead out of a folder, hide, deceive a
 * reader or be another platform's device is refused or replaced, whichever leaves the operator with less to wonder about:
 * separators, control, format and unassigned characters are refused; what is merely awkward becomes {@code _}.
 */
public record PayloadName(String given) {
    private static final int MOST_BYTES = 255;
    private static final int MOST_BYTES_ON_DISK = 160;
    private static final Pattern REFUSED = Pattern.compile("[/\\\\\\p{Cntrl}\\p{C}\\p{Zl}\\p{Zp}]");
    private static final Pattern AWKWARD = Pattern.compile("[^\\p{L}\\p{M}\\p{N} ._+=@,()~-]");
    private static final Pattern LEADING = Pattern.compile("^[ .~-]+");
    private static final Pattern TRAILING = Pattern.compile("[ .]+$");
    private static final Pattern RESERVED =
            Pattern.compile("(?i)(con|prn|aux|nul|conin\\$|conout\\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\\..*)?");
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** @throws Refusal where the text cannot be the name of a file */
    public static PayloadName of(String text) throws Refusal {
        if (text.isBlank()) {
            throw refused("there is none; accepted: PUT or POST to …/NAME, or a Content-Disposition with a filename");
        }
        if (text.equals(".") || text.equals("..") || REFUSED.matcher(text).find()) {
            throw refused("it has a separator, a control or format character, or is a folder's");
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw refused("it is longer than " + MOST_BYTES + " bytes");
        }
        return new PayloadName(text);
    }

    /**
     * Reads a name out of the path of a request target, percent-decoding it once.
     *
     * @throws Refusal where it is not percent-encoded UTF-8, or cannot be the name of a file
     */
    public static PayloadName ofPath(String encoded) throws Refusal {
        ByteBuffer bytes = ByteBuffer.allocate(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            boolean escaped = c == '%';
            if (c > '~'
                    || (escaped
                            && !(i + 2 < encoded.length()
                                    && HexFormat.isHexDigit(encoded.charAt(i + 1))
                                    && HexFormat.isHexDigit(encoded.charAt(i + 2))))) {
                throw refused("its percent-encoding is broken");
            }
            bytes.put((byte) (escaped ? HexFormat.fromHexDigits(encoded, i + 1, i + 3) : c));
            i += escaped ? 2 : 0;
        }
        try {
            return of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException invalid) {
            throw refused("it is not UTF-8");
        }
    }

    /** Unique, never hidden, the same on every platform: {@code TIMESTAMP_ID_SAFE-NAME}. */
    public String onDisk(String id, Instant receivedAt) {
        return TIMESTAMP.format(receivedAt) + "_" + id + "_" + safe();
    }

    String safe() {
        String name = AWKWARD.matcher(Normalizer.normalize(given, Normalizer.Form.NFC))
                .replaceAll("_");
        name = TRAILING.matcher(LEADING.matcher(name).replaceFirst("_")).replaceFirst("_");
        return shorten(RESERVED.matcher(name).matches() ? "_" + name : name);
    }

    /** Cuts the middle, so that the ending still says what the file is. */
    private static String shorten(String name) {
        int dot = name.lastIndexOf('.');
        String ending = dot > 0 && name.length() - dot <= 16 ? name.substring(dot) : "";
        String stem = name.substring(0, name.length() - ending.length());
        while ((stem + ending).getBytes(StandardCharsets.UTF_8).length > MOST_BYTES_ON_DISK) {
            stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
        }
        return TRAILING.matcher(stem + ending).replaceFirst("_");
    }

    private static Refusal refused(String why) {
        return Refusal.of(Code.NAME_INVALID, "The payload's name cannot be used: " + why + ".");
    }
}
