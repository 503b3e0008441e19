package io.countersign.ledger;

import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How many transfers have ended in each quarter of an hour: to be used within a {@link Work}. */
public final class TransferCounts {
    /** The first of them begins with 1970. */
    public static final Duration QUARTER = Duration.ofMinutes(15);

    /** Times are text, and both databases number the columns. */
    private static final String COUNT =
            "SELECT substr(changed, 1, 13), CAST(substr(changed, 15, 2) AS INTEGER) / 15, partner,"
                    + " direction, state, COUNT(*), SUM(size) FROM transfer WHERE node = ? AND changed >= ? AND changed < ?"
                    + " AND state IN ('received', 'sent', 'failed') GROUP BY 1, 2, 3, 4, 5";

    private final Connection connection;

    public TransferCounts(Connection connection) {
        this.connection = connection;
    }

    /**
     * Those of one partner that have ended alike.
     *
     * @param quarter how many quarters of an hour after the beginning of 1970
     */
    public record Count(long quarter, String partner, Direction direction, State state, long transfers, long bytes) {}

    /** @param until exclusive */
    public List<Count> between(String node, long quarter, long until) throws SQLException {
        try (PreparedStatement count = connection.prepareStatement(COUNT)) {
            count.setString(1, node);
            count.setString(2, Transfers.text(begin(quarter)));
            count.setString(3, Transfers.text(begin(until)));
            try (ResultSet rows = count.executeQuery()) {
                List<Count> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(new Count(
                            quarter(Instant.parse(rows.getString(1) + ":00:00Z")) + rows.getInt(2),
                            rows.getString(3),
                            Direction.valueOf(rows.getString(4).toUpperCase(Locale.ROOT)),
                            State.valueOf(rows.getString(5).toUpperCase(Locale.ROOT)),
                            rows.getLong(6),
                            rows.getLong(7)));
                }
                return found;
            }
        }
    }

    /** Which one a time is in. */
    public static long quarter(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), QUARTER.toSeconds());
    }

    public static Instant begin(long quarter) {
        return Instant.ofEpochSecond(quarter * QUARTER.toSeconds());
    }
}
