package io.countersign.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** The table of data folders: which of them the ledger has everything of. */
final class Nodes {
    private Nodes() {}

    static boolean isBuilt(Connection connection, String node) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT built FROM ledger_node WHERE node = ? AND built IS NOT NULL")) {
            select.setString(1, node);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    static boolean built(Connection connection, String node) throws SQLException {
        return set(connection, node, "built");
    }

    static boolean seen(Connection connection, String node) throws SQLException {
        return set(connection, node, "seen");
    }

    private static boolean set(Connection connection, String node, String column) throws SQLException {
        String now = Transfers.text(Instant.now());
        try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO ledger_node (node, " + column
                + ") VALUES (?, ?) ON CONFLICT (node) DO UPDATE SET " + column + " = excluded." + column)) {
            upsert.setString(1, node);
            upsert.setString(2, now);
            return upsert.executeUpdate() == 1;
        }
    }
}
