package io.countersign.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.testing.RunningService;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestHome;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Health and metrics of a service that runs, as they come over HTTP. */
class OperationsTest {
    private static final String NOT_AFTER = "countersign_certificate_not_after_timestamp_seconds";

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
    }

    @ParameterizedTest
    @CsvSource({
        "/health, 'context,stopping,partners,expiry,ledger'",
        "/health/ready, 'context,stopping,partners,expiry,ledger'",
        "/health/live, 'context,stopping'"
    })
    void healthIsUpAndSaysWhatWasAsked(String path, String checks) throws Exception {
        try (RunningService service = RunningService.start(home)) {
            HttpResponse<String> answer = get(service, path);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type")).contains("application/json");
            JsonObject health = (JsonObject) Jsoner.deserialize(answer.body());
            assertThat(health.getString("status")).isEqualTo("up");
            assertThat(checks(health))
                    .extracting(check -> check.getString("name"))
                    .containsExactlyInAnyOrder(checks.split(","));
            assertThat(checks(health))
                    .allSatisfy(check -> assertThat(check.getString("status")).isEqualTo("up"));
        }
    }

    @Test
    void whatEndsSoonIsInTheDetailsOfAHealthThatIsUp() throws Exception {
        try (RunningService service = RunningService.start(home, lastDay())) {
            List<Object> expiring = detail(service, "expiry", "expiring");
            assertThat(expiring)
                    .anySatisfy(line -> assertThat(line.toString())
                            .contains(
                                    "our own certificate 'CN=company' ends on", home.certificates() + "/company.crt"));
            assertThat(expiring)
                    .anySatisfy(line -> assertThat(line.toString())
                            .contains("the trusted authority 'CN=Test authority'", home.certificates() + "/ca.crt"));
            assertThat(expiring)
                    .anySatisfy(line -> assertThat(line.toString())
                            .contains(
                                    "partner acme's pinned certificate 'CN=acme' ends on " + acmesEnd(),
                                    "(certificates/acme.crt, SHA-256 fingerprint " + acme.fingerprint()));
            assertThat(detail(service, "expiry", "notRenewable")).isEmpty();
        }
    }

    /** A service that runs on its last good set must not be taken out by a load balancer. */
    @Test
    void aFileThatIsNotInForceIsInTheDetailsOfAHealthThatIsUp() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            home.write("routes/partners/acme.camel.yaml", "- nonsense: x\n");
            soon().untilAsserted(() -> assertThat(detail(service, "partners", "complaints"))
                    .singleElement()
                    .asString()
                    .contains("acme.camel.yaml"));
            assertThat(get(service, "/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aCheckThatIsDownMakesHealthDownAndLeavesTheServiceAlive() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            HealthCheckRegistry.get(service.service().context()).register(new AbstractHealthCheck("own", "disk") {
                @Override
                protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
                    builder.message("no \"room\"\n")
                            .error(new IOException("full"))
                            .down();
                }
            });
            for (String path : List.of("/health", "/health/ready")) {
                HttpResponse<String> answer = get(service, path);
                assertThat(answer.statusCode()).isEqualTo(503);
                JsonObject health = (JsonObject) Jsoner.deserialize(answer.body());
                assertThat(health.getString("status")).isEqualTo("down");
                assertThat(checks(health))
                        .filteredOn(check -> check.getString("status").equals("down"))
                        .singleElement()
                        .satisfies(check -> assertThat(check)
                                .containsEntry("name", "disk")
                                .containsEntry("message", "no \"room\"\n")
                                .containsEntry("error", "java.io.IOException: full"));
            }
            assertThat(get(service, "/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void metricsAreInPrometheussTextFormat() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            service.service()
                    .context()
                    .getRegistry()
                    .lookupByNameAndType("metrics", MeterRegistry.class)
                    .counter("countersign.test", "said", "\"\\\n")
                    .increment();
            HttpResponse<String> answer = get(service, "/metrics");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type"))
                    .contains("text/plain; version=0.0.4; charset=utf-8");
            PrometheusText metrics = PrometheusText.read(answer.body());
            assertThat(metrics.types())
                    .containsEntry(NOT_AFTER, "gauge")
                    .containsEntry("countersign_test_total", "counter");
            assertThat(metrics.of("countersign_test_total"))
                    .containsExactly(Map.entry(Map.of("said", "\\\"\\\\\\n"), 1.0));
            assertThat(metrics.of("jvm_threads_live_threads").values())
                    .singleElement()
                    .satisfies(threads -> assertThat(threads).isPositive());
            assertThat(metrics.of("process_files_open_files").values())
                    .singleElement()
                    .satisfies(files -> assertThat(files).isPositive());
            assertThat(metrics.of("jvm_memory_used_bytes")).isNotEmpty();
        }
    }

    @Test
    void theGaugesAreOfWhatIsInForceAndOfNothingElse() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            Map<String, String> pin = labels("acme", "partner-pin", acme);
            assertThat(ends(service))
                    .containsOnly(
                            Map.entry(pin, (double) acmesEnd().getEpochSecond()),
                            Map.entry(labels("company", "own-certificate", home.company), end(home.company)),
                            Map.entry(labels("shared", "shared-authority", home.authority), end(home.authority)));

            Certified globex = home.pinned("globex");
            soon().untilAsserted(
                            () -> assertThat(ends(service)).containsKeys(pin, labels("globex", "partner-pin", globex)));
            Files.delete(folder.resolve("routes/partners/acme.camel.yaml"));
            soon().untilAsserted(() -> assertThat(ends(service))
                    .doesNotContainKey(pin)
                    .containsKey(labels("globex", "partner-pin", globex)));
        }
    }

    @Test
    void everythingThatAPartnersFileNamesIsThere() throws Exception {
        Certified root = Issue.root("CN=acme's authority");
        Certified server = Issue.to("CN=acme's server").selfSigned();
        Certified ours = Issue.to("CN=for acme").by(home.authority);
        root.write(home.certificates(), "root");
        server.write(home.certificates(), "server");
        ours.write(home.certificates(), "ours");
        home.partner(
                "acme",
                Map.of(
                        "authority", "certificates/root.crt",
                        "subject", "CN=acme",
                        "serverTrust", "certificates/root.crt, certificates/server.crt",
                        "certificate", "certificates/ours.crt",
                        "key", "certificates/ours.key"));
        home.pinned("globex");
        home.partner("globex", Map.of("certificates", "certificates/globex.crt", "enabled", "false"));
        try (RunningService service = RunningService.start(home)) {
            assertThat(ends(service))
                    .containsOnlyKeys(
                            labels("acme", "partner-authority", root),
                            labels("acme", "partner-server", root),
                            labels("acme", "partner-server", server),
                            labels("acme", "partner-identity", ours),
                            labels("company", "own-certificate", home.company),
                            labels("shared", "shared-authority", home.authority));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/status", "/health", "/health/live", "/metrics"})
    void onlyGetIsServed(String path) throws Exception {
        try (RunningService service = RunningService.start(home)) {
            for (String method : List.of("POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PATCH", "FOO")) {
                HttpResponse<String> answer = send(service, method, path);
                assertThat(answer.statusCode()).as(method).isEqualTo(405);
                assertThat(answer.headers().firstValue("allow")).contains("GET");
                assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
                assertThat(service.refusals().get(0).code()).isEqualTo("method-not-allowed");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /health, 200",
        "GET, /health/live, 200",
        "GET, /metrics, 200",
        "GET, /health/x, 404",
        "GET, /healthy, 404",
        "GET, /metrics/x, 404",
        "GET, /, 200",
        "GET, /status, 200",
        "GET, /status.js, 200",
        "GET, /uplot.js, 200",
        "GET, /status.js/, 404",
        "GET, /status.html, 404",
        "GET, /exchange, 404",
        "POST, /metrics, 405",
    })
    void noAnswerIsKeptOrNamesTheSoftware(String method, String path, int status) throws Exception {
        try (RunningService service = RunningService.start(home)) {
            HttpResponse<String> answer = send(service, method, path);
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.headers().map()).doesNotContainKeys("server", "x-powered-by", "via");
            assertThat(answer.headers().allValues("cache-control")).containsExactly("no-store");
        }
    }

    @Test
    void thePartnersListenerShowsNeither() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            Client client = Client.of(home.authority.certificate(), acme);
            assertThat(client.get(service.at("/exchange")).statusCode()).isEqualTo(200);
            for (String path : List.of("/health", "/metrics")) {
                URI there = service.at("/exchange").resolve(path);
                assertThat(client.get(there).statusCode()).as(path).isEqualTo(404);
            }
        }
    }

    @Test
    void theyMayBeOnIpv6() throws Exception {
        home.set("countersign.operations-host", "::1");
        try (RunningService service = RunningService.start(home)) {
            assertThat(service.at("/health").getHost()).isEqualTo("[::1]");
            assertThat(get(service, "/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theServiceLooksAtItsStart() throws Exception {
        try (Logged log = Logged.by("countersign.expiry");
                RunningService service = RunningService.start(home, lastDay())) {
            assertThat(log.news())
                    .hasSize(3)
                    .anySatisfy(line -> assertThat(line).startsWith("ERROR partner acme's pinned certificate"));
            assertThat(service.complaints()).isEmpty();
        }
    }

    /** The one before the certificates of test homes end. */
    private static SettableClock lastDay() {
        SettableClock clock = new SettableClock();
        clock.advance(Duration.ofDays(60).minusHours(1));
        return clock;
    }

    private List<Object> detail(RunningService service, String check, String name) throws Exception {
        JsonObject health =
                (JsonObject) Jsoner.deserialize(get(service, "/health").body());
        assertThat(health.getString("status")).isEqualTo("up");
        JsonObject found = checks(health).stream()
                .filter(one -> check.equals(one.getString("name")))
                .findFirst()
                .orElseThrow();
        JsonObject details = found.getMap("details");
        return List.copyOf(details.<List<Object>>getCollection(name));
    }

    private static List<JsonObject> checks(JsonObject health) {
        return List.copyOf(health.<List<JsonObject>>getCollection("checks"));
    }

    private static Map<Map<String, String>, Double> ends(RunningService service) throws Exception {
        return PrometheusText.read(get(service, "/metrics").body()).of(NOT_AFTER);
    }

    private static Map<String, String> labels(String owner, String kind, Certified certified) {
        return Map.of("owner", owner, "kind", kind, "fingerprint", certified.fingerprint());
    }

    private static double end(Certified certified) {
        return certified.certificate().getNotAfter().toInstant().getEpochSecond();
    }

    private Instant acmesEnd() {
        return acme.certificate().getNotAfter().toInstant();
    }

    private static HttpResponse<String> get(RunningService service, String path) throws Exception {
        return send(service, "GET", path);
    }

    private static HttpResponse<String> send(RunningService service, String method, String path) throws Exception {
        URI target = service.at("/health").resolve(path);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(target)
                                .method(method, BodyPublishers.noBody())
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        BodyHandlers.ofString());
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(100));
    }
}
