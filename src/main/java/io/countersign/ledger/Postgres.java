package io.countersign.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.util.DriverDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Level;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A ledger in the schema of PostgreSQL that a connection is in by itself; several services may share it. */
final class Postgres implements Database {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.ledger");
    /** It would tell addresses with their passwords. */
    private static final java.util.logging.Logger DRIVER = java.util.logging.Logger.getLogger("org.postgresql");

    private static final Pattern PASSWORD = Pattern.compile("(?i)(password=)[^&]*");
    private static final String LEDGER = "one for all that reach it";

    private static final String CONNECT_SECONDS = "5";
    private static final String SILENCE_SECONDS = "15"; // with the above it is less than callers wait
    /** Nobody waits yet when it is prepared, and machines that have just started are slow. */
    private static final String FIRST_LOGIN_SECONDS = "20";

    /** Locks that others forgot must not last, ours neither; and what was committed must be on disk, whatever the server's usage. */
    private static final String TERMS = "SELECT set_config('lock_timeout', '" + LOCK_MILLIS + "', false),"
            + " set_config('idle_in_transaction_session_timeout', '" + SILENCE_SECONDS + "s', false),"
            + " CASE WHEN current_setting('synchronous_commit') = 'off'"
            + " THEN set_config('synchronous_commit', 'on', false) END";

    private final String url;
    private final String user;
    private final String password;

    Postgres(String url, String user, String password) {
        DRIVER.setLevel(Level.OFF);
        this.url = url;
        this.user = user;
        this.password = password;
    }

    @Override
    public String name() {
        return "the ledger " + PASSWORD.matcher(url).replaceAll("$1***");
    }

    @Override
    public void prepare() throws SQLException, LedgerException {
        mustBeAddress();
        DataSource source = source(FIRST_LOGIN_SECONDS);
        String there;
        try (Connection connection = source.getConnection()) {
            if (Database.ask(connection, "SELECT current_schema()").isEmpty()) {
                throw new LedgerException(
                        name() + " cannot be opened: no schema of its search_path exists ("
                                + Database.ask(connection, "SHOW search_path") + "); create one",
                        false,
                        null);
            }
            if (Database.ask(connection, "SHOW fsync").equals("off")) {
                LOG.warn("{}: the server's fsync is off, so that a power cut may undo what was promised", name());
            }
            there = Tables.there(connection);
        }
        Tables.bringUpToDate(this, source, there, 1);
    }

    @Override
    public Connection connect() throws SQLException {
        Connection connection = source().getConnection();
        try {
            var unused = Database.ask(connection, TERMS);
            unused = Database.ask(connection, TABLES);
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException failed) {
            Database.close(connection);
            throw failed;
        }
    }

    @Override
    public Connection look() throws SQLException, LedgerException {
        mustBeAddress();
        Connection connection = source().getConnection();
        try {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            var unused = Database.ask(connection, TABLES);
            return connection;
        } catch (SQLException failed) {
            Database.close(connection);
            throw failed;
        }
    }

    @Override
    public void begin(Connection writing) {
        // The driver does, at the first statement.
    }

    @Override
    public void commit(Connection writing) throws SQLException {
        writing.commit();
    }

    @Override
    public void rollback(Connection writing) throws SQLException {
        writing.rollback();
    }

    @Override
    public void drop(Connection writing) {
        Database.close(writing);
    }

    @Override
    public Object present() {
        return LEDGER;
    }

    @Override
    public void leave() {
        // Each connection finds it by itself, or not.
    }

    @Override
    public void readers(HikariConfig pool) {
        pool.setDataSource(source());
        pool.setReadOnly(true);
    }

    private DataSource source() {
        return source(CONNECT_SECONDS);
    }

    /** What the address itself says goes first. */
    private DataSource source(String loginSeconds) {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "countersign");
        properties.setProperty("loginTimeout", loginSeconds);
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        // In saying whether it speaks TLS it may be as slow as elsewhere; the driver allows 5,000 ms.
        properties.setProperty("sslResponseTimeout", SILENCE_SECONDS + "000");
        properties.setProperty("socketTimeout", SILENCE_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        return new DriverDataSource(url, null, properties, emptyToNull(user), emptyToNull(password));
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private void mustBeAddress() throws LedgerException {
        if (!isAddress()) {
            throw new LedgerException(
                    name() + " cannot be opened: that is no address of a database; accepted:"
                            + " jdbc:postgresql://HOST[:PORT]/DATABASE[?OPTION=VALUE&...]",
                    false,
                    null);
        }
    }

    private boolean isAddress() {
        try {
            DriverManager.getDriver(url);
            return true;
        } catch (SQLException nobodys) {
            return false;
        }
    }

    @Override
    public Trouble trouble(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException said) {
                return PostgresStates.trouble(said);
            }
        }
        return Trouble.ofWork(failed);
    }
}
