package io.countersign.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;

/** The ledger's tables, made and brought up to date by Flyway. */
final class Tables {
    static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

    /** The version of the tables that are known here: that of the last file of migrations. */
    static final String NEWEST = "7";

    private Tables() {}

    /**
     * Makes or changes them, where that is needed.
     *
     * @param tries more than one where Flyway does not keep those apart who begin at once, so that one may find what another has
     *     half done
     * @throws LedgerException where they are those of a newer version, or of something else
     */
    static void bringUpToDate(Database database, DataSource source, int tries) throws LedgerException {
        try {
            Flyway flyway = flyway(source);
            refuseNewer(database, flyway.info().all());
            flyway.migrate();
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
                bringUpToDate(database, source, tries - 1);
                return;
            }
            throw database.trouble(failed).exception(database, "cannot be opened");
        }
    }

    /** Whether they need no Flyway, which takes a twentieth of a start to find that out. */
    static boolean areUpToDate(Connection connection) {
        try {
            return version(connection).equals(NEWEST);
        } catch (SQLException noneYet) {
            return false;
        }
    }

    /** The version of the tables that are there; empty where there are none yet. */
    static String version(Connection connection) throws SQLException {
        return Database.ask(
                connection,
                "SELECT version FROM ledger_version WHERE version IS NOT NULL AND success ORDER BY installed_rank DESC LIMIT 1");
    }

    private static Flyway flyway(DataSource source) {
        return Flyway.configure(Tables.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:io/countersign/ledger")
                .table("ledger_version")
                .load();
    }

    private static void refuseNewer(Database database, MigrationInfo[] all) throws LedgerException {
        MigrationVersion newest = Stream.of(all)
                .filter(one -> one.getState() == MigrationState.FUTURE_SUCCESS
                        || one.getState() == MigrationState.FUTURE_FAILED)
                .map(MigrationInfo::getVersion)
                .max(MigrationVersion::compareTo)
                .orElse(null);
        if (newest != null) {
            throw new LedgerException(
                    database.name() + " cannot be opened: a newer Countersign made it (tables of version " + newest
                            + "), which this one does not know; run that one",
                    false,
                    null);
        }
    }
}
