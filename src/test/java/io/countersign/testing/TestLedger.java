package io.countersign.testing;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.testing.PostgresServer.Database;
import java.io.IOException;
import java.nio.file.Path;

/** Ledgers for tests of what is written into them. */
public final class TestLedger {
    private TestLedger() {}

    /** An empty one, open. */
    public static Ledger open(LedgerKind kind, Path folder, String node) throws LedgerException {
        try {
            return open(kind.fresh(folder), node);
        } catch (LedgerException failed) {
            throw failed;
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** One that may be there already, open. */
    public static Ledger open(Database database, String node) throws LedgerException {
        Ledger ledger = new Ledger(database.url(), database.user(), database.password(), node);
        ledger.open();
        return ledger;
    }
}
