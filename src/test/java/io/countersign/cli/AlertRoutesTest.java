package io.countersign.cli;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.Shown;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.testing.MailServer;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.Seen;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Route;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts of a service go where its routes say, by the routes that are shipped. */
class AlertRoutesTest {
    private static final String ALERT = "routes/alert.camel.yaml";

    @TempDir
    private Path folder;

    private SendingHome sending;
    private ScriptedServer hook;

    @BeforeEach
    void prepare() {
        sending = new SendingHome(folder);
        hook = ScriptedServer.start(sending.tls()).otherwise(Step.answer(204, Map.of(), ""));
    }

    @AfterEach
    void close() {
        hook.close();
    }

    @Test
    void asShippedAlertsAreInTheLog() throws Exception {
        try (Logged log = Logged.by("countersign.alert");
                RunningService service = RunningService.start(sending.home)) {
            service.service()
                    .refusals()
                    .refuseHandshake(Caller.of(null, "192.0.2.7", null), Shown.NOTHING, "no \"certificate\"\n");
            soon().until(
                            () -> log.news()
                                    .contains(
                                            "INFO alert refused times=1: refused handshake: somebody from 192.0.2.7: no \"certificate\"?"));
        }
    }

    @Test
    void aWebhookAndMailAreToldOnceTheyAreUncommented() throws Exception {
        try (MailServer mail = new MailServer()) {
            uncomment(hook.url("/told").toString(), mail.port());
            try (RunningService service = RunningService.start(sending.home)) {
                assertThat(service.complaints()).isEmpty();
                service.service()
                        .refusals()
                        .refuseHandshake(Caller.of(null, "192.0.2.7", null), Shown.NOTHING, "größer");
                JsonObject told = told("refused");
                assertThat(told)
                        .containsEntry("code", "handshake")
                        .containsEntry("text", "refused handshake: somebody from 192.0.2.7: größer");
                assertThat((JsonObject) told.get("details")).containsEntry("address", "192.0.2.7");
                assertThat(hook.seen().get(0).headers()).containsEntry("content-type", "application/json");
                assertThat(hook.seen().get(0).target()).isEqualTo("/told");
                soon().until(() -> mail.mails().stream().anyMatch(one -> one.matches("(?s).*refused.handshake.*")));
                String got = mail.mails().stream()
                        .filter(one -> one.matches("(?s).*refused.handshake.*"))
                        .findFirst()
                        .orElseThrow();
                assertThat(got)
                        .contains("MAIL FROM:<countersign@company.example>", "RCPT TO:<operations@company.example>")
                        .contains("From: countersign@company.example")
                        .containsPattern("(?m)^Subject: .*refused.handshake")
                        .doesNotContain("\nkind:");
            }
        }
    }

    @Test
    void headersDoNotSayToWhichServerMailGoes() throws Exception {
        try (MailServer mail = new MailServer();
                MailServer elsewhere = new MailServer()) {
            uncomment(hook.url("/told").toString(), mail.port());
            try (RunningService service = RunningService.start(sending.home);
                    var producer = service.service().context().createProducerTemplate()) {
                producer.requestBodyAndHeaders(
                        "direct:alert-to-mail",
                        "more",
                        Map.of(
                                "subject", "to us alone",
                                "mail.smtp.host", "127.0.0.1",
                                "mail.smtp.port", "" + elsewhere.port(),
                                "to", "somebody@elsewhere.example"));
                soon().until(() -> mail.mails().stream().anyMatch(one -> one.contains("to us alone")));
                assertThat(mail.mails()).noneMatch(one -> one.contains("elsewhere"));
                assertThat(elsewhere.mails()).isEmpty();
            }
        }
    }

    @Test
    void theReadmesFileIsInForceAsItIsTyped() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        int begins = readme.indexOf("# " + ALERT);
        sending.home.write(ALERT, readme.substring(begins, readme.indexOf("```", begins)));
        try (RunningService service = RunningService.start(sending.home)) {
            assertThat(service.service().context().getRoutes())
                    .extracting(Route::getRouteId)
                    .contains("alert", "alert-to-webhook", "alert-to-mail");
        }
    }

    @Test
    void eachKindIsTold() throws Exception {
        uncomment(hook.url("/told").toString(), 1);
        Certified acme = sending.home.pinned("acme");
        Certified old = Issue.to("CN=old")
                .valid(Instant.now().minus(Duration.ofDays(30)), Instant.now().plus(Duration.ofDays(3)))
                .by(sending.home.authority);
        old.write(sending.home.certificates(), "old");
        sending.home.partner("old", Map.of("certificates", "certificates/old.crt", "addresses", "any"));
        try (ScriptedServer partner = sending.server(Step.answer(400, Map.of(), "no"))) {
            sending.receiver("globex", partner.url("/exchange"));
            try (RunningService service = RunningService.start(sending.home)) {
                Client client = Client.of(sending.home.authority.certificate(), acme);
                URI url = service.at("/exchange").resolve("/exchange/..%2f");
                assertThat(client.put(url, "x").statusCode()).isEqualTo(400);
                assertThat(told("refused")).containsEntry("partner", "acme").containsEntry("code", "name-invalid");
                assertThat(told("expiring")).containsEntry("partner", "old");
                sending.drop("globex", "bill.txt", "x");
                assertThat(told("failed"))
                        .containsEntry("partner", "globex")
                        .containsEntry("code", "refused")
                        .extractingByKey("text")
                        .asString()
                        .startsWith("bill.txt failed, and is in failed/globex: refused: the partner answered 400");
                sending.home.write(
                        "routes/partners/acme.camel.yaml", "- beans:\n    - name: acme\n      type: nothing\n");
                assertThat(told("changed-not-in-force").getString("text"))
                        .startsWith("changed and not in force: routes/partners/acme.camel.yaml: ");
            }
        }
    }

    @Test
    void tenThousandGarbageHandshakesFromAThousandAddressesAreAHandfulOfAlerts() throws Exception {
        uncomment(hook.url("/told").toString(), 1);
        sending.home.set("countersign.alert-interval", "2s");
        try (RunningService service = RunningService.start(sending.home)) {
            for (int i = 0; i < 300; i++) {
                garbage("127.0." + i % 100 + ".9", service.port());
            }
            soon().until(() -> service.refusals().size() >= 300);
            for (int i = 0; i < 10_000; i++) {
                Caller caller = Caller.of(null, "10.0." + i % 4 + "." + i % 250, null);
                service.service()
                        .refusals()
                        .refuseHandshake(caller, Shown.NOTHING, "Unsupported or unrecognized SSL message " + i % 7);
            }
            soon().until(() -> hook.seen().stream().anyMatch(AlertRoutesTest::isOfMany));
            assertThat(hook.seen().stream().filter(AlertRoutesTest::isHandshake))
                    .hasSizeLessThan(12);
        }
    }

    private static boolean isHandshake(Seen seen) {
        return "handshake".equals(json(seen).get("code"));
    }

    private static boolean isOfMany(Seen seen) {
        return isHandshake(seen) && Objects.requireNonNull(json(seen).getLong("times")) >= 1_000;
    }

    private static void garbage(String from, int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(from), 0)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        } catch (java.net.SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    void byPublicAuthoritiesAServerOfOursIsNotTrusted() throws Exception {
        uncomment(hook.url("/told").toString(), 1);
        sending.home.write(
                ALERT,
                sending.home
                        .read(ALERT)
                        .replace(
                                "      - name: url\n",
                                "      - name: tls\n        value: \"#publicAuthorities\"\n      - name: url\n"));
        try (Logged log = Logged.by("countersign.alert");
                RunningService service = RunningService.start(sending.home)) {
            service.service().refusals().refuseHandshake(Caller.of(null, "192.0.2.7", null), Shown.NOTHING, "x");
            soon().until(() -> log.news().stream()
                    .anyMatch(line -> line.startsWith("WARN the route direct:alert does not take alerts")
                            && line.contains("PKIX")));
            assertThat(hook.seen()).isEmpty();
        }
    }

    private JsonObject told(String kind) {
        soon().until(() ->
                hook.seen().stream().anyMatch(seen -> kind.equals(json(seen).get("kind"))));
        return hook.seen().stream()
                .map(AlertRoutesTest::json)
                .filter(json -> kind.equals(json.get("kind")))
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject json(Seen seen) {
        byte[] body = seen.body();
        try {
            return body == null || !seen.whole()
                    ? new JsonObject()
                    : (JsonObject) Jsoner.deserialize(new String(body, StandardCharsets.UTF_8));
        } catch (DeserializationException notJson) {
            throw new AssertionError(notJson);
        }
    }

    /** @param mailPort of a mail server; 1 for none, and then the route calls the webhook alone */
    private void uncomment(String url, int mailPort) {
        List<String> lines = sending.home.read(ALERT).lines().toList();
        int from = lines.indexOf("- routeConfiguration:");
        StringBuilder text = new StringBuilder();
        for (int i = from; i < lines.size(); i++) {
            text.append(lines.get(i).startsWith("#") ? lines.get(i).substring(1) : lines.get(i))
                    .append('\n');
        }
        String all = text.toString()
                .replace("https://hooks.example/countersign", url)
                .replace(
                        "value: smtp.example",
                        "value: localhost\n      - name: port\n        value: \"" + mailPort
                                + "\"\n      - name: startTls\n        value: \"false\"");
        sending.home.write(
                ALERT,
                mailPort == 1
                        ? all.replace("              - to:\n                  uri: direct:alert-to-mail\n", "")
                        : all);
    }
}
