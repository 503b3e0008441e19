package io.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Node;
import io.countersign.ledger.Transfers;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.PostgresServer.Database;
import io.countersign.testing.Ran;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import io.countersign.testing.TestLedger;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ledger that was lost is made anew by a command, and keys that were used still are. */
class RebuildLedgerTest {
    @TempDir
    private Path folder;

    private SendingHome home;
    private Certified globex;

    @BeforeEach
    void write() {
        home = new SendingHome(folder);
        globex = home.home.pinned("globex");
    }

    @ParameterizedTest
    @EnumSource
    void afterItsLossTheSameKeyStillGetsTheFirstReceipt(LedgerKind kind) throws Exception {
        Database lost = use(kind.fresh(Files.createDirectories(home.home.data())));
        String first;
        try (ScriptedServer acme = home.server(Step.accept(), Step.answer(422, Map.of(), "no"))) {
            home.receiver("acme", acme.url("/exchange"));
            RunningService service = RunningService.start(home.home);
            try (service) {
                HttpResponse<String> answer = put(service, "order.xml", "content", "Idempotency-Key", "\"order 1\"");
                assertThat(answer.statusCode()).isEqualTo(201);
                first = answer.body();
                assertThat(put(service, "order.xml", "content").statusCode()).isEqualTo(201);
                home.drop("acme", "invoice.xml", "accepted");
                home.answer("acme", "invoice.xml");
                home.drop("acme", "refused.xml", "refused");
                home.problem("acme", "refused.xml");
            }
        }
        Map<String, Entry> before = rows(lost);
        assertThat(before.values()).extracting(Entry::state).contains(State.RECEIVED, State.SENT, State.FAILED);

        Database empty = use(lose(kind));
        assertThatThrownBy(() -> RunningService.start(home.home))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("'countersign ledger rebuild'");
        Ran rebuilt = rebuild();

        assertThat(rebuilt.err()).isEmpty();
        assertThat(rebuilt.out().strip()).isEqualTo("in the ledger: 2 received, 1 sent, 1 failed");
        assertThat(rebuilt.exitCode()).isZero();
        Map<String, Entry> after = rows(empty);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        after.forEach((id, row) -> assertThat(row)
                .usingRecursiveComparison()
                .ignoringFields("changed", "began")
                .isEqualTo(before.get(id)));
        assertThat(after.values())
                .allSatisfy(row -> assertThat(Duration.between(
                                row.changed(),
                                Objects.requireNonNull(before.get(row.id())).changed()))
                        .isLessThan(Duration.ofSeconds(20)));

        RunningService again = RunningService.start(home.home);
        try (again) {
            HttpResponse<String> repeat = put(again, "order.xml", "content", "Idempotency-Key", "\"order 1\"");
            assertThat(repeat.statusCode()).isEqualTo(200);
            assertThat(repeat.body()).isEqualTo(first);
            assertThat(put(again, "order.xml", "other", "Idempotency-Key", "\"order 1\"")
                            .statusCode())
                    .isEqualTo(422);
            assertThat(home.names("inbox/globex")).hasSize(2);
            assertThat(rebuild())
                    .as("in use")
                    .satisfies(ran -> assertThat(ran.err()).contains("is in use by another service"))
                    .satisfies(ran -> assertThat(ran.exitCode()).isEqualTo(1));
        }
        assertThat(rebuild())
                .as("not empty")
                .satisfies(ran -> assertThat(ran.err()).contains("knows what is in", "already, and nothing was done"))
                .satisfies(ran -> assertThat(ran.exitCode()).isEqualTo(1));
    }

    @Test
    void whatCannotBeUsedIsNamedAndAllTheRestIsDone() throws Exception {
        Path data = home.home.data();
        RunningService service = RunningService.start(home.home);
        try (service) {
            assertThat(put(service, "order.xml", "content").statusCode()).isEqualTo(201);
            assertThat(put(service, "lost.xml", "content").statusCode()).isEqualTo(201);
        }
        Path receipt = home.home.files("receipts").stream()
                .filter(file -> home.home
                        .read("data/receipts/globex/" + file.getFileName())
                        .contains("lost.xml"))
                .findFirst()
                .orElseThrow();
        Files.writeString(receipt, "{\"id\":");
        Files.createDirectories(data.resolve("inbox/globex"));
        Files.writeString(
                data.resolve("inbox/globex/20261123T155422186Z_01a2091d-905c-79c1-b4d5-a24e9e014283_\u001b[31m.xml"),
                "");
        home.drop("acme", "waiting.xml", "x");
        lose(LedgerKind.SQLITE);

        Ran rebuilt = rebuild();

        assertThat(rebuilt.exitCode()).isEqualTo(1);
        assertThat(rebuilt.out().strip()).isEqualTo("in the ledger: 1 received, 0 sent, 0 failed");
        assertThat(rebuilt.err())
                .contains("receipts/globex/" + receipt.getFileName() + ": it is not a receipt of ours")
                .contains("in inboxes without a receipt")
                .contains("_01a2091d-905c-79c1-b4d5-a24e9e014283_?[31m.xml")
                .contains("files in outboxes: 1; they will be sent under new keys");
        assertThat(rebuild().err()).as("it counts as built").contains("already, and nothing was done");
    }

    @Test
    void nothingIsDoneUnasked() throws Exception {
        Ran asked = Ran.command("ledger", "rebuild", "--home", home.home.folder);

        assertThat(asked.exitCode()).isEqualTo(2);
        assertThat(asked.err()).contains("there is no terminal to ask on; accepted: --yes");
        try (Ledger ledger = TestLedger.open(sqlite(), Node.of(home.home.data()))) {
            assertThat(ledger.isBuilt()).isFalse();
        }
    }

    @Test
    void settingsThatCannotBeUsedAreToldFirst() {
        home.home
                .set("countersign.keep-keys", "soon")
                .set("countersign.ledger-url", "jdbc:h2:mem:")
                .saveSettings();

        Ran ran = Ran.command("ledger", "rebuild", "--yes", "--home", home.home.folder);

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("countersign.keep-keys", "'soon'", "countersign.ledger-url");
        assertThat(home.home.data().resolve(".lock")).doesNotExist();
    }

    private Ran rebuild() {
        home.home.saveSettings();
        return Ran.command("ledger", "rebuild", "--yes", "--home", home.home.folder);
    }

    private HttpResponse<String> put(RunningService service, String name, String content, String... headers)
            throws IOException, InterruptedException {
        return Client.of(home.home.authority.certificate(), globex)
                .put(service.at("/exchange").resolve("/exchange/" + name), content, headers);
    }

    private Database use(Database database) {
        home.home.set("countersign.ledger-url", database.url());
        home.home.set("countersign.ledger-user", database.user());
        home.home.set("countersign.ledger-password", database.password());
        return database;
    }

    private Database sqlite() {
        return new Database("jdbc:sqlite:" + home.home.data().resolve("ledger.db"), "", "");
    }

    /** Another, empty one in its place. */
    private Database lose(LedgerKind kind) throws IOException, InterruptedException {
        for (String file : List.of("ledger.db", "ledger.db-wal", "ledger.db-shm")) {
            Files.deleteIfExists(home.home.data().resolve(file));
        }
        return kind.fresh(home.home.data());
    }

    private Map<String, Entry> rows(Database database) throws IOException {
        try (Ledger ledger = TestLedger.open(database, Node.of(home.home.data()))) {
            List<Entry> rows = ledger.read(connection -> new Transfers(connection).select("id > ''"));
            return rows.stream().collect(Collectors.toMap(Entry::id, row -> row, (one, other) -> one, TreeMap::new));
        }
    }
}
