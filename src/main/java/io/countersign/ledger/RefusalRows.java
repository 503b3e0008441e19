package io.countersign.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of refusals: to be used within a {@link Work}. */
public final class RefusalRows {
    private static final String COLUMNS =
            "id, node, at, last_at, times, code, partner, address, certificate, reason, tls, server, chain, approval, nearest,"
                    + " difference";
    /** A service of an earlier version, on the same PostgreSQL, writes no other time than the first. */
    private static final String LAST = "COALESCE(last_at, at)";

    private static final String PUT = "INSERT INTO refusal (" + COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (id) DO UPDATE SET last_at = excluded.last_at, times = excluded.times";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM refusal ";
    private static final String DELETE = "DELETE FROM refusal WHERE id IN (SELECT id FROM refusal WHERE node = ? ";

    private final Connection connection;

    /** Which of them, since a crowd of the one must not drive out the other. */
    public enum Crowd {
        PARTNER("AND partner IS NOT NULL "),
        /** Whoever has shown a certificate that is nearly a partner's. */
        NEARLY_PARTNER("AND partner IS NULL AND nearest IS NOT NULL "),
        CERTIFICATE("AND partner IS NULL AND nearest IS NULL AND certificate IS NOT NULL "),
        /** Whoever has begun a handshake. */
        HANDSHAKE("AND partner IS NULL AND certificate IS NULL AND tls IS NOT NULL "),
        /** Whatever speaks no TLS. */
        NOISE("AND partner IS NULL AND certificate IS NULL AND tls IS NULL ");

        private final String condition;

        Crowd(String condition) {
            this.condition = condition;
        }

        public static Crowd of(RefusalRow row) {
            if (row.partner() != null) {
                return PARTNER;
            }
            if (row.nearest() != null) {
                return NEARLY_PARTNER;
            }
            return row.certificate() != null ? CERTIFICATE : row.tls() != null ? HANDSHAKE : NOISE;
        }
    }

    public RefusalRows(Connection connection) {
        this.connection = connection;
    }

    /** Adds those that are not in yet; of the others, how often they have happened by now. */
    public void put(List<RefusalRow> rows) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement(PUT)) {
            for (RefusalRow row : rows) {
                int i = 1;
                put.setString(i++, row.id());
                put.setString(i++, row.node());
                put.setString(i++, Transfers.text(row.first()));
                put.setString(i++, Transfers.text(row.last()));
                put.setLong(i++, row.times());
                put.setString(i++, row.code());
                put.setString(i++, row.partner());
                put.setString(i++, row.address());
                put.setString(i++, row.certificate());
                put.setString(i++, row.reason());
                put.setString(i++, row.tls());
                put.setString(i++, row.server());
                put.setString(i++, row.chain());
                put.setString(i++, row.approval());
                put.setString(i++, row.nearest());
                put.setString(i, row.difference());
                put.addBatch();
            }
            put.executeBatch();
        }
    }

    public Optional<RefusalRow> find(String id) throws SQLException {
        return select("WHERE id = ?", id).stream().findFirst();
    }

    /** The last ones of all nodes, the last that happened first. */
    public List<RefusalRow> recent(int limit) throws SQLException {
        return select("ORDER BY " + LAST + " DESC, id LIMIT ?", limit);
    }

    /**
     * The last ones of all nodes, the last that happened first.
     *
     * @param partner who it was, or might have been; this and the others narrow it where they are given
     */
    public List<RefusalRow> recent(
            @Nullable String partner,
            @Nullable String address,
            @Nullable String code,
            @Nullable Instant since,
            int limit)
            throws SQLException {
        StringBuilder condition = new StringBuilder("WHERE 1 = 1 ");
        List<Object> values = new ArrayList<>();
        if (partner != null) {
            condition.append("AND (partner = ? OR nearest = ?) ");
            values.add(partner);
            values.add(partner);
        }
        if (address != null) {
            condition.append("AND address = ? ");
            values.add(address);
        }
        if (code != null) {
            condition.append("AND code = ? ");
            values.add(code);
        }
        if (since != null) {
            condition.append("AND ").append(LAST).append(" >= ? ");
            values.add(Transfers.text(since));
        }
        values.add(limit);
        return select(condition + "ORDER BY " + LAST + " DESC, id LIMIT ?", values.toArray());
    }

    /** @param id how their ids begin: hexadecimal digits and hyphens */
    public List<RefusalRow> beginning(String id, int limit) throws SQLException {
        return select("WHERE id LIKE ? ORDER BY id LIMIT ?", id + "%", limit);
    }

    public int count(String node, Crowd crowd) throws SQLException {
        try (PreparedStatement count =
                connection.prepareStatement("SELECT COUNT(*) FROM refusal WHERE node = ? " + crowd.condition)) {
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
    public int deleteOldest(String node, Crowd crowd, int most) throws SQLException {
        return delete(DELETE + crowd.condition + "ORDER BY " + LAST + ", id LIMIT ?)", node, most);
    }

    /**
     * Deletes what has not happened since.
     *
     * @return how many went; at most that many go at once
     */
    public int deleteBefore(String node, Instant time, int most) throws SQLException {
        return delete(DELETE + "AND " + LAST + " < ? LIMIT ?)", node, Transfers.text(time), most);
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
                        Instant.parse(Objects.requireNonNullElse(rows.getString("last_at"), rows.getString("at"))),
                        rows.getLong("times"),
                        rows.getString("code"),
                        rows.getString("partner"),
                        rows.getString("address"),
                        rows.getString("certificate"),
                        rows.getString("reason"),
                        rows.getString("tls"),
                        rows.getString("server"),
                        rows.getString("chain"),
                        rows.getString("approval"),
                        rows.getString("nearest"),
                        rows.getString("difference")));
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
