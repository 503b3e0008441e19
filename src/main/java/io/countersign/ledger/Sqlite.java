package io.countersign.ledger;

import com.zaxxer.hikari.HikariConfig;
import io.countersign.ledger.LedgerFile.Trio;
import io.countersign.ledger.Trouble.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * A ledger in one file: a write-ahead log beside it, flushed at each commit. Transactions are begun and ended by statements,
 * since the driver would begin the next one, and so keep the file locked, right after the last.
 */
final class Sqlite implements Database {
    static final String PREFIX = "jdbc:sqlite:";

    private static final int TRIES = 20;

    private final String url;
    private final LedgerFile file;

    Sqlite(String url) {
        this.url = url;
        file = new LedgerFile(Path.of(url.substring(PREFIX.length())));
    }

    @Override
    public String name() {
        return "the ledger " + file.path();
    }

    @Override
    public void prepare() throws SQLException, LedgerException {
        Path folder = file.path().toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new LedgerException(
                    name() + " cannot be opened: there is no folder " + folder + "; make it", false, null);
        }
        if (url.contains("?")) {
            throw new LedgerException(
                    name() + " cannot be opened: it has options after '?'; accepted: " + PREFIX + "FILE", false, null);
        }
        SQLiteDataSource creating = new SQLiteDataSource(config());
        creating.setUrl(url);
        String there;
        try (Connection connection = made(creating)) {
            Database.run(connection, "BEGIN IMMEDIATE");
            Database.run(connection, "ROLLBACK");
            String journal = Database.ask(connection, "PRAGMA journal_mode");
            if (!journal.equals("wal")) {
                throw new LedgerException(
                        name() + " cannot be opened: its file system allows no write-ahead log (" + journal
                                + "); put it on a local disk",
                        false,
                        null);
            }
            there = Tables.there(connection);
        }
        Tables.bringUpToDate(this, creating, there, TRIES);
    }

    /** SQLite waits for a lock, but not for whoever just writes to a file that has no write-ahead log yet. */
    private static Connection made(SQLiteDataSource creating) throws SQLException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOCK_MILLIS);
        while (true) {
            try {
                return creating.getConnection();
            } catch (SQLException failed) {
                if (failed.getErrorCode() != SQLiteErrorCode.SQLITE_BUSY.code || System.nanoTime() - end >= 0) {
                    throw failed;
                }
                LockSupport.parkNanos(Tables.BETWEEN_TRIES.toNanos());
            }
        }
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(LOCK_MILLIS);
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setGetGeneratedKeys(false);
        return config;
    }

    /** Of a file that is there; none is made. */
    private static SQLiteConfig existing() {
        SQLiteConfig config = config();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        return config;
    }

    @Override
    public Connection connect() throws SQLException {
        Trio before = file.beforeOpening();
        Connection connection = KeptStatements.of(existing().createConnection(url));
        try {
            Database.ask(connection, TABLES);
            file.opened(before);
            return connection;
        } catch (SQLException failed) {
            Database.close(connection);
            throw failed;
        }
    }

    /** Not opened to be read alone, since who closes it last could not tidy up then what SQLite makes beside the file. */
    @Override
    public Connection look() throws SQLException, LedgerException {
        if (Files.notExists(file.path())) {
            throw new LedgerException(
                    name() + " is not there: nothing was transferred yet, or it is elsewhere (countersign.ledger-url,"
                            + " --home)",
                    false,
                    null);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(LOCK_MILLIS);
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        Connection connection = config.createConnection(url);
        try {
            Database.run(connection, "PRAGMA query_only = ON");
            Database.ask(connection, TABLES);
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException failed) {
            Database.close(connection);
            throw failed;
        }
    }

    @Override
    public void begin(Connection writing) throws SQLException {
        file.mustBeWhole();
        execute(writing, "BEGIN IMMEDIATE");
    }

    @Override
    public void commit(Connection writing) throws SQLException {
        file.mustBeWhole();
        execute(writing, "COMMIT");
    }

    /** It is parsed only once for a connection. */
    private static void execute(Connection writing, String sql) throws SQLException {
        try (PreparedStatement statement = writing.prepareStatement(sql)) {
            boolean unused = statement.execute();
        }
    }

    @Override
    public void rollback(Connection writing) throws SQLException {
        Database.run(writing, "ROLLBACK");
    }

    /** What is still in the log of a file that was taken away is brought into it: the log must not meet another file. */
    @Override
    public void drop(Connection writing) {
        try {
            rollback(writing);
        } catch (SQLException none) {
            // There was no transaction.
        }
        if (file.isLeft()) {
            try {
                Database.ask(writing, "PRAGMA wal_checkpoint(TRUNCATE)");
            } catch (SQLException lost) {
                // Where the log is seen to be there still, nothing else is opened with it.
            }
        }
        Database.close(writing);
    }

    @Override
    public Object present() throws SQLException {
        return file.present();
    }

    @Override
    public void leave() {
        file.left();
    }

    @Override
    public void readers(HikariConfig pool) throws SQLException {
        Object ledger = file.present();
        SQLiteDataSource source = new SQLiteDataSource(existing()) {
            @Override
            public SQLiteConnection getConnection(@Nullable String user, @Nullable String password)
                    throws SQLException {
                SQLiteConnection connection = super.getConnection(user, password);
                try {
                    Database.run(connection, "PRAGMA query_only = ON");
                    Database.ask(connection, TABLES);
                    if (!file.present().equals(ledger)) {
                        throw new GoneException(file.path() + " is another file now");
                    }
                    return connection;
                } catch (SQLException failed) {
                    Database.close(connection);
                    throw failed;
                }
            }
        };
        source.setUrl(url);
        pool.setDataSource(source);
    }

    @Override
    public Trouble trouble(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException sqlite) {
                return SqliteCodes.trouble(sqlite, file);
            }
            if (cause instanceof GoneException gone) {
                return new Trouble(
                        Kind.GONE,
                        String.valueOf(gone.getMessage()),
                        "put it back as it was, or stop the service, and " + SqliteCodes.RESTORE,
                        gone);
            }
        }
        return Trouble.ofWork(failed);
    }
}
