package io.countersign.cli;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.audit.AuditLog;
import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.testing.Ran;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code data/audit.log}: who changed what, and whether it is in force. */
class AuditTest {
    private static final String ACME = "routes/partners/acme.camel.yaml";

    @TempDir
    private Path folder;

    private TestHome home;

    @BeforeEach
    void describe() {
        home = new TestHome(folder);
        home.pinned("acme");
        home.saveSettings();
    }

    @Test
    void eachCommandThatChangesSomethingIsWrittenDown() {
        run("partners", "add", "hooli", "--san", "dns:edi.hooli.example", "--addresses", "192.0.2.0/24");
        run("partners", "disable", "hooli");
        run("partners", "disable", "hooli");
        run("partners", "enable", "hooli");
        run("partners", "remove", "hooli", "--yes");
        assertThat(lines())
                .extracting(line -> line.get("command") + " " + line.get("partner") + " " + line.get("takesEffect"))
                .containsExactly(
                        "partners add hooli true",
                        "partners disable hooli true",
                        "partners enable hooli true",
                        "partners remove hooli true");
        assertThat(lines()).allSatisfy(line -> {
            assertThat(line).containsEntry("user", System.getProperty("user.name"));
            assertThat(Instant.parse(line.getString("time")))
                    .isBefore(Instant.now().plusSeconds(1));
            assertThat(line.getString("file")).isEqualTo("routes/partners/hooli.camel.yaml");
        });
        JsonObject added = lines().get(0);
        assertThat(added.get("sha256Before")).isNull();
        assertThat(String.valueOf(added.get("what"))).contains("addresses set to '192.0.2.0/24'");
        assertThat(lines().get(1).get("sha256Before")).isEqualTo(added.get("sha256After"));
        assertThat(lines().get(3).get("sha256After")).isNull();
    }

    @Test
    void whatAServiceTakesIntoForceOrNotIsWrittenDownWithWhatItChanges() throws Exception {
        home.set("countersign.ledger-password", "hunter2");
        try (RunningService service = RunningService.start(home)) {
            JsonObject started = line("started");
            assertThat(started.getString("version")).startsWith("countersign ");
            assertThat(String.valueOf(started.get("settings")))
                    .contains("countersign.port=0", "countersign.ledger-password=(set)")
                    .doesNotContain("countersign.max-size");
            assertThat(String.valueOf(started.get("files"))).contains(ACME + "=", "routes/receive.camel.yaml=");
            String before = home.read(ACME);
            home.write(ACME, before.replace("127.0.0.0/8, ::1", "10.0.0.0/8"));
            soon().until(() -> has("partner acme: addresses changed from '127.0.0.0/8, ::1' to '10.0.0.0/8'"));
            JsonObject changed = line("in-force");
            assertThat(changed)
                    .containsEntry("file", ACME)
                    .containsEntry("owner", Files.getOwner(folder.resolve(ACME)).getName())
                    .containsEntry("sha256After", Auditing.sha256(folder.resolve(ACME)))
                    .containsKeys("sha256Before", "changed");
            Issue.to("CN=acme, O=new").by(home.authority).write(home.certificates(), "acme");
            soon().until(() -> has("partner acme: certificate ") && has("'CN=acme,O=new'") && has(" removed"));
            home.write(ACME, before.replace("addresses:", "adresses:"));
            soon().until(() -> has("\"not-in-force\""));
            assertThat(line("not-in-force"))
                    .containsEntry("file", ACME)
                    .containsEntry("sha256", Auditing.sha256(folder.resolve(ACME)));
            Files.delete(folder.resolve(ACME));
            soon().until(() -> has("partner acme removed"));
            Issue.to("CN=company, O=new").dns("localhost").by(home.authority).write(home.certificates(), "company");
            soon().until(() -> has("is 'CN=company,O=new' with fingerprint "));
            assertThat(service.complaints()).isEmpty();
        }
        assertThat(line("stopped").getString("version")).startsWith("countersign ");
        assertThat(text()).doesNotContain("hunter2", "PRIVATE");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .matches("rw-(r--|---)---");
    }

    @Test
    void whereItCannotBeWrittenTheServiceGoesOnAndACommandSaysSo() throws Exception {
        Files.createDirectories(file());
        try (Logged log = Logged.by("countersign.audit");
                RunningService service = RunningService.start(home);
                Logged changes = Logged.by("countersign.changes")) {
            Ran ran = run("partners", "disable", "acme");
            assertThat(ran.err()).contains("note: it is done, and is not in " + file());
            soon().until(() -> String.join(" ", changes.news()).contains("in force after a change of"));
            assertThat(service.complaints()).isEmpty();
            assertThat(log.news())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR " + file() + " cannot be written, which is said once: ");
        }
    }

    @Test
    void manyMayWriteAtOnce() {
        AuditLog log = new AuditLog(home.data());
        IntStream.range(0, 2_000).parallel().forEach(i -> {
            JsonObject facts = new JsonObject();
            facts.put("number", i);
            facts.put("text", "x\n\"".repeat(i % 300));
            try {
                log.add("command", facts);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
        assertThat(lines())
                .hasSize(2_000)
                .extracting(line -> line.getInteger("number"))
                .doesNotHaveDuplicates();
    }

    private Ran run(Object... command) {
        Object[] all = Arrays.copyOf(command, command.length + 2);
        all[command.length] = "--home";
        all[command.length + 1] = folder;
        Ran ran = Ran.command(all);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return ran;
    }

    private Path file() {
        return home.data().resolve("audit.log");
    }

    private String text() {
        try {
            return Files.readString(file());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private boolean has(String part) {
        return text().contains(part);
    }

    private JsonObject line(String event) {
        return lines().stream()
                .filter(line -> event.equals(line.get("event")))
                .findFirst()
                .orElseThrow();
    }

    private List<JsonObject> lines() {
        return text().lines().map(AuditTest::parsed).toList();
    }

    private static JsonObject parsed(String line) {
        try {
            return (JsonObject) Jsoner.deserialize(line);
        } catch (DeserializationException notJson) {
            throw new AssertionError(line, notJson);
        }
    }
}
