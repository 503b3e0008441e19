package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.settings.InvalidSettingsException;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.PostgresServer.Database;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service does not start with a ledger that knows nothing of what its data folder shows. */
class LostLedgerTest {
    @TempDir
    private Path folder;

    private TestHome home;

    @BeforeEach
    void write() {
        home = new TestHome(folder);
        home.pinned("acme");
    }

    @ParameterizedTest
    @EnumSource
    void oneThatIsEmptyBesideReceiptsStopsTheStart(LedgerKind kind) throws Exception {
        use(kind.fresh(Files.createDirectories(home.data())));
        RunningService.start(home).close();
        write("receipts/acme/01a2091d-905c-79c1-b4d5-a24e9e014283.json");
        RunningService.start(home).close();

        use(kind.fresh(Files.createDirectories(home.data().resolve("deeper"))));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> RunningService.start(home))
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageContaining("1 problem")
                    .hasMessageContaining("countersign.ledger-url")
                    .hasMessageContaining("the ledger is empty although " + home.data() + " has receipts")
                    .hasMessageContaining("'countersign ledger rebuild'");
        }
    }

    @Test
    void oneThatIsEmptyBesideWhatWasSentStopsTheStart() throws Exception {
        write("sent/acme/order.xml.answer.json");
        assertThatThrownBy(() -> RunningService.start(home))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("sent/acme/order.xml.answer.json");
    }

    @Test
    void oneThatWasDeletedStopsTheStart() throws Exception {
        RunningService.start(home).close();
        write("receipts/acme/01a2091d-905c-79c1-b4d5-a24e9e014283.json");
        Files.delete(home.data().resolve("ledger.db"));
        assertThatThrownBy(() -> RunningService.start(home))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("the ledger is empty");
    }

    @Test
    void oneThatWasBuiltAnewIsTaken() throws Exception {
        RunningService.start(home).close();
        write("receipts/acme/01a2091d-905c-79c1-b4d5-a24e9e014283.json");
        Path file = home.data().resolve("ledger.db");
        Files.delete(file);
        try (Ledger ledger = new Ledger("jdbc:sqlite:" + file, "", "", Node.of(home.data()))) {
            ledger.open();
            ledger.markBuilt();
        }
        RunningService.start(home).close();
        assertThat(file).exists();
    }

    @Test
    void aFolderBelowTheDataFolderIsMadeAndNoOther() throws Exception {
        home.set("countersign.ledger-url", "jdbc:sqlite:data/deep/er/ledger.db");
        RunningService.start(home).close();
        assertThat(home.data().resolve("deep/er/ledger.db")).exists();
        home.set("countersign.ledger-url", "jdbc:sqlite:elsewhere/ledger.db");
        assertThatThrownBy(() -> RunningService.start(home))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("there is no folder " + folder.resolve("elsewhere"));
    }

    private void use(Database database) {
        home.set("countersign.ledger-url", database.url());
        home.set("countersign.ledger-user", database.user());
        home.set("countersign.ledger-password", database.password());
    }

    private void write(String file) throws Exception {
        Path path = home.data().resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, "{}");
    }
}
