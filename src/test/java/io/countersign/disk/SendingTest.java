package io.countersign.disk;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.send.Attempts;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A file that a partner has accepted in the moment in which it can be neither put away nor written down: it is not lost, it is
 * not sent again, and is put away by itself once that is possible.
 */
class SendingTest {
    private static final byte[] CONTENT = new byte[20_000];

    private final Semaphore mayAnswer = new Semaphore(0);

    @TempDir
    private Path folder;

    private final Recoveries recoveries = new Recoveries();
    private SendingHome home;
    private ScriptedServer server;

    @BeforeEach
    void prepare() {
        home = new SendingHome(folder);
        String send = home.home.read("routes/send.camel.yaml");
        home.home.write("routes/send.camel.yaml", send.replace("longestRetry: 15m", "longestRetry: 100ms"));
        server = home.server().otherwise(Step.onRequest(request -> {
            request.readWhole();
            mayAnswer.acquireUninterruptibly();
            Step.accept().play().with(request);
        }));
        home.receiver("acme", server.url("/exchange"));
    }

    @AfterEach
    void stop() {
        mayAnswer.release(1_000);
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sent"})
    void onAFullDisk(String where) throws Exception {
        try (Disk disk = Disk.small(home.home.data().resolve(where), "24m");
                RunningService service = RunningService.start(home.home)) {
            for (int round = 0; round < Disk.ROUNDS; round++) {
                String name = accepted(round);
                disk.fill(0);
                isKept(service, name);
                recoveries.begin();
                disk.empty();
                isPutAway(round, name);
                recoveries.end();
            }
            recoveries.areWithinASecond();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sent", "sent/acme", "outbox/acme"})
    void inAFolderThatTakesNothing(String where) throws Exception {
        try (RunningService service = RunningService.start(home.home)) {
            for (int round = 0; round < Disk.ROUNDS; round++) {
                String name = accepted(round);
                Disk readOnly = Disk.readOnly(home.home.data().resolve(where));
                try (readOnly) {
                    isKept(service, name);
                    recoveries.begin();
                }
                isPutAway(round, name);
                recoveries.end();
            }
            recoveries.areWithinASecond();
        }
    }

    private String accepted(int round) {
        String name = "order" + round;
        home.drop("acme", name, CONTENT);
        soon().until(() -> server.seen().size() == round + 1);
        return name;
    }

    private void isKept(RunningService service, String name) {
        mayAnswer.release();
        soon().until(() -> service.service().context().getRegistry().findByType(Attempts.class).stream()
                .anyMatch(attempts -> !attempts.waiting().isEmpty()));
        assertThat(home.outbox("acme", name)).exists();
        assertThat(home.sent("acme", name)).doesNotExist();
    }

    private void isPutAway(int round, String name) throws Exception {
        home.answer("acme", name);
        assertThat(Files.readAllBytes(home.sent("acme", name))).isEqualTo(CONTENT);
        assertThat(home.sent("acme", name + ".receipt.json")).exists();
        assertThat(server.seen()).hasSize(round + 1);
    }
}
