package io.countersign.send;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry.State;
import io.countersign.testing.LedgerRows;
import io.countersign.testing.Logged;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While something cannot be written down or put away nothing is lost, nothing is sent twice, and it goes on by itself. */
class UnusableLedgerTest {
    @TempDir
    private Path folder;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private SendingHome home;
    private ScriptedServer server;
    private RunningService service;
    private Logged log;

    @BeforeEach
    void start() throws Exception {
        home = new SendingHome(folder);
        server = home.server();
        home.receiver("acme", server.url("/exchange"), "silence", "10000");
        service = RunningService.start(home.home);
        log = Logged.by("countersign.sent");
    }

    @AfterEach
    void stop() {
        log.close();
        service.close();
        server.close();
    }

    @Test
    void nothingIsSentWithoutBeingWrittenDownAndThenAllOfItInOrder() {
        LedgerRows.hide(home.home);
        home.drop("acme", "a.txt", "first");
        home.drop("acme", "b.txt", "second");
        home.drop("acme", "c.txt", "third");
        soon().until(() -> told("nothing is sent") == 1);
        soon().until(() -> troubles().stream().anyMatch(line -> line.startsWith("nothing is sent: ")));
        soon().during(Duration.ofSeconds(3)).until(() -> server.seen().isEmpty());
        assertThat(told("nothing is sent")).isEqualTo(1);
        LedgerRows.show(home.home);
        home.answer("acme", "c.txt");
        assertThat(server.seen())
                .extracting(request -> request.receipt().get("name"))
                .containsExactly("a.txt", "b.txt", "c.txt");
        assertThat(told("sending goes on")).isEqualTo(1);
        assertThat(troubles()).isEmpty();
    }

    @Test
    void whatWasAcceptedMeanwhileIsPutAwayAndWrittenDownLater() {
        server.then(Step.onRequest(request -> {
            request.readWhole();
            LedgerRows.hide(home.home);
            request.answer(201, Map.of(), request.receipt().toJson());
        }));
        home.drop("acme", "order.txt", "order");
        soon().until(() -> Files.exists(home.sent("acme", "order.txt")) && told("sent partner=acme") == 1);
        LedgerRows.show(home.home);
        assertThat(home.rows(State.WAITING)).hasSize(1);
        home.drop("acme", "later.txt", "later");
        home.answer("acme", "later.txt");
        assertThat(home.rows(State.SENT)).hasSize(2).allSatisfy(row -> {
            assertThat(row.receipt()).contains("\"name\":\"" + row.name() + "\"");
            assertThat(row.filed()).isEqualTo(home.sent("acme", row.path()).toString());
        });
        assertThat(server.seen()).hasSize(2);
    }

    @Test
    void whatIsAcceptedLastIsWrittenDownAlthoughNothingElseGoes() {
        server.then(Step.onRequest(request -> {
            request.readWhole();
            LedgerRows.hide(home.home);
            request.answer(201, Map.of(), request.receipt().toJson());
        }));
        home.drop("acme", "order.txt", "order");
        soon().until(() -> told("sent partner=acme") == 1);
        LedgerRows.show(home.home);
        soon().until(() -> home.rows(State.SENT).size() == 1);
        assertThat(home.rows(State.WAITING)).isEmpty();
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void aRetryThatCannotBeWrittenDownIsRememberedUnderItsKey() {
        server.then(Step.onRequest(request -> {
            request.readWhole();
            LedgerRows.hide(home.home);
            request.answer(503, Map.of(), "");
        }));
        home.drop("acme", "order.txt", "order");
        soon().until(() -> told("unavailable") == 1);
        LedgerRows.show(home.home);
        assertThat(home.answer("acme", "order.txt").getInteger("attempts")).isEqualTo(2);
        assertThat(server.seen())
                .hasSize(2)
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsOnly(home.rows(State.SENT).get(0).id());
    }

    @Test
    void whatWasAcceptedAndCannotBePutAwayIsNotSentAgain() throws Exception {
        Path inTheWay = home.home.data().resolve("sent/acme");
        Files.createDirectories(home.home.data().resolve("sent"));
        Files.writeString(inTheWay, "not a folder");
        home.drop("acme", "order.txt", "order");
        assertThat(home.setback("acme", "order.txt").getString("lastFailure"))
                .startsWith("local: the partner has accepted it, and it cannot be put away: ");
        soon().during(Duration.ofSeconds(2)).until(() -> server.seen().size() == 1);
        assertThat(told("not sent")).isEqualTo(1);
        Files.delete(inTheWay);
        home.answer("acme", "order.txt");
        assertThat(server.seen()).hasSize(1);
        assertThat(home.names("sent"))
                .containsExactlyInAnyOrder("order.txt", "order.txt.answer.json", "order.txt.receipt.json");
    }

    @Test
    void whatWasRefusedAndCannotBePutAwayIsNotSentAgain() throws Exception {
        Path inTheWay = home.home.data().resolve("failed/acme");
        Files.createDirectories(home.home.data().resolve("failed"));
        Files.writeString(inTheWay, "not a folder");
        server.then(Step.answer(422, Map.of(), "the total is wrong"));
        home.drop("acme", "order.txt", "order");
        soon().until(() -> told("not sent") == 1);
        soon().during(Duration.ofSeconds(2)).until(() -> server.seen().size() == 1);
        Files.delete(inTheWay);
        assertThat(home.problem("acme", "order.txt"))
                .containsEntry("path", "order.txt")
                .containsEntry("key", home.rows(State.FAILED).get(0).id())
                .containsEntry("detail", "the partner answered 422: the total is wrong");
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void whatWasAcceptedAndIsReplacedBeforeItCouldBePutAwayWasSentAllTheSame() throws Exception {
        Path inTheWay = home.home.data().resolve("sent/acme");
        Files.createDirectories(home.home.data().resolve("sent"));
        Files.writeString(inTheWay, "not a folder");
        home.drop("acme", "order.txt", "order");
        home.setback("acme", "order.txt");
        home.drop("acme", "order.txt", "another");
        Files.delete(inTheWay);
        home.answer("acme", "order.txt");
        assertThat(server.seen()).hasSize(2);
        assertThat(home.rows(State.SENT)).hasSize(2);
        assertThat(home.rows(State.SENT).get(0).receipt()).contains("\"size\":5");
        String first = home.rows(State.SENT).get(0).id() + "_order.txt";
        assertThat(home.names("sent")).contains(first + ".answer.json", first + ".receipt.json");
    }

    private long told(String text) {
        told.addAll(log.news());
        return told.stream().filter(line -> line.contains(text)).count();
    }

    private List<String> troubles() {
        return service.service().context().getRegistry().findByType(Attempts.class).stream()
                .flatMap(attempts -> attempts.troubles().stream())
                .toList();
    }
}
