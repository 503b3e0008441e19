package io.countersign.ledger;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Where every transfer is written down. What {@link #commit} has returned from is on disk. Fails closed: while the ledger
 * cannot be reached, every call fails, and each new call tries again.
 */
public final class Ledger implements AutoCloseable {
    private final String url;
    private final String user;
    private final String password;
    private final String node;
    private volatile @Nullable HikariDataSource source;

    /**
     * Does not connect yet.
     *
     * @param url {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql:…}
     * @param node whose data folder its own transfers concern
     */
    public Ledger(String url, String user, String password, String node) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.node = node;
    }

    /** Connects, and brings the tables up to date. */
    public void open() throws LedgerException {
        try {
            source = Database.open(url, user, password);
        } catch (RuntimeException failed) {
            throw new LedgerException("the ledger at " + url + " cannot be opened: " + failed.getMessage(), failed);
        }
    }

    /** Whose data folder our own transfers concern. */
    public String node() {
        return node;
    }

    /** Does it within a transaction, and returns once that is durable. */
    public <T> T commit(Work<T> work) throws LedgerException {
        try (Connection connection = connection()) {
            T result = work.in(connection);
            connection.commit();
            return result;
        } catch (SQLException failed) {
            throw new LedgerException("the ledger cannot be written: " + failed.getMessage(), failed);
        }
    }

    /** Does what only reads. */
    public <T> T read(Work<T> work) throws LedgerException {
        try (Connection connection = connection()) {
            return work.in(connection);
        } catch (SQLException failed) {
            throw new LedgerException("the ledger cannot be read: " + failed.getMessage(), failed);
        }
    }

    private Connection connection() throws SQLException {
        HikariDataSource open = source;
        if (open == null) {
            throw new SQLException("it is not open");
        }
        return open.getConnection();
    }

    @Override
    public void close() {
        HikariDataSource open = source;
        source = null;
        if (open != null) {
            open.close();
        }
    }
}
