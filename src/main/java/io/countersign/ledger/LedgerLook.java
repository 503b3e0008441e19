package io.countersign.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A look at a ledger that changes nothing, beside a service that uses it or without one.
 *
 * @param name without passwords
 * @param version of its tables; empty where it has none yet
 * @param isNewer whether a newer Countersign made these
 * @param damage what SQLite's quick check finds; empty where nothing is
 * @param knowsFolder whether it has everything of this data folder
 */
public record LedgerLook(String name, String version, boolean isNewer, String damage, boolean knowsFolder) {
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(30);

    /** @throws LedgerException where it cannot be reached or read */
    public static LedgerLook at(String url, String user, String password, String node) throws LedgerException {
        Database database = Database.at(url, user, password);
        try (Connection connection = database instanceof Sqlite ? file(url) : database.connect()) {
            String damage = database instanceof Sqlite ? damage(connection) : "";
            String version = Tables.version(connection);
            return new LedgerLook(
                    database.name(), version, Tables.isNewer(version), damage, Nodes.isBuilt(connection, node));
        } catch (SQLException failed) {
            throw database.trouble(failed).exception(database, "cannot be read");
        }
    }

    /** Without a log beside it nobody writes to it, and SQLite need not make one. */
    private static Connection file(String url) throws SQLException {
        String path = url.substring(Sqlite.PREFIX.length());
        boolean isInUse = Files.exists(Path.of(path + "-wal"));
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(Database.LOCK_MILLIS);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(
                isInUse
                        ? url
                        : Sqlite.PREFIX + Path.of(path).toUri().toString().replace("file:///", "file:/")
                                + "?immutable=1");
        return source.getConnection();
    }

    private static String damage(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout((int) LONGEST_CHECK.toSeconds());
            @Nullable String found;
            try (var rows = statement.executeQuery("PRAGMA quick_check(1)")) {
                found = rows.next() ? rows.getString(1) : null;
            }
            return found == null || found.equals("ok") ? "" : found;
        }
    }
}
