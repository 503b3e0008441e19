package io.countersign.testing;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import java.nio.file.Path;

/** Each database that a ledger may be in. */
public enum LedgerKind {
    SQLITE;

    /** An empty one, open. */
    public Ledger open(Path folder, String node) throws LedgerException {
        Ledger ledger = new Ledger("jdbc:sqlite:" + folder.resolve("ledger.db"), "", "", node);
        ledger.open();
        return ledger;
    }
}
