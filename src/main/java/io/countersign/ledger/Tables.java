package io.countersign.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;

/** The ledger's tables, made and brought up to date by Flyway. */
final class Tables {
    static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    /** The version of the tables that are known here: that of the last file of migrations. */
    static final String NEWEST = "7";

    private static final String VERSIONS = "ledger_version";

    private Tables() {}

    /**
     * Makes or changes them. Flyway is asked only where that is needed: it takes a twentieth of a start to find that it is not.
     *
     * @param there the version of those that are there
     * @param tries more than one where Flyway does not keep those apart who begin at once, so that one may find what another has
     *     half done
     * @throws LedgerException where they are those of a newer version, or of something else
     */
    static void bringUpToDate(Database database, DataSource source, String there, int tries) throws LedgerException {
        if (there.equals(NEWEST)) {
            return;
        }
        try {
            if (isNewer(there)) {
                throw new LedgerException(
                        database.name() + " cannot be opened: a newer Countersign made it (tables of version " + there
                                + "), which this one does not know; run that one",
                        false,
                        null);
            }
            flyway(source).migrate();
        } catch (FlywayException failed) {
            if (failed.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
                throw new LedgerException(
                        database.name() + " cannot be opened: it has the tables of something else; give the ledger a"
                                + " file, or a database or schema, of its own",
                        false,
                        failed);
            }
            if (tries > 1) {
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
                bringUpToDate(database, source, there, tries - 1);
                return;
            }
            throw database.trouble(failed).exception(database, "cannot be opened");
        }
    }

    /**
     * The version of those that are there; empty where there are none, or none of ours.
     *
     * @throws SQLException where that cannot be found out: Flyway alone would go on with those of a newer version
     */
    static String there(Connection connection) throws SQLException {
        try (ResultSet found = connection.getMetaData().getTables(null, connection.getSchema(), VERSIONS, null)) {
            return found.next() ? version(connection) : "";
        }
    }

    static boolean isNewer(String version) {
        return !version.isEmpty() && MigrationVersion.fromVersion(version).isNewerThan(NEWEST);
    }

    /** Whether this Countersign would change them. */
    static boolean isOlder(String version) {
        return !version.isEmpty() && MigrationVersion.fromVersion(NEWEST).isNewerThan(version);
    }

    /** The version of the tables that are there; empty where there are none yet. */
    static String version(Connection connection) throws SQLException {
        return Database.ask(
                connection,
                "SELECT version FROM " + VERSIONS
                        + " WHERE version IS NOT NULL AND success ORDER BY installed_rank DESC LIMIT 1");
    }

    private static Flyway flyway(DataSource source) {
        return Flyway.configure(Tables.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:io/countersign/ledger")
                .table(VERSIONS)
                .load();
    }
}
