package io.countersign.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of refusals: to be used within a {@link Work}. */
public final class RefusalRows {
    private static final String COLUMNS = "id, node, at, code, partner, address, certificate, reason";
    private static final String INSERT =
            "INSERT INTO refusal (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM refusal ";
    private static final String DELETE = "DELETE FROM refusal WHERE id IN (SELECT id FROM refusal WHERE node = ? ";

    private final Connection connection;

    public RefusalRows(Connection connection) {
        this.connection = connection;
    }

    /** Adds those that are not in yet. */
    public void add(List<RefusalRow> rows) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (RefusalRow row : rows) {
                int i = 1;
                insert.setString(i++, row.id());
                insert.setString(i++, row.node());
                insert.setString(i++, Transfers.text(row.at()));
                insert.setString(i++, row.code());
                insert.setString(i++, row.partner());
                insert.setString(i++, row.address());
                insert.setString(i++, row.certificate());
                insert.setString(i, row.reason());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    public Optional<RefusalRow> find(String id) throws SQLException {
        return select("WHERE id = ?", id).stream().findFirst();
    }

    /** The last ones of all nodes, newest first. */
    public List<RefusalRow> recent(int limit) throws SQLException {
        return select("ORDER BY at DESC, id LIMIT ?", limit);
    }

    public int count(String node) throws SQLException {
        try (PreparedStatement count = connection.prepareStatement("SELECT COUNT(*) FROM refusal WHERE node = ?")) {
            count.setString(1, node);
            try (ResultSet row = count.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    /**
     * Deletes the oldest.
     *
     * @return how many went
     */
    public int deleteOldest(String node, int most) throws SQLException {
        return delete(DELETE + "ORDER BY at, id LIMIT ?)", node, most);
    }

    /**
     * Deletes what is older.
     *
     * @return how many went; at most that many go at once
     */
    public int deleteBefore(String node, Instant time, int most) throws SQLException {
        return delete(DELETE + "AND at < ? LIMIT ?)", node, Transfers.text(time), most);
    }

    private int delete(String sql, Object... values) throws SQLException {
        try (PreparedStatement delete = prepare(sql, values)) {
            return delete.executeUpdate();
        }
    }

    private List<RefusalRow> select(String condition, Object... values) throws SQLException {
        try (PreparedStatement select = prepare(SELECT + condition, values);
                ResultSet rows = select.executeQuery()) {
            List<RefusalRow> found = new ArrayList<>();
            while (rows.next()) {
                found.add(new RefusalRow(
                        rows.getString("id"),
                        rows.getString("node"),
                        Instant.parse(rows.getString("at")),
                        rows.getString("code"),
                        rows.getString("partner"),
                        rows.getString("address"),
                        rows.getString("certificate"),
                        rows.getString("reason")));
            }
            return found;
        }
    }

    private PreparedStatement prepare(String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
