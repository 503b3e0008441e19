package io.countersign.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Transfers on which nobody works any more, as far as their time is over: to be used within a {@link Work}. What is still
 * on its way is never among them, however old.
 */
public final class EndedTransfers {
    private static final String ENDED = "((direction = 'in' AND state IN ('received', 'failed'))"
            + " OR (direction = 'out' AND state IN ('sent', 'failed', 'withdrawn')))";
    private static final String RELEASE = "UPDATE transfer SET claim = NULL WHERE id IN (SELECT id FROM transfer WHERE"
            + " node = ? AND claim IS NOT NULL AND changed < ? AND direction = 'in' AND state = 'received' LIMIT ?)";
    private static final String DELETE = "DELETE FROM transfer WHERE id = ? AND changed < ? AND " + ENDED;

    private final Connection connection;
    private final String node;
    private final Instant time;

    /**
     * @param node whose transfers they are
     * @param time before which they ended
     */
    public EndedTransfers(Connection connection, String node, Instant time) {
        this.connection = connection;
        this.node = node;
        this.time = time;
    }

    /**
     * Frees the keys of what was received.
     *
     * @return how many; at most that many at once
     */
    public int release(int most) throws SQLException {
        try (PreparedStatement release = connection.prepareStatement(RELEASE)) {
            release.setString(1, node);
            release.setString(2, Transfers.text(time));
            release.setInt(3, most);
            return release.executeUpdate();
        }
    }

    /**
     * The oldest first.
     *
     * @param last of those that were found before, to go on after it
     */
    public List<Entry> find(@Nullable Entry last, int most) throws SQLException {
        String changed = last == null ? "" : Transfers.text(last.changed());
        return new Transfers(connection)
                .select(
                        "node = ? AND changed < ? AND changed >= ? AND (changed > ? OR id > ?) AND " + ENDED
                                + " ORDER BY changed, id LIMIT ?",
                        node,
                        Transfers.text(time),
                        changed,
                        changed,
                        last == null ? "" : last.id(),
                        most);
    }

    /** @return whether it went; not so where somebody works on it again */
    public boolean delete(String id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            delete.setString(1, id);
            delete.setString(2, Transfers.text(time));
            return delete.executeUpdate() == 1;
        }
    }
}
