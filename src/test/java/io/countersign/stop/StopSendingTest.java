package io.countersign.stop;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.Step;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM while a partner has yet to answer: the file that is on its way is waited for, the next one waits. */
class StopSendingTest {
    private final CountDownLatch answer = new CountDownLatch(1);

    @TempDir
    private Path folder;

    private SendingHome home;
    private ScriptedServer server;

    @BeforeEach
    void sendTwoFiles() {
        home = new SendingHome(folder);
        server = ScriptedServer.start(home.tls()).then(Step.onRequest(request -> {
            request.readWhole();
            await();
            Step.accept().play().with(request);
        }));
        home.receiver("acme", server.url("/exchange"));
        home.drop("acme", "first.txt", "1");
        home.drop("acme", "second.txt", "2");
    }

    @AfterEach
    void stop() {
        answer.countDown();
        server.close();
    }

    @Test
    void aFileThatIsOnItsWayOutArrivesAndTheNextStays() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home.home)) {
            soon().until(() -> server.seen().size() == 1);
            service.terminate();
            soon().until(() -> service.output().contains("stopping: 0 requests and 1 sendings on their way"));
            answer.countDown();
            assertThat(service.exitCode()).isZero();
            assertThat(service.output()).endsWith(" stopped\n").doesNotContain("cut off");
        }
        assertThat(home.names("sent")).contains("first.txt", "first.txt.receipt.json");
        assertThat(home.names("outbox")).containsExactly("second.txt");
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void oneThatIsNotAnsweredInTimeIsCutOffAndStays() throws Exception {
        home.home.set("countersign.shutdown-timeout", "1s");
        try (ServiceProcess service = ServiceProcess.start(home.home)) {
            soon().until(() -> server.seen().size() == 1);
            service.terminate();
            assertThat(service.exitCode()).isZero();
            assertThat(service.output())
                    .contains("cut off: requests from [], sendings of [outbox/acme/first.txt]")
                    .endsWith(" stopped\n");
        }
        assertThat(home.names("sent")).isEmpty();
        assertThat(home.names("outbox")).containsExactlyInAnyOrder("first.txt", "second.txt");
    }

    private void await() {
        try {
            answer.await();
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }
}
