package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of sending in Camel's health checks. */
class HealthTest {
    @TempDir
    private Path folder;

    @Test
    void aHostThatIsNotVerifiedIsAWarningAtEveryStart() throws Exception {
        TestHome home = new TestHome(folder);
        home.pinned("globex");
        home.pinned("acme");
        home.partner(
                "acme",
                Map.of(
                        "certificates", "certificates/acme.crt",
                        "url", "https://localhost:1/exchange",
                        "verifyHost", "false"));
        for (int start = 0; start < 2; start++) {
            try (RunningService service = RunningService.start(home)) {
                assertThat(details(service).get("warnings"))
                        .isEqualTo(List.of("partner acme: the host of its server is not verified (verifyHost: false)"));
                assertThat(details(service).get("complaints")).isEqualTo(List.of());
            }
        }
    }

    @Test
    void whatWaitsAndWhatCannotBeSentIsThereWithItsReason() throws Exception {
        TestHome home = new TestHome(folder);
        home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "url", "https://localhost:1/exchange"));
        Files.createDirectories(folder.resolve("data/outbox/acme"));
        Files.writeString(folder.resolve("data/outbox/acme/order.txt"), "x");
        Files.createSymbolicLink(folder.resolve("data/outbox/acme/link"), folder.resolve("nowhere"));
        try (RunningService service = RunningService.start(home)) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(String.valueOf(details(service).get("waiting")))
                        .contains(
                                "outbox/acme/order.txt attempts=1 next=20",
                                "unreachable: https://localhost:1/exchange");
                assertThat(details(service).get("unsendable"))
                        .isEqualTo(List.of("outbox/acme/link is a symbolic link; accepted: files and folders"));
            });
        }
    }

    private static Map<String, Object> details(RunningService service) {
        HealthCheck.Result partners = HealthCheckHelper.invoke(service.service().context(), "full").stream()
                .filter(result -> result.getCheck().getId().equals("partners"))
                .findFirst()
                .orElseThrow();
        assertThat(partners.getState()).isEqualTo(HealthCheck.State.UP);
        return partners.getDetails();
    }
}
