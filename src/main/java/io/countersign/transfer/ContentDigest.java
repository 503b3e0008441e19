package io.countersign.transfer;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Content-Digest} that a sender announces (RFC 9530), and the digests taken while the payload is written.
 * Fails closed: a header that cannot be read, or has none of sha-256 and sha-512, refuses the payload, since its sender
 * believes it to be verified.
 */
final class ContentDigest {
    private static final String SHA_256 = "SHA-256";
    private static final Pattern MEMBER = Pattern.compile("\\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):\\s*");

    private final Map<String, byte[]> announced;
    private final List<MessageDigest> digests = new ArrayList<>();

    private ContentDigest(Map<String, byte[]> announced) {
        this.announced = announced;
        digests.add(digest(SHA_256));
        announced.keySet().stream().filter(name -> !name.equals(SHA_256)).forEach(name -> digests.add(digest(name)));
    }

    /** @throws Refusal where the header is not a dictionary of digests with one that we know */
    static ContentDigest of(@Nullable String header) throws Refusal {
        Map<String, byte[]> announced = new LinkedHashMap<>();
        if (header == null) {
            return new ContentDigest(announced);
        }
        for (String member : header.split(",", -1)) {
            Matcher form = MEMBER.matcher(member);
            if (!form.matches()) {
                throw malformed("'" + member.strip() + "' is not ALGORITHM=:BASE64:");
            }
            String name = form.group(1).toUpperCase(Locale.ROOT);
            if (name.equals(SHA_256) || name.equals("SHA-512")) {
                byte[] value = decode(form.group(2));
                if (value.length != digest(name).getDigestLength()) {
                    throw malformed(form.group(1) + " has " + value.length + " bytes");
                }
                announced.put(name, value);
            }
        }
        if (announced.isEmpty()) {
            throw malformed("it has neither sha-256 nor sha-512");
        }
        return new ContentDigest(announced);
    }

    /** Leaves the bytes as they are. */
    void update(ByteBuffer bytes) {
        digests.forEach(digest -> digest.update(bytes.duplicate()));
    }

    /**
     * Ends the digests.
     *
     * @return the payload's SHA-256
     * @throws Refusal where an announced digest is another one
     */
    byte[] verify() throws Refusal {
        byte[] sha256 = new byte[0];
        for (MessageDigest digest : digests) {
            String name = digest.getAlgorithm();
            byte[] actual = digest.digest();
            byte[] expected = announced.get(name);
            if (expected != null && !MessageDigest.isEqual(expected, actual)) {
                throw Refusal.of(
                        Code.DIGEST_MISMATCH,
                        "The " + name + " of what arrived is " + encode(actual) + ", announced was " + encode(expected)
                                + ".");
            }
            sha256 = name.equals(SHA_256) ? actual : sha256;
        }
        return sha256;
    }

    private static byte[] decode(String base64) throws Refusal {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw malformed("'" + base64 + "' is not base64");
        }
    }

    private static Refusal malformed(String why) {
        return Refusal.of(Code.REQUEST_INVALID, "Content-Digest cannot be read (RFC 9530): " + why + ".");
    }

    private static String encode(byte[] digest) {
        return Base64.getEncoder().encodeToString(digest);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
