package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Ledger;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.TestLedger;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest {
    /** It is asked for each file, and there may be a million rows of those that were sent. */
    @Test
    void whatWasWithdrawnIsFoundByItsOwnIndex(@TempDir Path folder) throws Exception {
        try (Ledger ledger = TestLedger.open(LedgerKind.SQLITE, folder, "here")) {
            String plan = ledger.read(connection -> {
                try (PreparedStatement explain = connection.prepareStatement(
                                "EXPLAIN QUERY PLAN SELECT * FROM transfer WHERE " + Rows.AS_WITHDRAWN);
                        ResultSet rows = explain.executeQuery()) {
                    return rows.getString("detail");
                }
            });
            assertThat(plan).contains("USING INDEX transfer_withdrawn (node=? AND partner=? AND path=?)");
        }
    }
}
