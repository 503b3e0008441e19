package io.countersign.ledger;

import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The table of transfers: to be used within a {@link Work}. */
public final class Transfers {
    private static final List<String> COLUMNS = List.of(
            "node",
            "direction",
            "partner",
            "key",
            "claim",
            "name",
            "path",
            "size",
            "modified",
            "sha256",
            "state",
            "began",
            "changed",
            "attempts",
            "next",
            "reason",
            "receipt",
            "filed",
            "id");
    private static final String INSERT = "INSERT INTO transfer (" + String.join(", ", COLUMNS) + ") VALUES ("
            + "?, ".repeat(COLUMNS.size() - 1) + "?) ON CONFLICT DO NOTHING";
    private static final String UPDATE = "UPDATE transfer SET "
            + String.join(" = ?, ", COLUMNS.subList(0, COLUMNS.size() - 1)) + " = ? WHERE id = ?";
    private static final String BECOME =
            "UPDATE transfer SET state = ?, changed = ?, reason = ?, filed = ? WHERE id = ?";
    private static final String SELECT = "SELECT " + String.join(", ", COLUMNS) + " FROM transfer WHERE ";

    private static final int TO_THE_SECOND = "2026-11-29T00:00:00Z".length();

    /** PostgreSQL would send all rows of a search. */
    private static final int AT_ONCE = 500;

    private final Connection connection;

    public Transfers(Connection connection) {
        this.connection = connection;
    }

    /** @return whether it is in now; not so where another transfer has its id or its claim */
    public boolean add(Entry entry) throws SQLException {
        return write(INSERT, entry);
    }

    /** @return whether there was one to be replaced */
    public boolean replace(Entry entry) throws SQLException {
        return write(UPDATE, entry);
    }

    /**
     * Writes down what has become of it: its state and since when, why, and where its file is. The rest stays, and so do the
     * indexes of all that.
     *
     * @return whether it was there
     */
    public boolean become(Entry entry) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(BECOME)) {
            update.setString(1, word(entry.state()));
            update.setString(2, text(entry.changed()));
            update.setString(3, clean(entry.reason()));
            update.setString(4, entry.filed());
            update.setString(5, entry.id());
            return update.executeUpdate() == 1;
        }
    }

    public Optional<Entry> find(String id) throws SQLException {
        return select("id = ?", id).stream().findFirst();
    }

    /** Who has what a transfer would claim. */
    public Optional<Entry> claimed(Direction direction, String partner, String claim) throws SQLException {
        return select("direction = ? AND partner = ? AND claim = ?", word(direction), partner, claim).stream()
                .findFirst();
    }

    /** In the order in which they began. */
    public List<Entry> in(String node, Direction direction, State state) throws SQLException {
        return select(
                "node = ? AND direction = ? AND state = ? ORDER BY began, id", node, word(direction), word(state));
    }

    /** The rows for which a condition holds; it may end in an order and a limit. */
    public List<Entry> select(String condition, Object... values) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT + condition)) {
            for (int i = 0; i < values.length; i++) {
                select.setObject(i + 1, values[i]);
            }
            try (ResultSet rows = select.executeQuery()) {
                List<Entry> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(entry(rows));
                }
                return found;
            }
        }
    }

    /** The first ones of a search whose name passes, in the order that it asks for; what comes after them is not read. */
    List<Entry> first(int most, Predicate<String> name, String condition, List<?> values) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT + condition)) {
            select.setFetchSize(AT_ONCE);
            for (int i = 0; i < values.size(); i++) {
                select.setObject(i + 1, values.get(i));
            }
            try (ResultSet rows = select.executeQuery()) {
                List<Entry> found = new ArrayList<>();
                while (found.size() < most && rows.next()) {
                    if (name.test(rows.getString("name"))) {
                        found.add(entry(rows));
                    }
                }
                return found;
            }
        }
    }

    private boolean write(String sql, Entry entry) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            int i = 1;
            write.setString(i++, entry.node());
            write.setString(i++, word(entry.direction()));
            write.setString(i++, entry.partner());
            write.setString(i++, entry.key());
            write.setString(i++, entry.claim());
            write.setString(i++, entry.name());
            write.setString(i++, entry.path());
            write.setLong(i++, entry.size());
            write.setLong(i++, entry.modified());
            write.setString(i++, entry.sha256());
            write.setString(i++, word(entry.state()));
            write.setString(i++, text(entry.began()));
            write.setString(i++, text(entry.changed()));
            write.setInt(i++, entry.attempts());
            write.setString(i++, entry.next() == null ? null : text(entry.next()));
            write.setString(i++, clean(entry.reason()));
            write.setString(i++, clean(entry.receipt()));
            write.setString(i++, entry.filed());
            write.setString(i, entry.id());
            return write.executeUpdate() == 1;
        }
    }

    /** What others have written may hold what no database takes: a NUL (PostgreSQL), half a character. */
    private static @Nullable String clean(@Nullable String text) {
        return text == null
                ? null
                : new String(text.replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static Entry entry(ResultSet row) throws SQLException {
        String next = row.getString("next");
        return new Entry(
                row.getString("id"),
                row.getString("node"),
                Direction.valueOf(row.getString("direction").toUpperCase(Locale.ROOT)),
                row.getString("partner"),
                row.getString("key"),
                row.getString("claim"),
                row.getString("name"),
                row.getString("path"),
                row.getLong("size"),
                row.getLong("modified"),
                row.getString("sha256"),
                State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                Instant.parse(row.getString("began")),
                Instant.parse(row.getString("changed")),
                row.getInt("attempts"),
                next == null ? null : Instant.parse(next),
                row.getString("reason"),
                row.getString("receipt"),
                row.getString("filed"));
    }

    /** A time as the table has it: to the millisecond, always, so that times sort as text. */
    public static String text(Instant time) {
        String text = time.truncatedTo(ChronoUnit.MILLIS).toString();
        return text.length() > TO_THE_SECOND ? text : text.substring(0, TO_THE_SECOND - 1) + ".000Z";
    }

    /** A direction or state as the table has it. */
    public static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
