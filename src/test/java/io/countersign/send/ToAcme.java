package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Node;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.LedgerRows;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.Seen;
import io.countersign.testing.ServerTls;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A home whose one partner, acme, receives at a scripted server; and what is put into acme's outbox. */
final class ToAcme implements AutoCloseable {
    final TestHome home;
    final ScriptedServer acme;
    private final ListAppender<ILoggingEvent> told = new ListAppender<>();
    private @Nullable RunningService service;

    ToAcme(Path folder) {
        home = new TestHome(folder);
        Certified server =
                Issue.to("CN=acme's server").dns("localhost").ip("127.0.0.1").by(home.authority);
        acme = ScriptedServer.start(ServerTls.of(server));
        home.pinned("acme");
        described();
        told.list = new CopyOnWriteArrayList<>();
        told.start();
        log().addAppender(told);
    }

    /** The properties of acme's file. */
    Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        properties.put("certificates", "certificates/acme.crt");
        properties.put("addresses", "127.0.0.0/8, ::1");
        properties.put("url", acme.url("/exchange").toString());
        return properties;
    }

    /** Writes acme's file, with these routes of its own. */
    ToAcme described(String... routes) {
        home.partner("acme", properties(), routes);
        return this;
    }

    /** The template's use, with parameters: names and values by turns. */
    static String templated(String... parameters) {
        StringBuilder text = new StringBuilder(
                "- templatedRoute:\n    routeId: to-acme\n    routeTemplateRef: send-to-partner\n    parameters:\n");
        List<String> all = List.of(parameters);
        for (int i = -2; i < all.size(); i += 2) {
            text.append("      - name: ")
                    .append(i < 0 ? "partner" : all.get(i))
                    .append("\n        value: '")
                    .append(i < 0 ? "acme" : all.get(i + 1))
                    .append("'\n");
        }
        return text.toString();
    }

    ToAcme start() throws InvalidSettingsException {
        service = RunningService.start(home);
        return this;
    }

    RunningService service() {
        return Objects.requireNonNull(service);
    }

    Path outbox() {
        return home.data().resolve("outbox/acme");
    }

    /** Puts a file in its place at once, whole, a minute old. */
    Path put(String path, String content) throws IOException {
        return put(path, content, Instant.now().minusSeconds(60));
    }

    Path put(String path, String content, Instant modified) throws IOException {
        Path written = Files.writeString(
                Files.createTempFile(Files.createDirectories(home.data().resolve("written")), "", ""), content);
        Files.setLastModifiedTime(written, FileTime.from(modified));
        Path target = outbox().resolve(path);
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        return Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The names of the files that acme's server got wholly, in their order. */
    List<String> arrived() {
        return acme.seen().stream()
                .filter(Seen::whole)
                .map(seen -> String.valueOf(seen.receipt().get("name")))
                .toList();
    }

    List<String> keys() {
        return acme.seen().stream()
                .map(seen -> seen.headers().getOrDefault("idempotency-key", ""))
                .toList();
    }

    void awaitArrived(String... names) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(arrived()).containsExactly(names));
    }

    /** Waits until a marker that is put now has come through, so that everything older had its turn. */
    void awaitTurn(String marker) throws IOException {
        put(marker, marker);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> arrived().contains(marker));
    }

    /** What lies in a folder of the data folder, by paths, without the papers. */
    List<String> filed(String folder) {
        Path start = home.data().resolve(folder);
        return home.files(folder).stream()
                .map(file -> start.relativize(file).toString())
                .filter(name -> !name.matches("(?s).*[.](answer[.]json|receipt[.](json|p7m)|problem[.]json)"))
                .toList();
    }

    void awaitFiled(String folder, String... paths) {
        String[] sorted = paths.clone();
        Arrays.sort(sorted);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .ignoreException(UncheckedIOException.class) // files that are moved while they are looked for
                .untilAsserted(() -> assertThat(filed(folder)).containsExactlyInAnyOrder(sorted));
    }

    void awaitNothingIn(String folder) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreException(UncheckedIOException.class)
                .untilAsserted(() -> assertThat(home.files(folder)).isEmpty());
    }

    /** What the ledger has of what is or was sent. */
    List<Entry> rows(State state) {
        return LedgerRows.of(home).stream()
                .filter(row -> row.direction() == Direction.OUT && row.state() == state)
                .toList();
    }

    void awaitNothingWaits() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(rows(State.WAITING)).isEmpty());
    }

    /** The home's ledger, for another process than the service. */
    Ledger ledger() throws IOException {
        Ledger ledger = new Ledger("jdbc:sqlite:" + home.data().resolve("ledger.db"), "", "", Node.of(home.data()));
        ledger.open();
        return ledger;
    }

    /** The lines of the log about sending that have a text. */
    List<String> told(String text) {
        return told.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(text))
                .toList();
    }

    private static Logger log() {
        return (Logger) LoggerFactory.getLogger("countersign.sent");
    }

    @Override
    public void close() {
        log().detachAppender(told);
        if (service != null) {
            service.close();
        }
        acme.close();
    }
}
