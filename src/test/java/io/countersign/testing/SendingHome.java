package io.countersign.testing;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A home folder that sends, sooner than as shipped: it looks at the outboxes twenty times a second and tries again after 200 ms. */
public final class SendingHome {
    public final TestHome home;
    private Instant written = Instant.now().minus(Duration.ofHours(1));

    public SendingHome(Path folder) {
        home = new TestHome(folder);
        replace("routes/send.camel.yaml", "firstRetry: 2s", "firstRetry: 200ms");
        replace("routes/templates/send-to-partner.camel.yaml", "delay: 500", "delay: 50");
    }

    private void replace(String file, String what, String by) {
        String before = home.read(file);
        if (!before.contains(what)) {
            throw new AssertionError(file + " does not say " + what);
        }
        home.write(file, before.replace(what, by));
    }

    /** The TLS of a server that is trusted here. */
    public ServerTls tls() {
        return ServerTls.of(Issue.to("CN=partner's server").dns("localhost").by(home.authority));
    }

    public ScriptedServer server(Step... steps) {
        return ScriptedServer.start(tls()).then(steps);
    }

    /**
     * Writes the file of a partner who is sent to.
     *
     * @param parameters names and values for the template
     */
    public SendingHome receiver(String partner, URI url, String... parameters) {
        home.pinned(partner);
        StringBuilder route = new StringBuilder("""
                - templatedRoute:
                    routeId: to-%s
                    routeTemplateRef: send-to-partner
                    parameters:
                      - name: partner
                        value: %s
                """.formatted(partner, partner));
        for (int i = 0; i < parameters.length; i += 2) {
            route.append("      - name: %s\n        value: \"%s\"\n".formatted(parameters[i], parameters[i + 1]));
        }
        home.partner(
                partner,
                Map.of("certificates", "certificates/" + partner + ".crt", "url", url.toString()),
                route.toString());
        return this;
    }

    /** Puts a file into an outbox, finished and later than those before. */
    public Path drop(String partner, String name, String content) {
        return drop(partner, name, content.getBytes(StandardCharsets.UTF_8));
    }

    public Path drop(String partner, String name, byte[] content) {
        try {
            Path data = Files.createDirectories(home.data());
            return drop(partner, name, Files.write(Files.createTempFile(data, ".drop", ""), content));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** @param file is moved */
    public Path drop(String partner, String name, Path file) {
        try {
            written = written.plusSeconds(1);
            Files.setLastModifiedTime(file, FileTime.from(written));
            Path outbox = Files.createDirectories(home.data().resolve("outbox").resolve(partner));
            return Files.move(file, outbox.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    /** Waits until a file was accepted, and nothing is remembered of its sending; returns what is kept of the answer. */
    public JsonObject answer(String partner, String name) {
        soon().until(() -> Files.exists(sent(partner, name)) && !isUnderWay(partner, name));
        return json(sent(partner, name + ".answer.json"));
    }

    /** Waits until a file has failed for good, and nothing is remembered of its sending; returns its problem. */
    public JsonObject problem(String partner, String name) {
        soon().until(() -> Files.exists(failed(partner, name)) && !isUnderWay(partner, name));
        return json(failed(partner, name + ".problem.json"));
    }

    /** Waits until an attempt has failed, and returns the state. */
    public JsonObject setback(String partner, String name) {
        soon().until(() -> states(partner).stream()
                .anyMatch(state -> name.equals(state.get("path")) && state.get("lastFailure") != null));
        return state(partner, name);
    }

    /** What is remembered of a file that is being sent. */
    public JsonObject state(String partner, String name) {
        return states(partner).stream()
                .filter(state -> name.equals(state.get("path")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is remembered of " + name));
    }

    private boolean isUnderWay(String partner, String name) {
        return Files.exists(outbox(partner, name))
                || states(partner).stream().anyMatch(state -> name.equals(state.get("path")));
    }

    private List<JsonObject> states(String partner) {
        return rows(State.WAITING).stream()
                .filter(row -> row.partner().equals(partner))
                .map(SendingHome::state)
                .toList();
    }

    private static JsonObject state(Entry row) {
        JsonObject state = new JsonObject();
        state.put("path", row.path());
        state.put("key", row.key());
        state.put("attempts", row.attempts());
        state.put("next", String.valueOf(row.next()));
        state.put("lastFailure", row.reason());
        return state;
    }

    /** What the ledger has of what was or is to be sent. */
    public List<Entry> rows() {
        return LedgerRows.of(home).stream()
                .filter(row -> row.direction() == Direction.OUT)
                .toList();
    }

    public List<Entry> rows(State state) {
        return rows().stream().filter(row -> row.state() == state).toList();
    }

    public Path outbox(String partner, String name) {
        return home.data().resolve("outbox").resolve(partner).resolve(name);
    }

    public Path sent(String partner, String name) {
        return home.data().resolve("sent").resolve(partner).resolve(name);
    }

    public Path failed(String partner, String name) {
        return home.data().resolve("failed").resolve(partner).resolve(name);
    }

    /** The names of the files in a folder of the data folder and below. */
    public List<String> names(String folder) {
        return home.files(folder).stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    public static JsonObject json(Path file) {
        try {
            return (JsonObject) Jsoner.deserialize(Files.readString(file));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (DeserializationException notJson) {
            throw new IllegalStateException(notJson);
        }
    }
}
