package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Node;
import io.countersign.testing.Deliveries;
import io.countersign.testing.KillAt;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.Logged;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that is killed right after any step of sending has, after its next start, sent the file once and put it away once. */
class KilledBetweenStepsTest {
    private static final int KILLED = 128 + 9;

    @TempDir
    private Path folder;

    private final Deliveries deliveries = new Deliveries();
    private SendingHome home;
    private ScriptedServer server;

    @BeforeEach
    void prepare() {
        home = new SendingHome(folder);
        server = home.server().otherwise(deliveries.step());
        home.receiver("acme", server.url("/exchange"), "silence", "10000");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"opened", "digested", "answered", "papers", "filed", "sent"})
    void anAcceptedFileIsDeliveredOnceAndSentOnce(String step) throws Exception {
        home.drop("acme", "order.txt", "order");
        killAt(step);
        try (RunningService again = RunningService.start(home.home)) {
            JsonObject answer = home.answer("acme", "order.txt");
            assertThat(deliveries.receipts()).containsOnlyKeys(answer.getString("key"));
            assertThat(again.complaints()).isEmpty();
        }
        isSent();
    }

    @ParameterizedTest
    @ValueSource(strings = "answered")
    void thatIsSoWithALedgerInPostgreSql(String step) throws Exception {
        LedgerKind.POSTGRESQL.in(home.home);
        anAcceptedFileIsDeliveredOnceAndSentOnce(step);
        assertThat(home.home.data().resolve("ledger.db")).doesNotExist();
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "countersign.test.every", matches = "true")
    @ValueSource(strings = {"opened", "filed"})
    void thatIsSoWithALedgerInPostgreSqlAfterEveryStep(String step) throws Exception {
        thatIsSoWithALedgerInPostgreSql(step);
    }

    /** The rename into sent/ may have taken another file that came in the same moment; it is done here, after the kill. */
    @Test
    void anotherFileThatWasPutAwayInItsPlaceIsSent() throws Exception {
        home.drop("acme", "order.txt", "order");
        killAt("papers");
        home.drop("acme", "order.txt", "a new order");
        Files.move(home.outbox("acme", "order.txt"), home.sent("acme", "order.txt"));
        try (RunningService again = RunningService.start(home.home)) {
            SendingHome.soon()
                    .until(() -> home.names("outbox").isEmpty()
                            && home.rows(State.SENT).size() == 2);
            assertThat(again.complaints()).isEmpty();
        }
        assertThat(deliveries.receipts()).hasSize(2);
        assertThat(home.names("sent")).anyMatch(name -> name.endsWith("_order.txt"));
    }

    /** Until the partner has answered, nothing is other than with a file that it accepts. */
    @ParameterizedTest
    @EnabledIfSystemProperty(named = "countersign.test.every", matches = "true")
    @ValueSource(strings = {"opened", "digested"})
    void aFileThatWillBeRefusedFailsOnce(String step) throws Exception {
        aRefusedFileFailsOnce(step);
    }

    @ParameterizedTest
    @ValueSource(strings = {"answered", "papers", "filed", "gave-up"})
    void aRefusedFileFailsOnce(String step) throws Exception {
        server.otherwise(Step.answer(422, Map.of(), "the total is wrong"));
        home.drop("acme", "order.txt", "order");
        killAt(step);
        JsonObject problem;
        try (RunningService again = RunningService.start(home.home)) {
            problem = home.problem("acme", "order.txt");
            assertThat(again.complaints()).isEmpty();
        }
        assertThat(home.names("failed"))
                .containsExactlyInAnyOrder("order.txt", "order.txt.answer.json", "order.txt.problem.json");
        assertThat(home.names("outbox")).isEmpty();
        assertThat(home.names("sent")).isEmpty();
        Entry row = onlyRow(State.FAILED);
        assertThat(row.id()).isEqualTo(problem.get("key"));
        assertThat(row.reason()).isEqualTo("refused: the partner answered 422: the total is wrong");
        assertThat(row.filed()).isEqualTo(home.failed("acme", "order.txt").toString());
        assertThat(server.seen())
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsOnly(row.id());
    }

    @Test
    void killedAfterASetbackItTriesAgainUnderTheSameKey() throws Exception {
        server.then(Step.answer(503, Map.of(), ""));
        home.drop("acme", "order.txt", "order");
        killAt("setback");
        assertThat(onlyRow(State.WAITING).reason()).startsWith("unavailable: ");
        try (RunningService again = RunningService.start(home.home)) {
            assertThat(home.answer("acme", "order.txt").getInteger("attempts")).isEqualTo(2);
            assertThat(again.complaints()).isEmpty();
        }
        isSent();
    }

    @Test
    void whatARefusalHasLeftGoesOnceThePartnerHasAcceptedTheFile() throws Exception {
        server.then(Step.answer(422, Map.of(), "the total is wrong"));
        home.drop("acme", "order.txt", "order");
        killAt("papers");
        assertThat(home.names("failed")).containsExactlyInAnyOrder("order.txt.answer.json", "order.txt.problem.json");
        Files.writeString(home.failed("acme", ".order.txt.problem.json.part"), "{");
        Files.createDirectories(home.home.data().resolve("sent/acme"));
        Files.writeString(home.sent("acme", ".order.txt.receipt.json.part"), "{");
        try (RunningService again = RunningService.start(home.home)) {
            home.answer("acme", "order.txt");
            assertThat(again.complaints()).isEmpty();
        }
        isSent();
    }

    @Test
    void aFileOfTheSameNameThatCameMeanwhileIsAnother() throws Exception {
        home.drop("acme", "order.txt", "order");
        killAt("filed");
        home.drop("acme", "order.txt", "another order");
        try (Logged log = Logged.by("countersign.sent");
                RunningService again = RunningService.start(home.home)) {
            SendingHome.soon().until(() -> home.rows(State.SENT).size() == 2);
            assertThat(log.news())
                    .filteredOn(line -> line.contains("recovered"))
                    .singleElement()
                    .asString()
                    .contains("path=\"order.txt\"", "state=sent", "to=\"" + home.sent("acme", "order.txt") + "\"");
            assertThat(again.complaints()).isEmpty();
        }
        assertThat(home.sent("acme", "order.txt")).hasContent("order");
        assertThat(deliveries.receipts()).hasSize(2);
        assertThat(deliveries.repeats()).isZero();
        assertThat(home.names("sent")).hasSize(6);
        assertThat(home.names("outbox")).isEmpty();
    }

    @Test
    void aFileThatIsTakenWhileNothingRunsHasItsKeyAgainOnceItIsBack() throws Exception {
        Path file = home.drop("acme", "order.txt", "order");
        killAt("answered");
        Path aside = Files.move(file, folder.resolve("aside"));
        try (RunningService again = RunningService.start(home.home)) {
            Entry row = onlyRow(State.WITHDRAWN);
            assertThat(row.reason()).isEqualTo("it was taken from the outbox");
            assertThat(row.claim()).isNull();
            Files.move(aside, file);
            assertThat(home.answer("acme", "order.txt")).containsEntry("key", row.id());
            assertThat(again.complaints()).isEmpty();
        }
        assertThat(deliveries.repeats()).isEqualTo(1);
        isSent();
    }

    @Test
    void aFailedFileThatACommandDidNotComeToPutBackHasFailedAgain() throws Exception {
        server.otherwise(Step.answer(422, Map.of(), "the total is wrong"));
        home.drop("acme", "order.txt", "order");
        try (RunningService service = RunningService.start(home.home)) {
            home.problem("acme", "order.txt");
            assertThat(service.complaints()).isEmpty();
        }
        Entry failed = onlyRow(State.FAILED);
        for (Duration ago : List.of(Duration.ZERO, Duration.ofMinutes(2))) {
            try (Ledger ledger = ledger()) {
                Instant then = Instant.now().minus(ago);
                new Rows(ledger, Rows.Owner.OUTBOX)
                        .putBack(Pending.fresh(
                                        "acme",
                                        "order.txt",
                                        failed.id(),
                                        failed.size(),
                                        failed.modified(),
                                        then,
                                        home.outbox("acme", "order.txt"))
                                .failed(then, Failures.PUT_BACK));
            }
            try (RunningService service = RunningService.start(home.home)) {
                assertThat(onlyRow(ago.isZero() ? State.WAITING : State.FAILED).id())
                        .isEqualTo(failed.id());
                assertThat(service.complaints()).isEmpty();
            }
        }
        assertThat(onlyRow(State.FAILED).reason()).isEqualTo(failed.reason());
        assertThat(home.failed("acme", "order.txt")).exists();
        assertThat(server.seen()).hasSize(1);
    }

    private Ledger ledger() throws Exception {
        Ledger ledger =
                new Ledger("jdbc:sqlite:" + home.home.data().resolve("ledger.db"), "", "", Node.of(home.home.data()));
        ledger.open();
        return ledger;
    }

    private void isSent() {
        assertThat(home.names("sent"))
                .containsExactlyInAnyOrder("order.txt", "order.txt.answer.json", "order.txt.receipt.json");
        assertThat(home.sent("acme", "order.txt")).hasContent("order");
        assertThat(home.names("outbox")).isEmpty();
        assertThat(home.names("failed")).isEmpty();
        Entry row = onlyRow(State.SENT);
        JsonObject receipt = Objects.requireNonNull(deliveries.receipts().get(row.id()));
        assertThat(deliveries.receipts()).hasSize(1);
        assertThat(deliveries.reused()).isZero();
        assertThat(receipt.toJson()).isEqualTo(row.receipt());
        assertThat(home.sent("acme", "order.txt.receipt.json")).hasContent(row.receipt());
        assertThat(row.sha256()).isEqualTo(receipt.get("sha256"));
        assertThat(row.filed()).isEqualTo(home.sent("acme", "order.txt").toString());
        assertThat(row.claim()).isNull();
        assertThat(row.attempts()).isPositive();
    }

    private Entry onlyRow(State state) {
        assertThat(home.rows(state)).hasSize(1);
        assertThat(home.rows()).hasSize(1);
        return home.rows(state).get(0);
    }

    private void killAt(String step) throws Exception {
        try (ServiceProcess killed = ServiceProcess.launch(
                home.home, KillAt.step(step, "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp"))))) {
            assertThat(killed.exitCode()).as(killed.output()).isEqualTo(KILLED);
        }
    }
}
