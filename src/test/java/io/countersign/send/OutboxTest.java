package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.ledger.Ledger;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.testing.Command;
import io.countersign.testing.RunningService;
import io.countersign.testing.Seen;
import io.countersign.testing.Step;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.component.file.FileConsumer;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes from an outbox, when, under which name, and where it is afterwards. */
class OutboxTest {
    private static final String DONE_FILE = "${file:name}.done";
    private static final List<String> NAMES = List.of(
            "plain.txt",
            "with spaces  two.txt",
            " leading and trailing ",
            "it's \"quoted\".txt",
            "100%.txt",
            "%41%2e%2e%2fx.txt",
            "${body}.txt",
            "${bean:company}",
            "$simple{body}",
            "{{countersign.key}}",
            "{{?missing}}",
            "a#b?c&d=e+f;g,h:i@j!k*l(m)[n]{o}|p<q>^`~r",
            "-rf",
            "--help",
            "RAW(x)",
            "RAW{x}",
            "fileName=x&delete=true",
            "x?delete=true&move=y",
            "CamelFileName",
            "#bean:company",
            "classpath:x",
            "file:x",
            "COM1",
            "Ärger über Öl - ß.txt",
            Normalizer.normalize("Ünïcödé.txt", Normalizer.Form.NFD),
            Normalizer.normalize("Ünïcödé.txt", Normalizer.Form.NFC),
            "\uD83D\uDE00 smile.txt",
            "\u6587\u4ef6\uff08\u6700\u7ec8\uff09.txt",
            "\u05e7\u05d5\u05d1\u05e5.txt",
            "x".repeat(251) + ".txt",
            "y".repeat(246) + ".txt",
            "\u00e4".repeat(127));
    /** A receiving Countersign takes these for what they are not; another server may take them. */
    private static final List<String> REFUSED_NAMES =
            List.of("back\\slash.txt", "line\nfeed.txt", "tab\t.txt", "\u202etxt.exe", " ");

    @TempDir
    private Path folder;

    private ToAcme to;

    @BeforeEach
    void describe() {
        to = new ToAcme(folder);
    }

    @AfterEach
    void stop() {
        to.close();
    }

    @Test
    void aFileThatIsStillWrittenToWaitsUntilItIsWhole() throws Exception {
        to.start();
        Path slow = Files.createDirectories(to.outbox()).resolve("slow");
        AtomicInteger lines = new AtomicInteger();
        ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
        try {
            var unused = writer.scheduleAtFixedRate(
                    () -> append(slow, "line " + lines.incrementAndGet() + "\n"), 0, 300, TimeUnit.MILLISECONDS);
            Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> lines.get() > 13);
            assertThat(to.acme.seen()).isEmpty();
        } finally {
            writer.shutdown();
            assertThat(writer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        String whole = Files.readString(slow);
        to.awaitFiled("sent/acme", "slow");
        to.awaitTurn("later");
        assertThat(to.arrived()).containsExactly("slow", "later");
        assertThat(to.acme.seen().get(0).body()).isEqualTo(whole.getBytes(StandardCharsets.UTF_8));
        assertThat(Files.readString(to.home.data().resolve("sent/acme/slow"))).isEqualTo(whole);
    }

    @Test
    void aFileUnderTheNameOfAnUnfinishedOneWaitsToBeRenamed() throws Exception {
        to.start();
        List<String> unfinished = List.of("a.part", "b.tmp", ".c", "d~", "e.filepart", "F.PART", "g.tar.gz.crdownload");
        for (String name : unfinished) {
            to.put(name, name);
        }
        to.awaitTurn("marker");
        assertThat(to.arrived()).containsExactly("marker");
        for (String name : unfinished) {
            Files.move(to.outbox().resolve(name), to.outbox().resolve("whole-" + name.replaceAll("\\W", "_")));
        }
        to.awaitFiled(
                "sent/acme",
                "marker",
                "whole-a_part",
                "whole-b_tmp",
                "whole-_c",
                "whole-d_",
                "whole-e_filepart",
                "whole-F_PART",
                "whole-g_tar_gz_crdownload");
    }

    @Test
    void anOldFileThatIsRenamedIntoPlaceGoesAtOnceAndANewOneWhenItIsOldEnough() throws Exception {
        to.described(ToAcme.templated("minAge", "1h")).start();
        to.put("new", "new", Instant.now());
        to.put("old", "old", Instant.now().minusSeconds(7200));
        to.awaitFiled("sent/acme", "old");
        to.put("old too", "old", Instant.now().minusSeconds(7200));
        to.awaitFiled("sent/acme", "old", "old too");
        Files.setLastModifiedTime(
                to.outbox().resolve("new"), FileTime.from(Instant.now().minusSeconds(7200)));
        to.awaitFiled("sent/acme", "old", "old too", "new");
    }

    @Test
    void aFileFromTheFutureGoesAllTheSame() throws Exception {
        to.start();
        to.put("tomorrow", "x", Instant.now().plusSeconds(86_400));
        to.awaitFiled("sent/acme", "tomorrow");
    }

    @Test
    void anEmptyFileGoesToo() throws Exception {
        to.start();
        to.put("empty", "");
        to.awaitFiled("sent/acme", "empty");
        assertThat(to.acme.seen().get(0).headers()).containsEntry("content-length", "0");
    }

    @Test
    void aFileWaitsForItsDoneFileWhichNeverGoesAndIsRemovedWithIt() throws Exception {
        to.described(ToAcme.templated("doneFile", DONE_FILE)).start();
        to.put("order", "order");
        to.put("sub/order", "order");
        to.put("odd $1 \\ name", "order");
        to.put("other", "other");
        to.put("other.done", "");
        to.awaitFiled("sent/acme", "other");
        to.put("sub/order.done", "");
        to.awaitFiled("sent/acme", "other", "sub/order");
        to.put("order.done", "");
        to.put("odd $1 \\ name.done", "");
        to.awaitFiled("sent/acme", "other", "sub/order", "order", "odd $1 \\ name");
        to.awaitNothingIn("outbox/acme");
        assertThat(to.arrived()).containsExactlyInAnyOrder("other", "order", "odd $1 \\ name", "order");
    }

    @ParameterizedTest
    @ValueSource(strings = {"done", "${file:name}", "done/${file:name}", "${body}.done"})
    void aDoneFileThatCouldNotBeOneIsRefusedAtStart(String pattern) {
        to.described(ToAcme.templated("doneFile", pattern));
        assertThatThrownBy(to::start)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("doneFile '" + pattern + "'")
                .hasMessageContaining("${file:name.noext}");
    }

    @Test
    void aDoneFileGoesWithTheFirstAttemptAndCountsForTheOthers() throws Exception {
        to.described(ToAcme.templated("doneFile", "done-${file:name.noext}")).start();
        to.acme.then(Step.answer(503, Map.of(), ""));
        to.put("order.csv", "order");
        Path done = to.put("done-order", "");
        awaitSetback();
        assertThat(done).doesNotExist();
        to.awaitFiled("sent/acme", "order.csv");
        assertThat(to.arrived()).containsExactly("order.csv", "order.csv");
    }

    @Test
    void aFileThatFailedAndIsPutBackGoesAgainWithoutAnybodysDoneFile() throws Exception {
        to.described(ToAcme.templated("doneFile", DONE_FILE)).start();
        to.acme.then(Step.answer(400, Map.of(), "no"));
        to.put("sub/order", "order");
        Path done = to.put("sub/order.done", "");
        to.awaitFiled("failed/acme", "sub/order");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Files.notExists(done));
        try (Ledger ledger = to.ledger()) {
            Failures failures = new Failures(to.home.data(), ledger);
            failures.putBack("acme", failures.of("acme").get(0));
        }
        to.awaitFiled("sent/acme", "sub/order");
        to.awaitNothingIn("outbox/acme");
        assertThat(to.home.files("failed/acme")).isEmpty();
        assertThat(to.keys()).hasSize(2);
        assertThat(Map.of(to.keys().get(0), 1)).containsOnlyKeys(to.keys().get(1));
    }

    @Test
    void aSubFolderMayBeCalledLikeAFileThatWasSent() throws Exception {
        to.start();
        to.put("2026", "one");
        to.awaitFiled("sent/acme", "2026");
        to.put("2026/order", "two");
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> to.filed("sent/acme").stream().anyMatch(path -> path.endsWith("_order")));
        assertThat(to.home.read("data/sent/acme/2026")).isEqualTo("one");
        assertThat(to.filed("sent/acme")).hasSize(2);
        assertThat(to.arrived()).containsExactly("2026", "order");
    }

    @Test
    void filesKeepTheirSubFoldersAndAreToldUnderTheirOwnNames() throws Exception {
        to.start();
        to.acme.then(Step.accept(), Step.accept(), Step.answer(400, Map.of(), "no"), Step.answer(400, Map.of(), "no"));
        Instant start = Instant.now().minusSeconds(100);
        to.put("2026/05/order", "one", start);
        to.put("2026/06/order", "two", start.plusSeconds(1));
        to.put("bad/05/order", "three", start.plusSeconds(2));
        to.put("bad/06/order", "four", start.plusSeconds(3));
        to.awaitFiled("failed/acme", "bad/05/order", "bad/06/order");
        assertThat(to.filed("sent/acme")).containsExactly("2026/05/order", "2026/06/order");
        assertThat(to.arrived()).containsOnly("order").hasSize(4);
        assertThat(to.keys()).doesNotHaveDuplicates();
        assertThat(to.home.read("data/sent/acme/2026/06/order")).isEqualTo("two");
        assertThat(to.home.data().resolve("sent/acme/2026/06/order.answer.json"))
                .exists();
        assertThat(to.home.data().resolve("sent/acme/2026/06/order.receipt.json"))
                .exists();
        assertThat(to.home.read("data/failed/acme/bad/06/order.problem.json"))
                .contains("\"path\":\"bad\\/06\\/order\"", "\"name\":\"order\"");
    }

    @Test
    void aNameThatWasSentBeforeIsFiledBesideTheEarlierOne() throws Exception {
        to.start();
        to.put("order", "one");
        to.awaitFiled("sent/acme", "order");
        to.put("order", "two");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> to.arrived().size() == 2);
        String second = to.keys().get(1) + "_order";
        to.awaitFiled("sent/acme", "order", second);
        assertThat(to.arrived()).containsExactly("order", "order");
        assertThat(to.home.read("data/sent/acme/order")).isEqualTo("one");
        assertThat(to.home.read("data/sent/acme/" + second)).isEqualTo("two");
        assertThat(to.home.read("data/sent/acme/order.answer.json"))
                .contains(to.keys().get(0));
        assertThat(to.home.read("data/sent/acme/" + second + ".answer.json"))
                .contains(to.keys().get(1));
        assertThat(to.home.data().resolve("sent/acme/" + second + ".receipt.json"))
                .exists();
    }

    @Test
    void papersOverwriteNoFileThatIsCalledLikeThem() throws Exception {
        to.start();
        to.put("order.answer.json", "not a paper");
        to.put("order.receipt.json", "not a paper either");
        to.awaitArrived("order.answer.json", "order.receipt.json");
        to.put("order", "order");
        to.awaitNothingIn("outbox/acme");
        to.awaitNothingWaits();
        assertThat(to.home.read("data/sent/acme/order.answer.json")).isEqualTo("not a paper");
        assertThat(to.home.read("data/sent/acme/order.receipt.json")).isEqualTo("not a paper either");
        assertThat(to.filed("sent/acme")).containsExactly(to.keys().get(2) + "_order");
    }

    @Test
    void oddNamesArriveAsTheyAre() throws Exception {
        assumeUtf8Names();
        to.start();
        List<String> names =
                Stream.concat(NAMES.stream(), REFUSED_NAMES.stream()).toList();
        for (String name : names) {
            to.put(name, name);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(to.arrived()).containsExactlyInAnyOrderElementsOf(names));
        to.awaitNothingIn("outbox/acme");
        assertThat(to.acme.seen()).allSatisfy(seen -> {
            assertThat(seen.target()).isEqualTo("/exchange");
            assertThat(seen.headers().get("content-disposition"))
                    .matches("attachment; filename\\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+");
            assertThat(new String(Objects.requireNonNull(seen.body()), StandardCharsets.UTF_8))
                    .isEqualTo(seen.receipt().get("name"));
        });
        assertThat(to.filed("sent/acme"))
                .hasSize(names.size())
                .contains("{{countersign.key}}", "line\nfeed.txt", "back\\slash.txt");
        assertThat(to.home.files("sent/acme")).hasSize(3 * names.size());
        assertThat(to.filed("failed")).isEmpty();
    }

    @Test
    void anotherCountersignReceivesOddNamesAndRefusesImpossibleOnes() throws Exception {
        assumeUtf8Names();
        TestHome theirs = new TestHome(folder.resolve("theirs"));
        to.home.company.write(theirs.certificates(), "sender");
        theirs.partner("sender", Map.of("certificates", "certificates/sender.crt", "addresses", "any"));
        theirs.authority.write(to.home.certificates(), "theirs");
        try (RunningService receiver = RunningService.start(theirs)) {
            Map<String, String> properties = new HashMap<>(to.properties());
            properties.put("url", "https://localhost:" + receiver.port() + "/exchange");
            properties.put("serverTrust", "certificates/theirs.crt");
            to.home.partner("acme", properties);
            to.start();
            for (String name : NAMES) {
                to.put(name, name);
            }
            for (String name : REFUSED_NAMES) {
                to.put(name, name);
            }
            to.awaitNothingIn("outbox/acme");
            to.awaitNothingWaits();
        }
        assertThat(theirs.files("inbox/sender")).hasSameSizeAs(NAMES);
        List<Object> received = new ArrayList<>();
        for (Path file : to.home.files("sent/acme")) {
            if (file.toString().endsWith(".receipt.json")) {
                received.add(json(file).get("name"));
            }
        }
        assertThat(received).containsExactlyInAnyOrderElementsOf(NAMES);
        assertThat(to.filed("failed/acme")).containsExactlyInAnyOrderElementsOf(REFUSED_NAMES);
        for (String name : REFUSED_NAMES) {
            JsonObject problem = json(to.home.data().resolve("failed/acme/" + name + ".problem.json"));
            assertThat(problem)
                    .containsEntry("type", "urn:countersign:problem:refused")
                    .containsEntry("name", name)
                    .containsEntry("path", name);
            assertThat(problem.getInteger("status")).isEqualTo(400);
            assertThat(problem.getString("detail")).contains("name-invalid");
        }
    }

    @Test
    void aNameCannotMakeUpALineOfTheLog() throws Exception {
        to.start();
        to.acme.then(Step.accept(), Step.answer(400, Map.of(), "no"));
        to.put("a\nb\" c\u2028d", "x");
        to.awaitArrived("a\nb\" c\u2028d");
        to.put("e\nf\" g\u2028h", "x");
        to.awaitFiled("failed/acme", "e\nf\" g\u2028h");
        Awaitility.await()
                .untilAsserted(() -> assertThat(to.told("\"e?f' g?h\"")).isNotEmpty());
        assertThat(to.told("\"a?b' c?d\"")).isNotEmpty();
        assertThat(to.told("")).noneMatch(line -> line.matches("(?s).*[\n\u2028].*"));
    }

    @Test
    void aNameThatIsNotUtf8IsReportedOnceAndHoldsUpNothing() throws Exception {
        assumeUtf8Names();
        Command.assumeInstalled("bash");
        to.start();
        Files.createDirectories(to.outbox());
        assertThat(Command.run(to.outbox(), List.of("bash", "-c", "echo x > $'bad-\\xff'"))
                        .exitCode())
                .isZero();
        to.awaitTurn("one");
        to.awaitTurn("two");
        assertThat(to.told("bad-")).hasSize(1).allMatch(line -> line.contains("character set"));
        assertThat(to.arrived()).containsExactly("one", "two");
    }

    @Test
    void aFileThatGoesWhileItIsLookedAtIsNotReported() throws Exception {
        Outbox outbox = new Outbox();
        outbox.setFolder(to.outbox().toString());
        outbox.setPartner("acme");
        outbox.setAttempts(new Attempts());
        var gone = FileConsumer.asGenericFile(
                to.outbox().toString(), to.outbox().resolve("x.part").toFile(), null, false);
        assertThat(outbox.accept(gone)).isFalse();
        assertThat(to.told("x.part")).isEmpty();
        assertThat(outbox.accept(gone)).isFalse();
        assertThat(to.told("x.part")).hasSize(1).allMatch(line -> line.contains("character set"));
    }

    @Test
    void symbolicLinksAreReportedOnceAndNotFollowed() throws Exception {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createDirectories(to.outbox());
        Files.createSymbolicLink(to.outbox().resolve("link-to-file"), outside.resolve("secret"));
        Files.createSymbolicLink(to.outbox().resolve("link-to-folder"), outside);
        Files.createSymbolicLink(to.outbox().resolve("link-to-nothing"), outside.resolve("nothing"));
        Files.createSymbolicLink(
                to.outbox().resolve("link-to-itself"), to.outbox().resolve("link-to-itself"));
        Files.createSymbolicLink(to.outbox().resolve("link-to-outbox"), to.outbox());
        to.start();
        to.awaitTurn("one");
        to.awaitTurn("two");
        assertThat(to.arrived()).containsExactly("one", "two");
        for (String what : List.of("file", "folder", "nothing", "itself", "outbox")) {
            assertThat(to.told("link-to-" + what + "\""))
                    .as(what)
                    .hasSize(1)
                    .allMatch(line -> line.contains("symbolic link"));
        }
        assertThat(outside.resolve("secret")).exists();
    }

    @Test
    void aPipeIsReportedOnceAndNotOpened() throws Exception {
        Command.assumeInstalled("mkfifo");
        Files.createDirectories(to.outbox());
        assertThat(Command.run(to.outbox(), List.of("mkfifo", "pipe")).exitCode())
                .isZero();
        to.start();
        to.awaitTurn("one");
        to.awaitTurn("two");
        assertThat(to.told("pipe\"")).hasSize(1).allMatch(line -> line.contains("is not a file"));
    }

    @Test
    void whatMayNotBeReadIsReportedOnceAndGoesOnceItMay() throws Exception {
        Path closed = Files.createDirectories(to.outbox().resolve("closed"));
        to.put("closed/inside", "x");
        Path unreadable = to.put("unreadable", "x");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(unreadable, PosixFilePermissions.fromString("---------"));
        try {
            Assumptions.assumeFalse(Files.isReadable(unreadable), "root may read anything");
            to.start();
            to.awaitTurn("one");
            to.awaitTurn("two");
            assertThat(to.told("closed\"")).hasSize(1).allMatch(line -> line.contains("cannot be listed"));
            assertThat(to.told("unreadable\"")).hasSize(1).allMatch(line -> line.contains("no permission"));
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
            Files.setPosixFilePermissions(unreadable, PosixFilePermissions.fromString("rw-------"));
        }
        to.awaitFiled("sent/acme", "one", "two", "unreadable", "closed/inside");
    }

    @Test
    void aFileThatIsTakenAwayBeforeItsTurnIsNotMissed() throws Exception {
        to.start();
        to.acme.then(Step.onRequest(request -> {
            Files.delete(to.outbox().resolve("batch/second"));
            Step.accept().play().with(request);
        }));
        Files.createDirectories(to.outbox());
        Path batch = Files.createDirectories(to.home.data().resolve("batch"));
        Instant written = Instant.now().minusSeconds(100);
        for (String name : List.of("first", "second", "third")) {
            written = written.plusSeconds(1);
            Files.setLastModifiedTime(Files.writeString(batch.resolve(name), name), FileTime.from(written));
        }
        Files.move(batch, to.outbox().resolve("batch"));
        to.awaitFiled("sent/acme", "batch/first", "batch/third");
        assertThat(to.arrived()).containsExactly("first", "third");
        assertThat(to.told("second")).hasSize(1).allMatch(line -> line.contains("taken"));
        to.awaitNothingWaits();
    }

    @Test
    void aFileThatIsTakenAwayBetweenAttemptsIsForgotten() throws Exception {
        to.start();
        to.acme.then(Step.answer(503, Map.of("Retry-After", "3600"), ""));
        Path order = to.put("order", "order");
        awaitSetback();
        Files.delete(order);
        to.awaitTurn("later");
        to.awaitNothingWaits();
        assertThat(to.arrived()).containsExactly("order", "later");
        assertThat(to.filed("sent/acme")).containsExactly("later");
    }

    @Test
    void aFileThatIsReplacedBetweenAttemptsGoesAtOnceUnderAKeyOfItsOwn() throws Exception {
        to.start();
        to.acme.then(Step.answer(503, Map.of("Retry-After", "3600"), ""));
        to.put("order", "one");
        awaitSetback();
        to.put("order", "another");
        to.awaitFiled("sent/acme", "order");
        assertThat(to.keys()).hasSize(2).doesNotHaveDuplicates();
        assertThat(to.home.read("data/sent/acme/order")).isEqualTo("another");
        assertThat(to.acme.seen().get(1).body()).isEqualTo("another".getBytes(StandardCharsets.UTF_8));
        to.awaitNothingWaits();
    }

    @Test
    void manyFilesArriveOnceEachInOrderOverOneConnection() throws Exception {
        to.start();
        Files.createDirectories(to.outbox());
        Path batch = Files.createDirectories(to.home.data().resolve("batch"));
        List<Integer> numbers = new ArrayList<>(IntStream.range(0, 300).boxed().toList());
        Collections.shuffle(numbers, new Random(1));
        Instant start = Instant.now().minusSeconds(1000);
        for (int i = 0; i < numbers.size(); i++) {
            Path file = Files.writeString(batch.resolve("file-" + numbers.get(i)), "content of " + i);
            Files.setLastModifiedTime(file, FileTime.from(start.plusMillis(i)));
        }
        Files.move(batch, to.outbox().resolve("batch"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> to.arrived().size() >= numbers.size());
        to.awaitNothingIn("outbox");
        assertThat(to.filed("sent/acme")).hasSameSizeAs(numbers);
        assertThat(to.arrived())
                .containsExactlyElementsOf(
                        numbers.stream().map(number -> "file-" + number).toList());
        assertThat(to.keys()).doesNotHaveDuplicates();
        assertThat(to.acme.connections()).isLessThanOrEqualTo(3);
        to.awaitNothingIn("outbox");
        to.awaitNothingWaits();
    }

    @Test
    void aRequestHasTheHeadersOfTheExchangeAndNoOthers() throws Exception {
        to.start();
        to.put("order", "order");
        to.awaitFiled("sent/acme", "order");
        Seen request = to.acme.seen().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/exchange");
        assertThat(request.headers())
                .containsOnlyKeys(
                        "host",
                        "user-agent",
                        "accept",
                        "connection",
                        "expect",
                        "content-type",
                        "content-length",
                        "content-disposition",
                        "content-digest",
                        "idempotency-key")
                .containsEntry("host", "localhost:" + to.acme.port())
                .containsEntry("user-agent", "Countersign")
                .containsEntry("content-type", "application/octet-stream");
    }

    @Test
    void aMessagesHeadersDoNotSayWhereACallGoes() throws Exception {
        to.described("""
                - route:
                    id: forward
                    from:
                      uri: direct:forward
                      steps:
                        - to:
                            uri: https://localhost:PORT/x
                            parameters:
                              partner: acme
                """.replace("PORT", "" + to.acme.port())).start();
        Map<String, Object> headers = new HashMap<>();
        headers.put("CamelHttpPath", "../stolen");
        headers.put("CamelHttpQuery", "key={{countersign.key}}");
        headers.put("CamelHttpRawQuery", "key=x");
        headers.put("CamelHttpMethod", "DELETE");
        headers.put("CamelHttpHost", "127.0.0.1");
        headers.put("CamelHttpPort", "1");
        headers.put("CamelHttpProtocolVersion", "HTTP/1.0");
        headers.put("Host", "elsewhere");
        headers.put("X-Internal-Path", "/srv/data");
        headers.put("Authorization", "Basic c2VjcmV0");
        List<String> elsewhere = List.of(
                "{{countersign.key}}",
                "https://{{countersign.key}}/x",
                "{{missing}}",
                "https://127.0.0.1:1/stolen",
                "file:/etc/passwd");
        try (var producer = to.service().service().context().createProducerTemplate()) {
            for (String uri : elsewhere) {
                headers.put("CamelHttpUri", uri);
                headers.put("CamelRestHttpUri", uri);
                producer.requestBodyAndHeaders("direct:forward", "payload", headers);
            }
        }
        assertThat(to.acme.seen()).hasSameSizeAs(elsewhere).allSatisfy(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.target()).isEqualTo("/x");
            assertThat(request.headers()).containsEntry("host", "localhost:" + to.acme.port());
            assertThat(request.headers().keySet()).noneMatch(name -> name.startsWith("camel"));
            assertThat(request.headers().toString())
                    .doesNotContain(to.home.certificates().toString());
            assertThat(request.body()).isEqualTo("payload".getBytes(StandardCharsets.UTF_8));
        });
    }

    private void awaitSetback() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> !to.told("unavailable").isEmpty());
    }

    private static void append(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static JsonObject json(Path file) throws Exception {
        return (JsonObject) Jsoner.deserialize(Files.readString(file));
    }

    private static void assumeUtf8Names() {
        Assumptions.assumeTrue(
                "UTF-8".equals(System.getProperty("sun.jnu.encoding")), "names of files are not UTF-8 here");
    }
}
