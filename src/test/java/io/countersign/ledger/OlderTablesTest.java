package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger after an upgrade, which the service has not opened yet. */
class OlderTablesTest {
    @TempDir
    private Path folder;

    @Test
    void aReaderThatNeedsNewerOnesSaysWhatMakesThem() throws Exception {
        Path file = folder.resolve("ledger.db");
        String url = "jdbc:sqlite:" + file;
        Flyway.configure()
                .dataSource(url, "", "")
                .locations("classpath:io/countersign/ledger")
                .table("ledger_version")
                .target("2")
                .load()
                .migrate();
        try (LedgerReader reader = new LedgerReader(url, "", "")) {
            assertThatThrownBy(() -> reader.read(connection -> new RefusalRows(connection).recent(1)))
                    .isInstanceOf(LedgerException.class)
                    .hasMessage("the ledger " + file + " cannot be read: it has tables of version 2; start the service"
                            + " once, which brings them to version " + Tables.NEWEST);
            String needsNoNewer = reader.read(connection -> Database.ask(connection, "SELECT COUNT(*) FROM transfer"));
            assertThat(needsNoNewer).isEqualTo("0");
            Entries.opened(new PostgresServer.Database(url, "", "")).close();
            List<RefusalRow> now = reader.read(connection -> new RefusalRows(connection).recent(1));
            assertThat(now).isEmpty();
        }
    }
}
