package io.countersign.cli;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.Step;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code countersign.log-format = json}: all that the service says is for programs. */
class JsonLogTest {
    private static final String HOSTILE = "\"no\"\n\u2028{\"level\":\"INFO\"}";

    @TempDir
    private Path folder;

    @Test
    void everyLineOfAServiceIsAnObjectWithWhatHappenedInFields() throws Exception {
        SendingHome sending = new SendingHome(folder);
        sending.home.set("countersign.log-format", "json");
        Certified acme = sending.home.pinned("acme");
        Certified stranger = Issue.to("CN=stranger \\\"quoted\\\"").by(sending.home.authority);
        try (ScriptedServer partner = sending.server(
                Step.answer(503, Map.of("Retry-After", "1"), HOSTILE), Step.answer(400, Map.of(), HOSTILE))) {
            sending.receiver("globex", partner.url("/exchange"));
            try (ServiceProcess service = ServiceProcess.start(sending.home)) {
                URI url = URI.create("https://localhost:" + service.port() + "/exchange/%22Bestellung%22%20%C3%9C.xml");
                assertThat(client(sending, acme).put(url, "hello").statusCode()).isEqualTo(201);
                assertThat(client(sending, stranger).put(url, "hello").statusCode())
                        .isEqualTo(403);
                sending.drop("globex", "bill.txt", "x");
                sending.problem("globex", "bill.txt");
                soon().until(() -> service.output().contains("failed partner=globex"));
                service.terminate();
                assertThat(service.endsWithin(Duration.ofSeconds(30))).isTrue();
                List<JsonObject> lines =
                        service.output().lines().map(JsonLogTest::parsed).toList();
                assertThat(lines)
                        .allSatisfy(line -> assertThat(line).containsKeys("time", "level", "logger", "message"));
                assertThat(line(lines, "received partner=acme"))
                        .containsEntry("partner", "acme")
                        .containsEntry("direction", "in")
                        .containsEntry("name", "\"Bestellung\" Ü.xml")
                        .containsKeys("size", "sha256", "id", "address", "file");
                assertThat(line(lines, "refused certificate-unknown"))
                        .containsEntry("level", "WARN")
                        .containsEntry("logger", "countersign.refused")
                        .containsEntry("certificate", stranger.fingerprint())
                        .containsKeys("address", "reason", "instance", "partner", "code");
                assertThat(line(lines, "not sent partner=globex"))
                        .containsEntry("code", "unavailable")
                        .containsKeys("next", "attempts", "id", "size", "sha256", "path");
                assertThat(line(lines, "failed partner=globex"))
                        .containsEntry("code", "refused")
                        .containsEntry("level", "ERROR")
                        .containsKeys("file", "reason");
                assertThat(line(lines, "stopped")).containsEntry("logger", "countersign");
            }
        }
    }

    @Test
    void aStartThatFailsIsToldToPeople() throws Exception {
        SendingHome sending = new SendingHome(folder);
        sending.home.set("countersign.log-format", "json").set("countersign.max-size", "much");
        try (ServiceProcess service = ServiceProcess.launch(sending.home)) {
            assertThat(service.exitCode()).isEqualTo(1);
            assertThat(service.output().lines())
                    .anyMatch(line -> line.contains("countersign.max-size (") && !line.startsWith("{"));
        }
    }

    private static Client client(SendingHome sending, Certified own) {
        return Client.of(sending.home.authority.certificate(), own);
    }

    private static JsonObject line(List<JsonObject> lines, String begins) {
        return lines.stream()
                .filter(line -> String.valueOf(line.get("message")).startsWith(begins))
                .findFirst()
                .orElseThrow(() -> new AssertionError(begins + " is in none of " + lines));
    }

    private static JsonObject parsed(String line) {
        try {
            return (JsonObject) Jsoner.deserialize(line);
        } catch (DeserializationException | ClassCastException notAnObject) {
            throw new AssertionError(line, notAnObject);
        }
    }
}
