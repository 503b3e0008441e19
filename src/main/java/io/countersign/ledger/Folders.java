package io.countersign.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The table of folders that payloads are delivered to: to be used within a {@link Work}. */
public final class Folders {
    private final Connection connection;

    public Folders(Connection connection) {
        this.connection = connection;
    }

    /** @return whether it was not there */
    public boolean add(String node, String path) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO folder (node, path) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, node);
            insert.setString(2, path);
            return insert.executeUpdate() == 1;
        }
    }

    public List<String> of(String node) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT path FROM folder WHERE node = ?")) {
            select.setString(1, node);
            try (ResultSet rows = select.executeQuery()) {
                List<String> paths = new ArrayList<>();
                while (rows.next()) {
                    paths.add(rows.getString(1));
                }
                return paths;
            }
        }
    }

    /** @return how many there were */
    public int forget(String node) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM folder WHERE node = ?")) {
            delete.setString(1, node);
            return delete.executeUpdate();
        }
    }
}
