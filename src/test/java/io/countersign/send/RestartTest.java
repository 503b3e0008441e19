package io.countersign.send;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry.State;
import io.countersign.testing.Logged;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that was killed, at whatever moment, goes on where it was: the same key, one delivery put away once. */
class RestartTest {
    private static final byte[] CONTENT = new byte[32 << 20];

    @TempDir
    private Path folder;

    private SendingHome home;
    private ScriptedServer server;

    @BeforeEach
    void prepare() {
        home = new SendingHome(folder);
        server = home.server();
        home.receiver("acme", server.url("/exchange"), "silence", "10000");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void killedAfterTheAnswerItSendsAgainUnderTheSameKey() throws Exception {
        Path inTheWay = home.home.data().resolve("sent/acme");
        Files.createDirectories(home.home.data().resolve("sent"));
        Files.writeString(inTheWay, "not a folder");
        home.drop("acme", "order.txt", "x");
        String key;
        try (ServiceProcess killed = ServiceProcess.start(home.home)) {
            JsonObject state = home.setback("acme", "order.txt");
            assertThat(state.getString("lastFailure")).startsWith("local: ");
            key = state.getString("key");
            assertThat(killed.output()).contains("listening on");
        }
        int before = server.seen().size();
        assertThat(before).isPositive();
        assertThat(home.outbox("acme", "order.txt")).exists();
        Files.delete(inTheWay);
        try (Logged log = Logged.by("countersign.sent");
                RunningService again = RunningService.start(home.home)) {
            JsonObject answer = home.answer("acme", "order.txt");
            assertThat(answer.get("key")).isEqualTo(key);
            assertThat(answer.getInteger("attempts")).isGreaterThan(1);
            soon().until(() -> said(log, "sent partner=acme name=\"order.txt\""));
            assertThat(again.complaints()).isEmpty();
        }
        assertThat(server.seen()).hasSize(before + 1);
        haveKey(key);
        isPutAwayOnce();
    }

    @Test
    void killedInTheBodyItSendsAgainUnderTheSameKey() throws Exception {
        server.then(Step.answer(503, Map.of(), ""), Step.stopsReading(100_000));
        home.drop("acme", "order.txt", CONTENT);
        try (ServiceProcess killed = ServiceProcess.start(home.home)) {
            soon().until(() -> server.seen().size() == 2 && server.seen().get(1).size() == 100_000);
            assertThat(killed.output()).contains("unavailable");
        }
        String key = home.state("acme", "order.txt").getString("key");
        assertThat(server.seen().get(1).whole()).isFalse();
        assertThat(home.names("sent")).isEmpty();
        try (Logged log = Logged.by("countersign.sent");
                RunningService again = RunningService.start(home.home)) {
            JsonObject answer = home.answer("acme", "order.txt");
            assertThat(answer.get("key")).isEqualTo(key);
            assertThat(answer.getInteger("attempts"))
                    .as("one that failed, one that succeeded; of the one that was killed nobody knows")
                    .isEqualTo(2);
            soon().until(() -> said(log, "key=" + key));
            assertThat(again.complaints()).isEmpty();
        }
        assertThat(server.seen()).hasSize(3);
        haveKey(key);
        isPutAwayOnce();
    }

    @Test
    void killedBetweenThePapersAndTheFileItPutsBothAway() throws Exception {
        server.then(Step.answer(503, Map.of("Retry-After", "1"), ""));
        home.drop("acme", "order.txt", "x");
        RunningService service = RunningService.start(home.home);
        try (service) {
            home.setback("acme", "order.txt");
        }
        Files.createDirectories(home.home.data().resolve("sent/acme"));
        for (String paper : new String[] {".answer.json", ".receipt.json"}) {
            Files.writeString(
                    home.sent("acme", "order.txt" + paper),
                    "{\"key\":\"" + home.state("acme", "order.txt").getString("key") + "\"}");
        }
        RunningService again = RunningService.start(home.home);
        try (again) {
            soon().until(() -> home.answer("acme", "order.txt").containsKey("path"));
        }
        isPutAwayOnce();
    }

    @Test
    void killedBetweenTheMoveAndForgettingItForgetsLater() throws Exception {
        server.then(Step.answer(503, Map.of("Retry-After", "3600"), ""));
        home.drop("acme", "order.txt", "x");
        RunningService service = RunningService.start(home.home);
        try (service) {
            home.setback("acme", "order.txt");
        }
        Files.delete(home.outbox("acme", "order.txt"));
        RunningService again = RunningService.start(home.home);
        try (again) {
            home.drop("acme", "later.txt", "y");
            home.answer("acme", "later.txt");
        }
        assertThat(home.rows(State.WAITING)).isEmpty();
        assertThat(server.seen()).hasSize(2);
    }

    @Test
    void attemptsAndTheNextTimeAreKept() throws Exception {
        try (ScriptedServer other = home.server()) {
            home.receiver("globex", other.url("/exchange"));
            server.then(Step.answer(503, Map.of(), ""), Step.answer(503, Map.of("Retry-After", "3600"), ""));
            home.drop("acme", "order.txt", "x");
            JsonObject before;
            RunningService service = RunningService.start(home.home);
            try (service) {
                soon().until(() ->
                        home.setback("acme", "order.txt").getInteger("attempts").equals(2));
                before = home.state("acme", "order.txt");
            }
            assertThat(Instant.parse(before.getString("next")))
                    .isAfter(Instant.now().plusSeconds(3500));
            RunningService again = RunningService.start(home.home);
            try (again) {
                for (int i = 0; i < 3; i++) {
                    home.drop("globex", "order" + i + ".txt", "x");
                    home.answer("globex", "order" + i + ".txt");
                }
            }
            assertThat(home.state("acme", "order.txt")).isEqualTo(before);
            assertThat(server.seen()).hasSize(2);
            assertThat(home.outbox("acme", "order.txt")).exists();
        }
    }

    private static boolean said(Logged log, String words) {
        return log.news().stream().anyMatch(line -> line.contains(words));
    }

    private void haveKey(String key) {
        assertThat(server.seen())
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsOnly(key);
    }

    private void isPutAwayOnce() {
        assertThat(home.names("sent"))
                .containsExactlyInAnyOrder("order.txt", "order.txt.answer.json", "order.txt.receipt.json");
        assertThat(home.names("outbox")).isEmpty();
    }
}
