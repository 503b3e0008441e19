package io.countersign.ledger;

import java.time.Instant;
import java.util.UUID;

/** How the ids of transfers are written: as a UUID (RFC 9562), in lower case. */
public final class TransferId {
    /** A regular expression without a group. */
    public static final String FORM = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static final int MILLIS = 16; // and what is to the right of them
    private static final int TIME_SORTED = 7;

    private TransferId() {}

    /** Whether it begins with the time of its making, as those do that we give. */
    public static boolean hasTime(String id) {
        return UUID.fromString(id).version() == TIME_SORTED;
    }

    /** The time that it begins with. */
    public static Instant time(String id) {
        return Instant.ofEpochMilli(UUID.fromString(id).getMostSignificantBits() >>> MILLIS);
    }
}
