package io.countersign.cli;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Transfers;
import io.countersign.settings.Problems;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.LedgerRows;
import io.countersign.testing.Ran;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import io.countersign.testing.TestHome;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code countersign transfers}, beside a service and without one. */
class TransferCommandsTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final String ONE = "a".repeat(64);
    private static final String TWO = "abcdef01" + "b".repeat(56);

    @TempDir
    private Path folder;

    // list

    @ParameterizedTest
    @EnumSource(LedgerKind.class)
    void listHasALineForEachTransferTheNewestFirst(LedgerKind kind) throws Exception {
        written(kind);
        Ran ran = transfers("list");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out().lines().map(line -> List.of(line.split(" {2,}"))))
                .satisfiesExactly(
                        heads -> assertThat(heads)
                                .containsExactly(
                                        "TIME",
                                        "DIRECTION",
                                        "PARTNER",
                                        "NAME",
                                        "SIZE",
                                        "STATE",
                                        "ID",
                                        "WHY, AND WHEN NEXT"),
                        line -> assertThat(line)
                                .containsExactly(
                                        "2026-11-21T00:00:00Z",
                                        "out",
                                        "globex",
                                        "Late.txt",
                                        "12",
                                        "waiting",
                                        id(4),
                                        "first attempt 2026-11-21T00:00:05Z"),
                        line -> assertThat(line).contains("failed", "refused: the partner answered 400: a?line"),
                        line -> assertThat(line)
                                .contains("waiting", "next attempt 2026-11-20T12:30:00Z: unreachable: nobody is there"),
                        line -> assertThat(line)
                                .containsExactly(
                                        "2026-11-20T12:00:00Z",
                                        "in",
                                        "acme",
                                        "Bestellung Ü.xml",
                                        "12",
                                        "received",
                                        id(1)));
        assertThat(transfers().out()).isEqualTo(ran.out());
    }

    @ParameterizedTest
    @CsvSource({
        "'', 4 3 2 1",
        "--partner acme, 2 1",
        "--partner nobody, ''",
        "--since 2026-11-21, 4",
        "--since 2026-11-20T12:00:01Z, 4 3 2",
        "--until 2026-11-20, 3 2 1",
        "--until 2026-11-20T12:00:00Z, ''",
        "--since 2026-11-20 --until 2026-11-20 --out, 3 2",
        "--name ü.XML, 1",
        "--name b*.xml, 1",
        "--name l?te, 4",
        "--name l?e, ''",
        "--name (, ''",
        "--digest ABCDEF01, 3 2",
        "--digest aaaaaaaa, 1",
        "--state failed, 3",
        "--state WAITING --partner acme, 2",
        "--in, 1",
        "--out, 4 3 2",
        "--in --out, 4 3 2 1",
        "--limit 2, 4 3",
    })
    void whatIsGivenNarrowsIt(String options, String expected) throws Exception {
        written(LedgerKind.SQLITE);
        Ran ran = transfers(("list --json " + options).strip().split(" "));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out().lines().map(line -> parsed(line).getString("id")))
                .containsExactlyElementsOf(List.of(expected.split(" ")).stream()
                        .filter(each -> !each.isEmpty())
                        .map(each -> id(Integer.parseInt(each)))
                        .toList());
        assertThat(ran.err())
                .isEqualTo(
                        options.contains("limit") ? "there are more than these 2; --limit takes another number\n" : "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--since yesterday | --since yesterday is not a time; accepted: 2026-12-01, or 2026-12-01T06:00:00Z",
                "--until 2026-13-01 | --until 2026-13-01 is not a time; accepted: ",
                "--since 2026-12-02 --until 2026-12-01 | --since 2026-12-02 is not before --until 2026-12-01; accepted: ",
                "--digest abc | --digest abc is no SHA-256; accepted: its 64 hexadecimal digits, or the first 8 or more",
                "--digest abcdefgh | --digest abcdefgh is no SHA-256; accepted: ",
                "--state lost | --state lost is none; accepted: delivering, received, waiting, sent, failed, withdrawn",
                "--in --state sent | --state sent is none of what came in; accepted: delivering, received, failed",
                "--out --state received | is none of what goes out; accepted: waiting, sent, failed, withdrawn",
                "--limit 0 | --limit 0; accepted: 1 or more",
                "--limit many | 'many' is not an int",
                "show ? | ? is no id of a transfer; accepted: ",
                "show abc | abc is no id of a transfer; accepted: one, or its first 4 characters or more",
                "--partner acme list | --partner stands before list; accepted: behind it",
                "--json show 01a2 | --json stands before show; accepted: behind it",
            })
    void whatMakesNoSenseIsWrongUsage(String arguments, String told) throws Exception {
        written(LedgerKind.SQLITE);
        Ran ran = transfers(arguments.split(" "));
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains(told);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void aLedgerThatIsNotThereIsToldAndNotMade() {
        new TestHome(folder).saveSettings();
        for (String[] command :
                List.of(new String[] {"list"}, new String[] {"show", "01a2"}, new String[] {"follow", "01a2"})) {
            Ran ran = transfers(command);
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err())
                    .contains("the ledger " + folder.resolve("data/ledger.db")
                            + " is not there: nothing was transferred yet");
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aLedgerThatIsNoneIsToldAndLeftAsItIs() throws Exception {
        TestHome home = new TestHome(folder);
        home.saveSettings();
        Files.createDirectories(home.data());
        Path ledger = Files.writeString(home.data().resolve("ledger.db"), "no ledger".repeat(1000));
        Ran ran = transfers("list");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("cannot be read: it is not an SQLite database");
        assertThat(ledger).hasContent("no ledger".repeat(1000));
        assertThat(home.files("")).containsExactly(ledger);
    }

    // show

    @Test
    void showTellsOneStepByStepAndWhatElseHadItsContent() throws Exception {
        TestHome home = written(LedgerKind.SQLITE);
        Path inbox = home.data().resolve("inbox/acme");
        Files.createDirectories(inbox);
        Path file = Files.writeString(inbox.resolve("on-disk-1"), "x");
        Ran received = transfers("show", id(1));
        assertThat(received.exitCode()).as(received.err()).isZero();
        assertThat(received.out())
                .containsPattern("(?m)^name: +Bestellung Ü.xml$")
                .containsPattern("(?m)^sha256: +" + ONE + "$")
                .containsPattern("(?m)^file: +" + file + "$")
                .containsPattern("(?m)^receipt: +the-receipt$")
                .contains("2026-11-20T12:00:00Z  all of it is here; delivering\n")
                .contains("2026-11-20T12:00:01Z  received: delivered, and its receipt is given\n")
                .doesNotContain("with the same content");
        Ran waiting = transfers("show", id(2).substring(0, 18));
        assertThat(waiting.out())
                .contains("2026-11-20T12:10:00Z  in the outbox\n")
                .contains("2026-11-20T12:10:01Z  not sent, after 3 attempts: unreachable: nobody is there\n")
                .contains("2026-11-20T12:30:00Z  the next attempt\n")
                .containsPattern(
                        "with the same content:\n2026-11-20T12:20:00Z +out +globex +invoice.txt +failed +" + id(3));
        Ran failed = transfers("show", id(3));
        assertThat(failed.out())
                .containsPattern("(?m)^file: +" + home.data() + "/failed/globex/invoice.txt \\(not there any more\\)$")
                .contains("failed, after 1 attempt: refused: the partner answered 400: a?line\n");
        JsonObject json = parsed(transfers("show", id(2), "--json").out());
        assertThat(json).containsEntry("attempts", new BigDecimal(3)).containsEntry("state", "waiting");
        assertThat((JsonArray) json.get("steps")).hasSize(3);
        assertThat((JsonArray) json.get("sameContent")).hasSize(1);
    }

    @Test
    void whatIsMeantByABeginningMustBeOneTransfer() throws Exception {
        written(LedgerKind.SQLITE);
        Ran several = transfers("show", id(1).substring(0, 8));
        assertThat(several.exitCode()).isEqualTo(1);
        assertThat(several.err()).contains("several begin so:", id(1), id(4), "in acme Bestellung Ü.xml received");
        Ran none = transfers("show", "ffff");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("ffff: the ledger ", " has no transfer whose id begins so");
    }

    @Test
    void whatAnotherNodeHasIsNotLookedForHere() throws Exception {
        TestHome home = written(LedgerKind.SQLITE);
        Files.writeString(home.data().resolve("node"), "other\n");
        assertThat(transfers("show", id(1)).out())
                .containsPattern("(?m)^node: +node, which shares this ledger$")
                .doesNotContain("file:");
    }

    // beside a service

    @ParameterizedTest
    @EnumSource(LedgerKind.class)
    void whatAServiceDoesIsSeenBesideIt(LedgerKind kind) throws Exception {
        SendingHome sending = new SendingHome(folder);
        kind.in(sending.home);
        Certified acme = sending.home.pinned("acme");
        try (ScriptedServer server = sending.server(Step.answer(503, Map.of("Retry-After", "2"), ""))) {
            sending.receiver("globex", server.url("/exchange"));
            sending.home.saveSettings();
            try (RunningService service = RunningService.start(sending.home)) {
                Client client = Client.of(sending.home.authority.certificate(), acme);
                assertThat(client.put(service.at("/exchange").resolve("/exchange/order.xml"), "content")
                                .statusCode())
                        .isEqualTo(201);
                Entry in = LedgerRows.of(sending.home).get(0);
                sending.drop("globex", "passed-on.xml", "content");
                sending.setback("globex", "passed-on.xml");
                String out = sending.rows().get(0).id();
                CompletableFuture<Ran> following = CompletableFuture.supplyAsync(
                        () -> transfers("follow", out), command -> new Thread(command).start());
                assertThat(transfers("list").out())
                        .containsPattern("in +acme +order.xml +7 +received +" + in.id())
                        .containsPattern("out +globex +passed-on.xml +7 +(waiting|sent) +" + out);
                sending.answer("globex", "passed-on.xml");
                Ran followed = following.get(30, TimeUnit.SECONDS);
                assertThat(followed.exitCode()).as(followed.err()).isZero();
                assertThat(followed.out()).containsPattern("(?m)^[0-9TZ:.-]+  (sent$|sent, after 2 attempts)");
                assertThat(transfers("show", in.id()).out())
                        .containsPattern("(?m)^file: +.*/inbox/acme/.*order.xml$")
                        .containsPattern("(?m)^papers: +.*/receipts/acme/" + in.id() + ".json$")
                        .containsPattern("with the same content:\n.* out +globex +passed-on.xml +sent +" + out);
                assertThat(transfers("show", out).out())
                        .contains("sent, after 2 attempts")
                        .containsPattern("(?m)^papers: +.*/sent/globex/passed-on.xml.receipt.json");
            }
        }
    }

    @Test
    void followingEndsWithOneWhereItFails() throws Exception {
        SendingHome sending = new SendingHome(folder);
        try (ScriptedServer server =
                sending.server(Step.answer(503, Map.of("Retry-After", "2"), ""), Step.answer(400, Map.of(), "no"))) {
            sending.receiver("globex", server.url("/exchange"));
            sending.home.saveSettings();
            try (RunningService service = RunningService.start(sending.home)) {
                sending.drop("globex", "wrong.xml", "content");
                sending.setback("globex", "wrong.xml");
                String out = sending.rows().get(0).id();
                CompletableFuture<Ran> following = CompletableFuture.supplyAsync(
                        () -> transfers("follow", out, "--json"), command -> new Thread(command).start());
                sending.problem("globex", "wrong.xml");
                Ran followed = following.get(30, TimeUnit.SECONDS);
                assertThat(followed.exitCode()).as(followed.err()).isEqualTo(1);
                List<String> lines = followed.out().lines().toList();
                assertThat(parsed(lines.get(lines.size() - 1)))
                        .containsEntry("state", "failed")
                        .extractingByKey("reason")
                        .asString()
                        .startsWith("refused: the partner answered 400");
                assertThat(service.complaints()).isEmpty();
                soon().until(() -> transfers("follow", out).exitCode() == 1);
            }
        }
    }

    private Ran transfers(String... arguments) {
        List<Object> words = new ArrayList<>(List.of("transfers"));
        words.addAll(List.of(arguments));
        words.addAll(List.of("--home", folder));
        return Ran.command(words.toArray());
    }

    private static JsonObject parsed(String line) {
        try {
            return (JsonObject) Jsoner.deserialize(line);
        } catch (DeserializationException notJson) {
            throw new AssertionError(line, notJson);
        }
    }

    /** A home whose ledger has four transfers, without a service. */
    private TestHome written(LedgerKind kind) throws Exception {
        TestHome home = new TestHome(folder);
        kind.in(home);
        home.saveSettings();
        Files.createDirectories(home.data());
        Files.writeString(home.data().resolve("node"), "node\n");
        String failed = home.data().resolve("failed/globex/invoice.txt").toString();
        List<Entry> entries = List.of(
                entry(1, Direction.IN, "acme", "Bestellung Ü.xml", ONE, State.RECEIVED, NOON, 1, null, null, null),
                entry(
                        2,
                        Direction.OUT,
                        "acme",
                        "invoice.txt",
                        TWO,
                        State.WAITING,
                        NOON.plus(Duration.ofMinutes(10)),
                        3,
                        NOON.plus(Duration.ofMinutes(30)),
                        "unreachable: nobody is there",
                        null),
                entry(
                        3,
                        Direction.OUT,
                        "globex",
                        "invoice.txt",
                        TWO,
                        State.FAILED,
                        NOON.plus(Duration.ofMinutes(20)),
                        1,
                        null,
                        "refused: the partner answered 400: a\nline",
                        failed),
                entry(
                        4,
                        Direction.OUT,
                        "globex",
                        "Late.txt",
                        null,
                        State.WAITING,
                        NOON.plus(Duration.ofHours(12)),
                        0,
                        NOON.plus(Duration.ofHours(12)).plusSeconds(5),
                        null,
                        null));
        var settings = home.settings(new Problems());
        try (Ledger ledger = Ledgers.of(settings, "node")) {
            ledger.open();
            boolean unused = ledger.commit(connection -> {
                for (Entry entry : entries) {
                    new Transfers(connection).add(entry);
                }
                return true;
            });
        }
        return home;
    }

    private static String id(int number) {
        return "01a2091d-905c-79c" + number + "-b4d5-a24e9e01428" + number;
    }

    private static Entry entry(
            int number,
            Direction direction,
            String partner,
            String name,
            @Nullable String sha256,
            State state,
            Instant began,
            int attempts,
            @Nullable Instant next,
            @Nullable String reason,
            @Nullable String filed) {
        return new Entry(
                id(number),
                "node",
                direction,
                partner,
                id(number),
                null,
                name,
                "on-disk-" + number,
                12,
                0,
                sha256,
                state,
                began,
                began.plusSeconds(1),
                attempts,
                next,
                reason,
                direction == Direction.IN ? "{\"id\":\"the-receipt\"}" : null,
                filed);
    }
}
