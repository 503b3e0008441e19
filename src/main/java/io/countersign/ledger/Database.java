package io.countersign.ledger;

import com.zaxxer.hikari.HikariConfig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What differs between SQLite and PostgreSQL. Nothing but {@link #prepare} ever creates anything. */
sealed interface Database permits Sqlite, Postgres {
    /** How long to wait for others who have locked something. */
    int LOCK_MILLIS = 5_000;

    /** Both have it that way. */
    String TABLES = "SELECT 1 FROM transfer WHERE 1 = 0";

    static Database at(String url, String user, String password) {
        return url.startsWith(Sqlite.PREFIX) ? new Sqlite(url) : new Postgres(url, user, password);
    }

    /** For messages: without a password. */
    String name();

    /** At the start: creates what is missing, and brings the tables up to date. */
    void prepare() throws SQLException, LedgerException;

    /** A connection for the writer. From now on this is the ledger, until {@link #leave}. */
    Connection connect() throws SQLException;

    /** A connection of its own to what is there, which only reads, in transactions. */
    Connection look() throws SQLException, LedgerException;

    void begin(Connection writing) throws SQLException;

    /** Returns once it is durable; fails where the ledger is not the one any more that was connected to. */
    void commit(Connection writing) throws SQLException;

    void rollback(Connection writing) throws SQLException;

    /** Ends a writer's connection, and the transaction in it; never fails. */
    void drop(Connection writing);

    /**
     * Which ledger the writer has connected to.
     *
     * @throws SQLException where it is not there any more
     */
    Object present() throws SQLException;

    /** Nobody is to use what is open any more; readers wait for the writer's next connection. */
    void leave();

    /** Says how a pool of connections reads the ledger that is present. */
    void readers(HikariConfig pool) throws SQLException;

    Trouble trouble(Throwable failed);

    /** The first column of the first row; empty where there is none. */
    static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            String found = rows.next() ? rows.getString(1) : null;
            return found == null ? "" : found;
        }
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException broken) {
            // It is given up anyway.
        }
    }
}
