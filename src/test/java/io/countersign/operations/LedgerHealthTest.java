package io.countersign.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service whose ledger cannot be used is not ready, and says why. */
class LedgerHealthTest {
    @TempDir
    private Path folder;

    @Test
    void aLedgerThatIsGoneMakesTheServiceUnreadyUntilItIsBack() throws Exception {
        TestHome home = new TestHome(folder);
        home.pinned("acme");
        try (RunningService service = RunningService.start(home)) {
            assertThat(get(service, "/health/ready"))
                    .contains("\"status\":\"up\"", "\"name\":\"ledger\"", "\"commits\":", "\"transactions\":");
            Path ledger = home.data().resolve("ledger.db");
            Path away = home.data().resolve("away.db");
            Files.move(ledger, away);
            assertThatThrownBy(() -> ledger(service).read(connection -> "anything"))
                    .isInstanceOf(LedgerException.class);
            assertThat(get(service, "/health/ready"))
                    .contains("\"status\":\"down\"", "ledger.db does not work", "is not there any more");
            assertThat(get(service, "/health/live")).contains("\"status\":\"up\"");
            Files.move(away, ledger);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> get(service, "/health/ready").contains("{\"status\":\"up\""));
        }
    }

    private static Ledger ledger(RunningService service) {
        return service.service().context().getRegistry().lookupByNameAndType("ledger", Ledger.class);
    }

    private static String get(RunningService service, String path) throws Exception {
        URI target = service.at("/health").resolve(path);
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(HttpRequest.newBuilder(target).build(), BodyHandlers.ofString());
        return answer.body();
    }
}
