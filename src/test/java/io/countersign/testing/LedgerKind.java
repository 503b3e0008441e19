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

    /** Has a home's service use a fresh one. */
    public void in(TestHome home) {
        try {
            Database database = fresh(home.data());
            home.set("countersign.ledger-url", database.url())
                    .set("countersign.ledger-user", database.user())
                    .set("countersign.ledger-password", database.password());
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
