package io.countersign.stop;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Client;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.TestHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGTERM while the service starts, or brings a changed file into force. */
class StopDuringChangeTest {
    @TempDir
    private Path folder;

    private TestHome home;
    private Client acme;
    private Path until;

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        acme = Client.of(home.authority.certificate(), home.pinned("acme"));
        until = folder.resolve("until");
    }

    @ParameterizedTest
    @ValueSource(strings = {".lock", "staging"})
    void aStartThatIsStoppedEndsWellToo(String begun) throws Exception {
        try (ServiceProcess service = ServiceProcess.launch(home)) {
            soon().atMost(Duration.ofMinutes(1))
                    .until(() -> Files.exists(home.data().resolve(begun)));
            service.terminate();
            assertThat(service.exitCode()).isZero();
            assertThat(service.output()).doesNotContain("ERROR", "Exception", "\tat ");
        }
    }

    @Test
    void aStartThatHangsEndsWellInTime() throws Exception {
        home.set("countersign.shutdown-timeout", "0s");
        change();
        try (ServiceProcess service = ServiceProcess.launch(home)) {
            soon().atMost(Duration.ofMinutes(1)).until(this::isAwaited);
            service.terminate();
            assertThat(service.exitCode()).isZero();
            assertThat(service.output()).contains("stopped, although something has not come to its end");
        }
    }

    @Test
    void aChangeThatIsUnderWayEndsAndWhatIsOnItsWayToo() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home);
                Upload upload = Upload.begin(acme, service.port(), "order", 100_000)) {
            soon().until(() -> home.files("staging").size() == 1);
            change();
            soon().until(this::isAwaited);
            service.terminate();
            Files.writeString(until, "");
            soon().until(() -> service.output().contains("stopping: 1 requests"));
            assertThat(upload.finish().status()).isEqualTo(201);
            assertThat(service.exitCode()).isZero();
            assertThat(service.output()).endsWith(" stopped\n").doesNotContain("ERROR");
        }
    }

    @Test
    void aChangeThatNeverEndsHoldsNothingUp() throws Exception {
        home.set("countersign.shutdown-timeout", "2s");
        try (ServiceProcess service = ServiceProcess.start(home);
                Upload upload = Upload.begin(acme, service.port(), "order", 100_000)) {
            soon().until(() -> home.files("staging").size() == 1);
            change();
            soon().until(this::isAwaited);
            service.terminate();
            assertThat(upload.finish().status()).isEqualTo(201);
            assertThat(service.exitCode()).isZero();
            assertThat(service.output())
                    .contains("although a change of the route files has not come to its end")
                    .contains(" stopped")
                    .doesNotContain("cut off");
        }
    }

    private void change() {
        home.write("routes/slow.camel.yaml", """
                - beans:
                    - name: slow
                      type: %s
                      properties:
                        until: %s
                """.formatted(SlowToMake.class.getName(), until));
    }

    private boolean isAwaited() {
        return Files.exists(Path.of(until + ".awaited"));
    }
}
