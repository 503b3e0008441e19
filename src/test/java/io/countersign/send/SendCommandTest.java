package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.testing.Deliveries;
import io.countersign.testing.Jvm;
import io.countersign.testing.KillAt;
import io.countersign.testing.Ran;
import io.countersign.testing.RunningService;
import io.countersign.testing.Step;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code countersign send}, as a person or a script runs it. */
class SendCommandTest {
    @TempDir
    private Path folder;

    private ToAcme to;

    private record Running(Process process, Path out, Path err) {
        Ran end() throws Exception {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("it did not end: " + Files.readString(out) + Files.readString(err));
            }
            return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
        }
    }

    @BeforeEach
    void describe() {
        to = new ToAcme(folder.resolve("home"));
    }

    @AfterEach
    void stop() {
        to.close();
    }

    @Test
    void aCountersignAcceptsAFileAndItsReceiptIsAllThatIsPrinted() throws Exception {
        TestHome theirs = new TestHome(folder.resolve("theirs"));
        to.home.company.write(theirs.certificates(), "sender");
        theirs.partner("sender", Map.of("certificates", "certificates/sender.crt", "addresses", "any"));
        theirs.authority.write(to.home.certificates(), "theirs");
        Path file = file("Über order.xml", "order");
        Ran ran;
        try (RunningService receiver = RunningService.start(theirs)) {
            Map<String, String> properties = to.properties();
            properties.put("url", "https://localhost:" + receiver.port() + "/exchange");
            properties.put("serverTrust", "certificates/theirs.crt");
            to.home.partner("acme", properties);
            ran = run(List.of(), List.of("--partner", "acme", file.toString()));
        }
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err().strip()).isEqualTo("Über order.xml: signed by 'CN=company'");
        assertThat(ran.out().lines()).hasSize(1);
        JsonObject receipt = (JsonObject) Jsoner.deserialize(ran.out());
        assertThat(receipt).containsEntry("name", "Über order.xml").containsKeys("id", "sha256", "receivedAt");
        assertThat(file).hasContent("order");
        assertThat(to.filed("sent/acme")).containsExactly("Über order.xml");
        assertThat(to.home.read("data/sent/acme/Über order.xml.receipt.json").strip())
                .isEqualTo(ran.out().strip());
        assertThat(to.home.data().resolve("sent/acme/Über order.xml.receipt.p7m"))
                .exists();
        assertThat(theirs.files("inbox/sender")).hasSize(1);
        assertNothingLeft();
    }

    @Test
    void anAnswerWithoutAReceiptIsToldInWords() throws Exception {
        to.acme.then(Step.answer(204, Map.of(), ""));
        Ran ran = send("--partner", "acme", file("order", "order").toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .startsWith("order: accepted, without a receipt; see ")
                .contains("sent/acme/order.answer.json");
    }

    @Test
    void ofSeveralFilesTheRefusedOneIsNamed() throws Exception {
        to.acme.otherwise(Step.onRequest(request -> {
            request.readWhole();
            if ("bad".equals(request.receipt().get("name"))) {
                request.answer(422, Map.of(), "not today");
            } else {
                request.answer(201, Map.of(), request.receipt().toJson());
            }
        }));
        Ran ran = send(
                "--partner",
                "acme",
                file("good", "1").toString(),
                file("bad", "2").toString(),
                file("empty", "").toString(),
                file("unfinished.part", "3").toString());
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out().lines()).hasSize(3).allMatch(line -> line.startsWith("{"));
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err())
                .startsWith("bad: not accepted (refused): the partner answered 422: not today; see ")
                .contains("failed/acme/bad.problem.json");
        assertThat(to.filed("sent/acme")).containsExactlyInAnyOrder("good", "empty", "unfinished.part");
        assertThat(to.filed("failed/acme")).containsExactly("bad");
        assertNothingLeft();
    }

    @Test
    void aFileMayBeCalledLikeItsPartner() throws Exception {
        Ran ran = send("--partner", "acme", file("acme", "order").toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(to.arrived()).containsExactly("acme");
        assertNothingLeft();
    }

    @Test
    void aPartnerThatCannotBeSentToIsTold() throws Exception {
        String file = file("order", "order").toString();
        Map<String, String> properties = new HashMap<>(to.properties());
        properties.remove("url");
        properties.put("certificates", "certificates/company.crt");
        to.home.partner("sends-only", properties);
        Ran unknown = send("--partner", "nobody", file);
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err()).contains("partner nobody", "is not known; known: acme, sends-only");
        Ran without = send("--partner", "sends-only", file);
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.err()).contains("partner sends-only", "has no url");
        Map<String, String> disabled = new HashMap<>(to.properties());
        disabled.put("enabled", "false");
        to.home.partner("acme", disabled);
        Ran refused = send("--partner", "acme", file);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("partner acme", "is not enabled");
        assertThat(to.acme.seen()).isEmpty();
        assertNothingLeft();
    }

    @Test
    void aPartnerWithARouteOfItsOwnIsSentToByItsOutbox() throws Exception {
        to.described("""
                - route:
                    id: own
                    from:
                      uri: file:{{countersign.data}}/outbox/acme
                      steps:
                        - to:
                            uri: file:{{countersign.data}}/elsewhere
                """);
        Ran ran = send("--partner", "acme", file("order", "order").toString());
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("route of its own", "outbox/acme");
        assertThat(to.home.files("elsewhere")).isEmpty();
        assertNothingLeft();
    }

    @Test
    void aTemplateInThePartnersFileIsNoOtherWay() throws Exception {
        to.described(ToAcme.templated("minAge", "1h", "doneFile", "${file:name}.done"));
        Ran ran = send("--partner", "acme", file("order", "order").toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
    }

    @Test
    void filesThatCannotBeSentAreToldAndNothingIs() throws Exception {
        Path good = file("order", "order");
        Path other = Files.writeString(
                Files.createDirectories(folder.resolve("files/other")).resolve("order"), "another");
        Ran ran = send(
                "--partner",
                "acme",
                good.toString(),
                folder.resolve("files/missing").toString(),
                other.toString(),
                folder.resolve("files/other").toString(),
                file(".hidden", "x").toString());
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .contains("4 problems")
                .contains("files/missing: no such file")
                .contains("files/other/order: has the same name as another")
                .contains("files/other: is not a file that can be read")
                .contains("files/.hidden: ");
        assertThat(to.acme.connections()).isZero();
        assertNothingLeft();
    }

    @Test
    void whatIsNotDeliveredIsNotQueuedAndHasItsKeyAgain() throws Exception {
        Path file = file("order", "order");
        Map<String, String> nobody = new HashMap<>(to.properties());
        nobody.put("url", "https://localhost:" + unusedPort() + "/exchange");
        to.home.partner("acme", nobody);
        long began = System.nanoTime();
        Ran first = send("--partner", "acme", file.toString());
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.out()).isEmpty();
        assertThat(first.err()).startsWith("order: not accepted (unreachable): ");
        assertNothingLeft();
        assertThat(to.home.files("failed")).isEmpty();
        Entry state = to.rows(State.WAITING).get(0);

        to.described();
        to.acme.then(Step.answer(503, Map.of("Retry-After", "86400"), "later"));
        Ran second = send("--partner", "acme", file.toString());
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.err()).startsWith("order: not accepted (unavailable): ");
        assertThat(to.keys()).containsExactly(state.id());

        Ran third = send("--partner", "acme", file.toString());
        assertThat(third.exitCode()).as(third.err()).isZero();
        assertThat(to.keys()).hasSize(2);
        assertThat(to.keys().get(1)).isEqualTo(to.keys().get(0));
        assertThat(to.rows(State.WAITING)).isEmpty();

        Ran fourth = send("--partner", "acme", file.toString());
        assertThat(fourth.exitCode()).as(fourth.err()).isZero();
        assertThat(to.keys()).hasSize(3);
        assertThat(to.keys().get(2)).isNotEqualTo(to.keys().get(0));
        assertThat(to.filed("sent/acme"))
                .containsExactlyInAnyOrder("order", to.keys().get(2) + "_order");
    }

    @Test
    void aChangedFileHasAKeyOfItsOwn() throws Exception {
        to.acme.then(Step.answer(503, Map.of(), ""));
        assertThat(send("--partner", "acme", file("order", "one").toString()).exitCode())
                .isEqualTo(1);
        assertThat(send("--partner", "acme", file("order", "another").toString())
                        .exitCode())
                .isZero();
        assertThat(to.keys()).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aLargeFileShowsHowFarItIs() throws Exception {
        Path file = folder.resolve("large.bin");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(64 << 20);
        }
        Ran ran = run(List.of(), List.of("--partner", "acme", file.toString()));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("large.bin", "100%", "MiB");
        assertThat(ran.out().lines()).hasSize(1).allMatch(line -> line.startsWith("{"));
        assertThat(to.home.data().resolve("sent/acme/large.bin")).hasSize(64 << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"opened", "answered", "papers", "filed"})
    void aCommandThatWasKilledDeliversOnceWhenItIsRepeated(String step) throws Exception {
        Deliveries deliveries = new Deliveries();
        to.acme.otherwise(deliveries.step());
        Path file = file("order", "order");
        List<String> arguments = List.of("--partner", "acme", file.toString());
        assertThat(run(List.of(KillAt.step(step)), arguments).exitCode()).isEqualTo(128 + 9);
        assertThat(to.home.files("sending")).isNotEmpty();
        Ran again = send("--partner", "acme", file.toString());
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(deliveries.receipts()).hasSize(1);
        assertThat(to.filed("sent/acme")).containsExactly("order");
        assertThat(to.home.files("failed")).isEmpty();
        assertThat(to.rows(State.WAITING)).isEmpty();
        assertThat(to.rows(State.SENT))
                .singleElement()
                .satisfies(row -> assertThat(deliveries.receipts()).containsOnlyKeys(row.id()));
        assertNothingLeft();
    }

    @Test
    void aServiceRemovesWhatAKilledCommandHasLeftAndNothingOfOneThatRuns() throws Exception {
        List<String> arguments =
                List.of("--partner", "acme", file("order", "order").toString());
        assertThat(run(List.of(KillAt.step("answered")), arguments).exitCode()).isEqualTo(128 + 9);
        List<Path> left = to.home.files("sending");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        to.acme.then(Step.onRequest(request -> {
            request.readWhole();
            begun.countDown();
            await(started);
            Step.accept().play().with(request);
        }));
        Running slow = start(
                List.of(), List.of("--partner", "acme", file("slow", "slow").toString()));
        await(begun);
        assertThat(to.home.files("sending")).doesNotContainAnyElementsOf(left);
        to.start();
        assertThat(to.home.files("sending")).hasSize(2).anyMatch(copy -> copy.endsWith("slow"));
        started.countDown();
        assertThat(slow.end().exitCode()).isZero();
        assertNothingLeft();
        assertThat(to.arrived()).containsExactly("order", "slow");

        to.service().close();
        assertThat(run(List.of(KillAt.step("answered")), arguments).exitCode()).isEqualTo(128 + 9);
        assertThat(to.home.files("sending")).isNotEmpty();
        to.start();
        assertNothingLeft();
    }

    @Test
    void aServiceMayStartAfterACommandWasTheFirstToSend() throws Exception {
        Ran ran = send("--partner", "acme", file("order", "order").toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        to.start();
        to.put("later", "later");
        to.awaitFiled("sent/acme", "order", "later");
    }

    @Test
    void itWorksBesideTheServiceAndTouchesNoneOfItsFiles() throws Exception {
        to.acme.then(Step.answer(503, Map.of("Retry-After", "3600"), ""));
        to.start();
        to.home.set("countersign.port", "" + to.service().port());
        Path waiting = to.put("order", "waits");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> to.rows(State.WAITING).stream().anyMatch(row -> row.attempts() == 1));
        List<Entry> state = to.rows(State.WAITING);
        Ran ran = send("--partner", "acme", file("order", "goes").toString());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(to.keys()).hasSize(2).doesNotHaveDuplicates();
        assertThat(to.acme.seen().get(1).body()).isEqualTo("goes".getBytes(StandardCharsets.UTF_8));
        assertThat(waiting).hasContent("waits");
        assertThat(to.rows(State.WAITING)).hasSize(1).isEqualTo(state);
        assertThat(to.filed("sent/acme")).containsExactly("order");
        assertThat(to.home.read("data/sent/acme/order")).isEqualTo("goes");
    }

    @Test
    void everythingThatFailedIsPutBackAndGoesUnderItsOldKey() throws Exception {
        fail("one", "sub/two", "three");
        List<String> failed = to.keys();
        to.service().close();
        Ran ran = send("--retry");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out().lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("put back: ") && line.contains("/outbox/acme/"));
        assertThat(to.home.files("failed")).isEmpty();
        to.start();
        to.awaitFiled("sent/acme", "one", "sub/two", "three");
        assertThat(to.keys()).hasSize(6);
        assertThat(to.keys().subList(3, 6)).containsExactlyInAnyOrderElementsOf(failed);
    }

    @Test
    void aRunningServiceSendsWhatIsPutBack() throws Exception {
        fail("one");
        Ran ran = send("--retry", "--partner", "acme");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        to.awaitFiled("sent/acme", "one");
        assertThat(to.keys()).hasSize(2);
        assertThat(to.keys().get(1)).isEqualTo(to.keys().get(0));
    }

    @Test
    void whatTheCommandSawRefusedIsPutBackForTheService() throws Exception {
        to.acme.then(Step.answer(403, Map.of(), "no"));
        assertThat(send("--partner", "acme", file("order", "order").toString()).exitCode())
                .isEqualTo(1);
        assertThat(send("--retry", "--partner", "acme", "order").exitCode()).isZero();
        assertThat(to.home.files("failed")).isEmpty();
        to.start();
        to.awaitFiled("sent/acme", "order");
        assertThat(to.keys()).hasSize(2);
        assertThat(to.keys().get(1)).isEqualTo(to.keys().get(0));
    }

    @Test
    void onePartnersFilesOrOneNamedFileArePutBackAlone() throws Exception {
        fail("one", "sub/two", "three");
        Files.createDirectories(to.home.data().resolve("failed/globex"));
        Files.writeString(to.home.data().resolve("failed/globex/order"), "x");
        to.home.write(
                "data/failed/globex/order.problem.json",
                "{\"type\":\"urn:countersign:problem:refused\",\"path\":\"order\",\"key\":\"k\"}");
        to.service().close();
        Ran named = send("--retry", "--partner", "acme", "sub/two");
        assertThat(named.exitCode()).as(named.err()).isZero();
        assertThat(named.out().lines()).hasSize(1).allMatch(line -> line.endsWith("/outbox/acme/sub/two"));
        assertThat(to.filed("failed")).containsExactlyInAnyOrder("acme/one", "acme/three", "globex/order");
        Ran missing = send("--retry", "--partner", "acme", "one", "four");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.out()).contains("/outbox/acme/one");
        assertThat(missing.err()).contains("not everything that was named", "failed/acme");
        Ran globex = send("--retry", "--partner", "globex");
        assertThat(globex.exitCode()).as(globex.err()).isZero();
        assertThat(to.filed("failed")).containsExactly("acme/three");
        assertThat(to.filed("outbox")).containsExactlyInAnyOrder("acme/one", "acme/sub/two", "globex/order");
    }

    @Test
    void aReceiptForSomethingElseBringsANewKey() throws Exception {
        to.acme.then(Step.accept(receipt -> {
            receipt.put("size", 1234);
            return receipt;
        }));
        to.start();
        to.put("order", "order");
        to.awaitFiled("failed/acme", "order");
        Ran ran = send("--retry");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        to.awaitFiled("sent/acme", "order");
        assertThat(to.keys()).hasSize(2).doesNotHaveDuplicates();
        assertThat(to.home.files("failed")).isEmpty();
    }

    @Test
    void aPlaceThatIsTakenKeepsAFailedFileWhereItIs() throws Exception {
        fail("one", "two");
        to.service().close();
        Path taken = to.put("one", "another");
        Ran ran = send("--retry");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out().lines()).hasSize(1).allMatch(line -> line.endsWith("/outbox/acme/two"));
        assertThat(ran.err()).contains("outbox/acme/one is there already; it must go first");
        assertThat(taken).hasContent("another");
        assertThat(to.filed("failed/acme")).containsExactly("one");
        assertThat(to.home.data().resolve("failed/acme/one.problem.json")).exists();
    }

    @Test
    void aFailedFileThatIsCalledLikeAProblemIsPutBackToo() throws Exception {
        fail("order.problem.json", "order");
        to.service().close();
        Ran ran = send("--retry");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out().lines()).hasSize(2);
        assertThat(to.home.files("failed")).isEmpty();
        assertThat(to.home.files("outbox/acme")).hasSize(2);
    }

    @Test
    void nothingToPutBackIsSaidAndNoFailure() throws Exception {
        Ran ran = send("--retry", "--partner", "acme");
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("nothing is there in ", "failed/acme");
        Ran all = send("--retry");
        assertThat(all.exitCode()).isZero();
        assertThat(all.err()).contains("nothing is there in ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "order", "--partner acme", "--partner", "--partner acme order --nonsense"})
    void wrongUsageEndsWithTwo(String arguments) throws Exception {
        Ran ran = send(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("Usage: countersign send");
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(
                Files.createDirectories(folder.resolve("files")).resolve(name), content);
    }

    /** Starts the service, which puts these files into the outbox and has them refused. */
    private void fail(String... paths) throws Exception {
        for (String path : paths) {
            to.acme.then(Step.answer(400, Map.of(), path));
        }
        to.start();
        for (String path : paths) {
            to.put(path, path);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> to.told("failed partner=acme").size() == paths.length);
    }

    private Ran send(String... arguments) {
        to.home.saveSettings();
        List<String> words = new ArrayList<>(List.of("send", "--home", to.home.folder.toString()));
        words.addAll(List.of(arguments));
        return Ran.command(words.toArray());
    }

    private Ran run(List<String> options, List<String> arguments) throws Exception {
        return start(options, arguments).end();
    }

    private Running start(List<String> options, List<String> arguments) throws IOException {
        to.home.saveSettings();
        List<String> jvm = new ArrayList<>(options);
        jvm.add("-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")));
        List<String> command =
                Jvm.command(jvm, "io.countersign.Countersign", "send", "--home", to.home.folder.toString());
        command.addAll(arguments);
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new Running(process, out, err);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** That there is no file in any outbox, nor a copy that the command made. */
    private void assertNothingLeft() {
        assertThat(to.home.files("outbox")).isEmpty();
        assertThat(to.home.files("sending")).isEmpty();
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }
}
