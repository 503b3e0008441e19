package io.countersign.ledger;

import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which transfers are looked for, of all nodes; what is null leaves nothing out.
 *
 * @param since the first moment at which it may have begun
 * @param until and the first at which it may not any more
 * @param name judges the name that the sender gave
 * @param digest SHA-256, lower-case hexadecimal: all of it, or how it begins
 */
public record TransferSearch(
        @Nullable Direction direction,
        @Nullable State state,
        @Nullable String partner,
        @Nullable Instant since,
        @Nullable Instant until,
        @Nullable Predicate<String> name,
        @Nullable String digest) {
    private static final int DIGITS = 64;
    private static final String ID = "00000000-0000-0000-0000-000000000000";
    private static final String NEWEST_FIRST = " ORDER BY began DESC, id DESC";

    /** The newest, by when they began. */
    public List<Entry> newest(Connection connection, int most) throws SQLException {
        List<Object> values = new ArrayList<>();
        String condition = condition(values);
        return new Transfers(connection).first(most, name == null ? any -> true : name, condition, values);
    }

    /** @param values gets those of its parameters */
    String condition(List<Object> values) {
        List<String> conditions = new ArrayList<>(List.of("1 = 1"));
        where(conditions, values, "partner = ?", partner);
        where(conditions, values, "began >= ?", since == null ? null : Transfers.text(since));
        where(conditions, values, "began < ?", until == null ? null : Transfers.text(until));
        // Made no use of by an index, since half of all rows, sorted anew, would cost more than those in order of time.
        where(conditions, values, "direction || '' = ?", direction == null ? null : Transfers.word(direction));
        where(conditions, values, "state || '' = ?", state == null ? null : Transfers.word(state));
        if (digest != null) {
            where(conditions, values, "sha256 >= ?", digest + "0".repeat(DIGITS - digest.length()));
            where(conditions, values, "sha256 <= ?", digest + "f".repeat(DIGITS - digest.length()));
        }
        return String.join(" AND ", conditions) + NEWEST_FIRST;
    }

    private static void where(List<String> conditions, List<Object> values, String condition, @Nullable Object value) {
        if (value != null) {
            conditions.add(condition);
            values.add(value);
        }
    }

    /**
     * Those whose id begins so, in the order of their ids.
     *
     * @param prefix lower-case hexadecimal digits, with the hyphens of a UUID
     */
    public static List<Entry> withId(Connection connection, String prefix, int most) throws SQLException {
        // Between two whole ids, since a database may sort shorter texts by rules of its own.
        String rest = ID.substring(Math.min(prefix.length(), ID.length()));
        return new Transfers(connection)
                .first(
                        most,
                        any -> true,
                        "id >= ? AND id <= ? ORDER BY id",
                        List.of(prefix + rest, prefix + rest.replace('0', 'f')));
    }

    /** Those with the same content, in and out, newest first; without the one itself. */
    public static List<Entry> withContentOf(Connection connection, Entry entry, int most) throws SQLException {
        String sha256 = entry.sha256();
        return sha256 == null
                ? List.of()
                : new Transfers(connection)
                        .first(most, any -> true, "sha256 = ? AND id <> ?" + NEWEST_FIRST, List.of(sha256, entry.id()));
    }
}
