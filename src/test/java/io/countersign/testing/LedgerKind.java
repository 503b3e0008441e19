package io.countersign.testing;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.testing.PostgresServer.Database;
import java.io.IOException;
import java.nio.file.Path;

/** Each database that a ledger may be in. */
public enum LedgerKind {
    SQLITE,
    POSTGRESQL;

    /** An empty one. */
    public Database database(Path folder) {
        if (this == SQLITE) {
            return new Database("jdbc:sqlite:" + folder.resolve("ledger.db"), "", "");
        }
        try {
            return PostgresServer.shared().database();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** A ledger of one node in a database, open. */
    public static Ledger open(Database database, String node) throws LedgerException {
        Ledger ledger = new Ledger(database.url(), database.user(), database.password(), node);
        ledger.open();
        return ledger;
    }
}
