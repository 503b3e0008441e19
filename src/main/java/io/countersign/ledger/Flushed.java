package io.countersign.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Up to when the receipts of a data folder are on disk.
 *
 * @param since receipts of what changed later may not be
 * @param boot the run of the operating system in which that was written down; none where it has no name
 */
public record Flushed(Instant since, @Nullable String boot) {
    /** What is written down of a data folder: to be used within a {@link Work}. */
    public static Optional<Flushed> of(Connection connection, String node) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT flushed, boot FROM ledger_node WHERE node = ?")) {
            select.setString(1, node);
            try (ResultSet rows = select.executeQuery()) {
                String since = rows.next() ? rows.getString("flushed") : null;
                return since == null
                        ? Optional.empty()
                        : Optional.of(new Flushed(Instant.parse(since), rows.getString("boot")));
            }
        }
    }

    /** @return whether the folder is known */
    public boolean write(Connection connection, String node) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE ledger_node SET flushed = ?, boot = ? WHERE node = ?")) {
            update.setString(1, Transfers.text(since));
            update.setString(2, boot);
            update.setString(3, node);
            return update.executeUpdate() == 1;
        }
    }
}
