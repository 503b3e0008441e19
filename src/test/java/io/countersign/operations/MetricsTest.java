package io.countersign.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.Shown;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.TestHome;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a service that runs counts of transfers and refusals. */
class MetricsTest {
    @TempDir
    private Path folder;

    @Test
    void whatComesInIsCountedByPartnerAndResult() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        home.pinned("globex");
        try (RunningService service = RunningService.start(home)) {
            assertThat(transfers(service, "acme", "in", "received")).isZero();
            Client client = Client.of(home.authority.certificate(), acme);
            for (int i = 0; i < 2; i++) {
                client.put(at(service, "a.txt"), "hello", "Idempotency-Key", "k");
            }
            client.put(at(service, "b.txt"), "x", "Content-Digest", "sha-256=:" + "A".repeat(43) + "=:");
            soon().untilAsserted(() -> {
                assertThat(transfers(service, "acme", "in", "received")).isEqualTo(1);
                assertThat(transfers(service, "acme", "in", "repeated")).isEqualTo(1);
                assertThat(transfers(service, "acme", "in", "failed")).isEqualTo(1);
                assertThat(transfers(service, "globex", "in", "received")).isZero();
            });
            PrometheusText now = metrics(service);
            assertThat(now.of("countersign_transfer_bytes_total"))
                    .containsEntry(Map.of("partner", "acme", "direction", "in"), 5.0)
                    .containsEntry(Map.of("partner", "globex", "direction", "in"), 0.0);
            assertThat(now.of("countersign_refusals_total"))
                    .containsEntry(Map.of("code", "digest-mismatch", "partner", "acme"), 1.0)
                    .containsEntry(Map.of("code", "digest-mismatch", "partner", "-"), 0.0);
            assertThat(now.of("countersign_transfer_duration_seconds_count"))
                    .containsEntry(Map.of("direction", "in"), 1.0)
                    .containsEntry(Map.of("direction", "out"), 0.0);
            assertThat(now.of("countersign_uploads_in_progress")).containsValue(0.0);
            assertThat(now.of("countersign_ledger_commits_total").values())
                    .singleElement()
                    .satisfies(commits -> assertThat(commits).isGreaterThan(1));
            assertThat(now.of("countersign_data_free_bytes").values())
                    .singleElement()
                    .satisfies(free -> assertThat(free).isPositive());
            assertThat(now.of("countersign_build_info").keySet())
                    .singleElement()
                    .satisfies(labels -> assertThat(labels).containsOnlyKeys("version", "java"));
        }
    }

    /** Those that say nothing, too. */
    @Test
    void connectionsAreCountedWhileTheyAreOpen() throws Exception {
        try (RunningService service = RunningService.start(new TestHome(folder))) {
            double before = connections(service);
            int port = service.at("/exchange").getPort();
            try (Socket one = new Socket(InetAddress.getLoopbackAddress(), port);
                    Socket other = new Socket(InetAddress.getLoopbackAddress(), port)) {
                soon().untilAsserted(() -> assertThat(connections(service)).isEqualTo(before + 2));
                one.shutdownOutput();
                soon().untilAsserted(() -> assertThat(connections(service)).isEqualTo(before + 1));
                other.shutdownOutput();
                soon().untilAsserted(() -> assertThat(connections(service)).isEqualTo(before));
            }
        }
    }

    @Test
    void whatGoesOutIsCountedAndWhatWaitsHasAnAge() throws Exception {
        SendingHome home = new SendingHome(folder);
        URI url;
        try (ScriptedServer gone = home.server()) {
            url = gone.url("/in");
        }
        home.receiver("acme", url);
        home.drop("acme", "a.txt", "hello");
        home.drop("acme", "b.txt", "hello again");
        try (RunningService service = RunningService.start(home.home)) {
            soon().untilAsserted(() ->
                    assertThat(transfers(service, "acme", "out", "retried")).isPositive());
            PrometheusText now = metrics(service);
            assertThat(now.of("countersign_outbox_files")).containsExactly(Map.entry(Map.of("partner", "acme"), 2.0));
            assertThat(now.of("countersign_outbox_oldest_age_seconds").get(Map.of("partner", "acme")))
                    .isBetween(3_000.0, 4_000.0);
            assertThat(transfers(service, "acme", "out", "sent")).isZero();
        }
    }

    /** However many strangers come, and whatever they call themselves. */
    @Test
    void strangersMakeNoSeries() throws Exception {
        TestHome home = new TestHome(folder);
        home.pinned("acme");
        try (RunningService service = RunningService.start(home)) {
            int before = metrics(service).samples().size();
            Certified stranger = Issue.to("CN=\\\"} 1 # TYPE evil counter,O=countersign_refusals_total")
                    .selfSigned();
            for (int i = 0; i < 10_000; i++) {
                service.service()
                        .refusals()
                        .refuseHandshake(
                                Caller.of("no-partner-" + i, "192.0.2." + i % 256, "%064x".formatted(i)),
                                Shown.certificates("TLSv1.3", List.of(stranger.certificate())),
                                "\"}\n" + i);
            }
            PrometheusText now = metrics(service);
            assertThat(now.samples()).hasSize(before);
            assertThat(now.of("countersign_refusals_total"))
                    .containsEntry(Map.of("code", "handshake", "partner", "-"), 10_000.0);
        }
    }

    @Test
    void theSeriesOfAPartnerGoWithItsFile() throws Exception {
        TestHome home = new TestHome(folder);
        home.pinned("acme");
        home.pinned("globex");
        try (RunningService service = RunningService.start(home)) {
            assertThat(partners(service)).containsExactlyInAnyOrder("acme", "globex", "-");
            Files.delete(folder.resolve("routes/partners/acme.camel.yaml"));
            soon().untilAsserted(() -> assertThat(partners(service)).containsExactlyInAnyOrder("globex", "-"));
        }
    }

    @Test
    void promtoolHasNothingToSay() throws Exception {
        Command.assumeInstalled("promtool");
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        try (RunningService service = RunningService.start(home)) {
            Client.of(home.authority.certificate(), acme).put(at(service, "a.txt"), "hello");
            Command checked = Command.run(folder, scrape(service, ""), List.of("promtool", "check", "metrics"));
            assertThat(checked).isEqualTo(new Command(0, ""));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/openmetrics-text;version=1.0.0,text/plain;q=0.5 | application/openmetrics-text",
                "application/openmetrics-text;q=0, text/plain | text/plain",
                "text/plain | text/plain",
                "*/* | text/plain",
            })
    void openMetricsIsForWhoAsksForIt(String accept, String type) throws Exception {
        try (RunningService service = RunningService.start(new TestHome(folder))) {
            String text = scrape(service, accept);
            boolean open = type.equals("application/openmetrics-text");
            assertThat(text.endsWith("# EOF\n")).isEqualTo(open);
            assertThat(text)
                    .contains(open ? "# TYPE countersign_refusals counter" : "# TYPE countersign_refusals_total");
        }
    }

    private static double connections(RunningService service) throws Exception {
        return metrics(service)
                .of("countersign_connections")
                .values()
                .iterator()
                .next();
    }

    private static URI at(RunningService service, String name) {
        return URI.create(service.at("/exchange") + "/" + name);
    }

    private static double transfers(RunningService service, String partner, String direction, String result)
            throws Exception {
        Double value = metrics(service)
                .of("countersign_transfers_total")
                .get(Map.of("partner", partner, "direction", direction, "result", result));
        return value == null ? Double.NaN : value;
    }

    private static List<String> partners(RunningService service) throws Exception {
        return metrics(service).samples().keySet().stream()
                .map(sample -> sample.labels().get("partner"))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    private static PrometheusText metrics(RunningService service) throws Exception {
        return PrometheusText.read(scrape(service, ""));
    }

    private static String scrape(RunningService service, String accept) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.at("/metrics"));
        if (!accept.isEmpty()) {
            request.header("Accept", accept);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8))
                .body();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20));
    }
}
