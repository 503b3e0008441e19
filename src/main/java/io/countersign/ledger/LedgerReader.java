package io.countersign.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ledger beside the service that uses it, whether or not that runs. Makes nothing, and changes nothing: where there is
 * no ledger, or none that can be read, it says so.
 */
public final class LedgerReader implements AutoCloseable {
    private final Database database;
    private @Nullable Connection open;

    /** Does not connect yet; see {@link Ledger#Ledger}. */
    public LedgerReader(String url, String user, String password) {
        this.database = Database.at(url, user, password);
    }

    /**
     * Reads all that the work asks for as it is at one moment. After a failure the next call connects again.
     *
     * @throws LedgerException where it is not there or cannot be read, and why
     */
    public <T> T read(Work<T> work) throws LedgerException {
        try {
            Connection connection = open == null ? database.look() : open;
            open = connection;
            T read = work.in(connection);
            connection.rollback();
            return read;
        } catch (SQLException failed) {
            Trouble trouble = ofOlderTables(failed);
            close();
            throw (trouble == null ? database.trouble(failed) : trouble).exception(database, "cannot be read");
        }
    }

    /** Asked once something has failed: what needs nothing newer can be read all the same. */
    private @Nullable Trouble ofOlderTables(SQLException failed) {
        if (open == null) {
            return null;
        }
        try {
            open.rollback();
            String version = Tables.version(open);
            return Tables.isOlder(version)
                    ? new Trouble(
                            Trouble.Kind.WORK,
                            "it has tables of version " + version,
                            "start the service once, which brings them to version " + Tables.NEWEST,
                            failed)
                    : null;
        } catch (SQLException unknown) {
            failed.addSuppressed(unknown);
            return null;
        }
    }

    /** Without passwords. */
    @Override
    public String toString() {
        return database.name();
    }

    @Override
    public void close() {
        if (open != null) {
            Database.close(open);
            open = null;
        }
    }
}
