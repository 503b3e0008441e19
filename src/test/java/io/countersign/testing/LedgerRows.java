package io.countersign.testing;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Transfers;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/** What the ledger of a home says, beside whichever process uses it. */
public final class LedgerRows {
    private LedgerRows() {}

    /** All of it, in the order in which it began; nothing where there is no ledger yet. */
    public static List<Entry> of(TestHome home) {
        Settings settings = home.settings(new Problems());
        String url = settings.get("countersign.ledger-url");
        if (url.startsWith("jdbc:sqlite:") && Files.notExists(home.data().resolve("ledger.db"))) {
            return List.of();
        }
        try (Connection connection = DriverManager.getConnection(
                url, settings.get("countersign.ledger-user"), settings.get("countersign.ledger-password"))) {
            return new Transfers(connection).select("1 = 1 ORDER BY began, id");
        } catch (SQLException unusable) {
            if (String.valueOf(unusable.getMessage()).contains("no such table")) {
                return List.of(); // it is just being made
            }
            throw new IllegalStateException(unusable);
        }
    }
}
