package io.countersign.testing;

import io.countersign.testing.PostgresServer.Database;
import java.io.IOException;
import java.nio.file.Path;

/** The databases that a ledger may be in; each test of ledgers is for both. */
public enum LedgerKind {
    SQLITE {
        @Override
        public Database fresh(Path folder) {
            return new Database("jdbc:sqlite:" + folder.resolve("ledger.db"), "", "");
        }
    },
    POSTGRESQL {
        @Override
        public Database fresh(Path folder) throws IOException, InterruptedException {
            return PostgresServer.shared().database();
        }
    };

    /**
     * Where a ledger may be made.
     *
     * @param folder where its file would be
     */
    public abstract Database fresh(Path folder) throws IOException, InterruptedException;
}
