package io.countersign.transfer;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A hand-over that has been admitted: the exchange property {@value #PROPERTY}.
 *
 * @param partner its name, as admission found it; also the exchange property {@value #PARTNER}
 * @param certificate SHA-256 fingerprint of what the caller showed; none where a route takes anyone
 * @param address where the caller calls from
 * @param maxSize the largest payload taken, in bytes
 */
public record Transfer(String id, String partner, @Nullable String certificate, String address, long maxSize) {
    public static final String PROPERTY = "transfer";
    public static final String PARTNER = "partner";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int VERSION = 0x7000;

    /** A UUID version 7 (RFC 9562): sorts by the time of its making, to the millisecond. */
    public static String newId(Instant now) {
        long random = RANDOM.nextLong();
        long high = now.toEpochMilli() << 16 | VERSION | (random & 0xfff);
        long low = (RANDOM.nextLong() & 0x3fff_ffff_ffff_ffffL) | Long.MIN_VALUE;
        return new UUID(high, low).toString();
    }
}
