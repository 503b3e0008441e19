package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.testing.Client;
import io.countersign.testing.Command;
import io.countersign.testing.KillAt;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.LedgerRows;
import io.countersign.testing.RunningService;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.SmallDisk;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Killed between any two steps of receiving, the service makes up its mind at the next start: delivered once, or not at all. */
@SuppressWarnings("try") // a disk is only to be there, or away
class KilledTest {
    private static final String KEY = "k-1";

    /** A home as it is shipped, and beside it what a kill after a step has left of its data: starting processes is dear. */
    @TempDir
    private static Path shared;

    private static TestHome asShipped;
    private static Client acme;

    @TempDir
    private Path folder;

    private TestHome home;
    private Client client;

    @BeforeAll
    static void makeAHome() {
        asShipped = new TestHome(shared.resolve("home"));
        acme = Client.of(asShipped.authority.certificate(), asShipped.pinned("acme"));
    }

    @BeforeEach
    void begin() throws Exception {
        home = asShipped;
        client = acme;
        run("rm", "-rf", home.data().toString());
    }

    private void changeTheHome() {
        home = new TestHome(folder);
        client = Client.of(home.authority.certificate(), home.pinned("acme"));
    }

    @ParameterizedTest
    @CsvSource({
        "claimed,   false",
        "staged,    false",
        "recorded,  false",
        "handed,    false",
        "delivered, true",
        "kept,      true",
        "received,  true",
    })
    void afterAnyStepTheFileIsThereOnce(String step, boolean delivered) throws Exception {
        kill(step);
        assertThat(home.files("inbox/acme")).hasSize(delivered ? 1 : 0);
        restartAndSendAgain(delivered);
        assertThat(home.files("inbox/acme")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"recorded, false", "delivered, true"})
    void soItIsWithALedgerInPostgreSql(String step, boolean delivered) throws Exception {
        changeTheHome();
        LedgerKind.POSTGRESQL.in(home);
        afterAnyStepTheFileIsThereOnce(step, delivered);
        assertThat(home.data().resolve("ledger.db")).doesNotExist();
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "countersign.test.every", matches = "true")
    @CsvSource({"handed, false", "kept, true", "received, true"})
    void soItIsWithALedgerInPostgreSqlAfterEveryStep(String step, boolean delivered) throws Exception {
        soItIsWithALedgerInPostgreSql(step, delivered);
    }

    @ParameterizedTest
    @CsvSource({"handed, false", "delivered, true"})
    void soItIsInAFolderOfThePartnersOwnRoute(String step, boolean delivered) throws Exception {
        deliverTo("{{countersign.data}}/warehouse");
        kill(step);
        assertThat(home.files("warehouse")).hasSize(delivered ? 1 : 0);
        restartAndSendAgain(delivered);
        assertThat(home.files("warehouse")).hasSize(1);
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "countersign.test.every", matches = "true")
    @CsvSource({"recorded, false", "received, true"})
    void soItIsInAFolderOfThePartnersOwnRouteAfterEveryStep(String step, boolean delivered) throws Exception {
        soItIsInAFolderOfThePartnersOwnRoute(step, delivered);
    }

    @ParameterizedTest
    @CsvSource({"handed, false", "delivered, true"})
    void soItIsInAFolderOnAnotherDisk(String step, boolean delivered) throws Exception {
        try (SmallDisk unused = warehouse()) {
            kill(step);
            assertThat(visible("warehouse")).hasSize(delivered ? 1 : 0);
            restartAndSendAgain(delivered);
            assertThat(home.files("warehouse")).hasSize(1);
        }
    }

    @Test
    void onAnotherDiskTheEndpointsRenameIsTheDelivery() throws Exception {
        try (SmallDisk unused = warehouse()) {
            killBehindTheRename();
            restartAndSendAgain(true);
            assertThat(home.files("warehouse")).hasSize(1);
        }
    }

    /** Taken for empty, it would tell of a delivery that may never have been. */
    @Test
    void whileThatDiskIsNotMountedNothingIsDecided() throws Exception {
        try (SmallDisk unused = warehouse()) {
            killBehindTheRename();
            try (SmallDisk over = SmallDisk.mount(home.data().resolve("warehouse"), "size=1m");
                    RunningService service = RunningService.start(home)) {
                assertThat(put(service.port(), "hello").statusCode()).isIn(409, 503);
                assertThat(home.files("receipts")).isEmpty();
                assertThat(home.files("staging")).isNotEmpty();
                over.close();
                assertThat(put(service.port(), "hello").statusCode()).isEqualTo(200);
                assertThat(home.files("receipts")).hasSize(1);
            }
            restartAndSendAgain(true);
            assertThat(home.files("warehouse")).hasSize(1);
        }
    }

    private SmallDisk warehouse() throws Exception {
        deliverTo("{{countersign.data}}/warehouse");
        return SmallDisk.mount(Files.createDirectories(home.data().resolve("warehouse")), "size=1m");
    }

    /** Between these two steps is nothing of ours to be killed at: the endpoint's rename is done here, after the kill. */
    private void killBehindTheRename() throws Exception {
        kill("handed");
        Path copy = home.files("warehouse").stream()
                .filter(file -> file.toString().endsWith(".unfinished"))
                .findFirst()
                .orElseThrow();
        Files.move(copy, copy.resolveSibling("order.txt"));
    }

    private List<Path> visible(String folder) throws IOException {
        return home.files(folder).stream()
                .filter(file -> !file.getFileName().toString().startsWith("."))
                .toList();
    }

    private void deliverTo(String warehouse) throws Exception {
        changeTheHome();
        home.partner(
                "acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"), """
                - templatedRoute:
                    routeId: from-acme
                    routeTemplateRef: deliver-to-folder
                    parameters:
                      - name: partner
                        value: acme
                      - name: folder
                        value: "%s"
                """.formatted(warehouse));
    }

    /** The file may have gone from the inbox to whoever reads it, before the crash or after. */
    @ParameterizedTest
    @ValueSource(strings = {"delivered", "kept", "received"})
    void whatWasTakenFromTheInboxMeanwhileDoesNotComeBack(String step) throws Exception {
        kill(step);
        Files.delete(home.files("inbox/acme").get(0));
        restartAndSendAgain(true);
        assertThat(home.files("inbox/acme")).isEmpty();
    }

    /** Before anything is recorded it is tried out whether a receipt can be kept, in a file that a kill may leave. */
    @Test
    void ofAReceiptThatWasOnlyTriedOutNothingStays() throws Exception {
        kill("staged");
        String id = home.files("staging").get(0).getFileName().toString();
        Path trial = home.data().resolve("receipts/acme/." + id + ".json.part");
        Files.createDirectories(trial.resolveSibling(""));
        Files.writeString(trial, "{");
        restartAndSendAgain(false);
        assertThat(trial).doesNotExist();
    }

    /** Its ledger is written, and staging is not what it was: no absence there tells of a delivery. */
    @Test
    void whatIsRecordedAndHasLeftNothingInStagingWasNotDelivered() throws Exception {
        kill("recorded");
        for (Path file : home.files("staging")) {
            Files.delete(file);
        }
        restartAndSendAgain(false);
        assertThat(home.files("inbox/acme")).hasSize(1);
    }

    /** Of what tries out whether a folder takes files, which a kill may leave there. */
    @Test
    void nothingHiddenStaysInTheInbox() throws Exception {
        kill("handed");
        String id = home.files("staging").get(0).getFileName().toString();
        Path probe = Files.createFile(home.data().resolve("inbox/acme/." + id + ".unfinished"));
        restartAndSendAgain(false);
        assertThat(probe).doesNotExist();
    }

    private void kill(String step) throws Exception {
        Path left = shared.resolve(step);
        if (home == asShipped && Files.exists(left)) {
            run("cp", "-a", left.toString(), home.data().toString());
            return;
        }
        try (ServiceProcess service = ServiceProcess.start(home, KillAt.step(step, "-Djava.io.tmpdir=" + folder))) {
            assertThatThrownBy(() -> put(service.port(), "hello")).isInstanceOf(IOException.class);
            assertThat(service.exitCode()).isEqualTo(128 + 9);
        }
        if (home == asShipped) {
            run("cp", "-a", home.data().toString(), left.toString());
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(Command.run(shared, List.of(command))).isEqualTo(new Command(0, ""));
    }

    private void restartAndSendAgain(boolean delivered) throws Exception {
        try (RunningService service = RunningService.start(home)) {
            assertThat(home.files("staging")).isEmpty();
            assertThat(home.files("receipts")).hasSize(delivered ? 1 : 0);
            HttpResponse<String> again = put(service.port(), "hello");
            assertThat(again.statusCode()).isEqualTo(delivered ? 200 : 201);
            assertThat(put(service.port(), "hello").body()).isEqualTo(again.body());
            assertThat(put(service.port(), "other").statusCode()).isEqualTo(422);
            assertThat(home.files("receipts")).hasSize(1);
            assertThat(home.files("receipts").get(0)).hasContent(again.body());
            assertThat(home.files("staging")).isEmpty();
        }
        List<Entry> entries = LedgerRows.of(home);
        assertThat(entries)
                .filteredOn(entry -> KEY.equals(entry.claim()))
                .extracting(Entry::state)
                .containsExactly(State.RECEIVED);
        assertThat(entries).extracting(Entry::state).doesNotContain(State.DELIVERING);
    }

    private HttpResponse<String> put(int port, String content) throws Exception {
        return client.put(
                URI.create("https://localhost:" + port + "/exchange/order.txt"), content, "Idempotency-Key", KEY);
    }
}
