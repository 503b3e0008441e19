package io.countersign.testing;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Transfers;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** What the ledger of a home says, beside whichever process uses it. */
public final class LedgerRows {
    private static final String SQLITE = "jdbc:sqlite:";

    private LedgerRows() {}

    /** All of it, in the order in which it began; nothing where there is no ledger yet. */
    public static List<Entry> of(TestHome home) {
        if (url(home).startsWith(SQLITE) && Files.notExists(home.data().resolve("ledger.db"))) {
            return List.of();
        }
        try (Connection connection = connect(home)) {
            return new Transfers(connection).select("1 = 1 ORDER BY began, id");
        } catch (SQLException unusable) {
            if (String.valueOf(unusable.getMessage()).matches("(?s).*(no such table|does not exist).*")) {
                return List.of(); // it is just being made, or hidden
            }
            throw new IllegalStateException(unusable);
        }
    }

    /** Makes the ledger unusable for who has it open. */
    public static void hide(TestHome home) {
        run(home, "ALTER TABLE transfer RENAME TO hidden");
    }

    /** Ends that. */
    public static void show(TestHome home) {
        run(home, "ALTER TABLE hidden RENAME TO transfer");
    }

    private static void run(TestHome home, String sql) {
        try (Connection connection = connect(home);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Connection connect(TestHome home) throws SQLException {
        Settings settings = home.settings(new Problems());
        return DriverManager.getConnection(
                url(home), settings.get("countersign.ledger-user"), settings.get("countersign.ledger-password"));
    }

    private static String url(TestHome home) {
        return home.settings(new Problems()).get("countersign.ledger-url");
    }
}
