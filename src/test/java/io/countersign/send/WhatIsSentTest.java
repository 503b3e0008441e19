package io.countersign.send;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry.State;
import io.countersign.testing.AtStep;
import io.countersign.testing.Logged;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.Seen;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A partner gets a file as it was announced or not to its end, and what is put away as sent is what the partner got. */
@SuppressWarnings("try") // what is done at a step is only to be there
class WhatIsSentTest {
    /** More than the buffers between here and the server hold. */
    private static final byte[] LARGE = random(32 << 20);

    @TempDir
    private Path folder;

    private SendingHome home;
    private ScriptedServer server;
    private RunningService service;

    /** How a file's owner changes it. */
    private enum Change {
        APPENDED {
            @Override
            void make(Path file) throws IOException {
                Files.write(file, random(1000), StandardOpenOption.APPEND);
            }
        },
        TRUNCATED {
            @Override
            void make(Path file) throws IOException {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(1000); // at once; a file that is empty for a while may be taken for finished
                }
            }
        },
        REWRITTEN {
            @Override
            void make(Path file) throws IOException {
                Files.write(file, random(LARGE.length + 1, LARGE.length), StandardOpenOption.WRITE);
            }
        };

        abstract void make(Path file) throws IOException;
    }

    @BeforeEach
    void start() throws Exception {
        home = new SendingHome(folder);
        server = home.server();
        home.receiver("acme", server.url("/exchange"), "silence", "10000");
        service = RunningService.start(home.home);
    }

    @AfterEach
    void stop() {
        server.close();
        service.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 65_537, 300_000})
    void aFileIsAnnouncedByItsLengthDigestNameAndKeyEachOnce(int size) {
        byte[] content = random(size);
        home.drop("acme", "Bestellung für \"Ä\" 100%.csv", content);
        JsonObject answer = home.answer("acme", "Bestellung für \"Ä\" 100%.csv");
        assertThat(server.seen()).hasSize(1);
        Seen request = server.seen().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.target()).isEqualTo("/exchange");
        assertThat(request.body()).isEqualTo(content);
        assertThat(request.headers())
                .containsEntry("content-length", "" + size)
                .containsEntry("content-digest", "sha-256=:" + base64(sha256(content)) + ":")
                .containsEntry(
                        "content-disposition",
                        "attachment; filename*=UTF-8''Bestellung%20f%C3%BCr%20%22%C3%84%22%20100%25.csv")
                .containsEntry("idempotency-key", answer.getString("key"))
                .containsEntry("content-type", "application/octet-stream")
                .containsEntry("accept", "application/pkcs7-mime, application/json;q=0.9")
                .containsEntry("user-agent", "Countersign")
                .containsEntry("host", "localhost:" + server.port())
                .doesNotContainKeys("transfer-encoding", "content-encoding");
        assertThat(answer.getString("sha256")).isEqualTo(hex(sha256(content)));
        assertThat(answer.getLong("size")).isEqualTo(size);
    }

    @Test
    void nothingElseOfOursIsTold() {
        home.drop("acme", "order.txt", "x");
        home.answer("acme", "order.txt");
        assertThat(server.seen().get(0).headers())
                .containsOnlyKeys(
                        "accept",
                        "connection",
                        "content-digest",
                        "content-disposition",
                        "content-length",
                        "content-type",
                        "expect",
                        "host",
                        "idempotency-key",
                        "user-agent");
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatChangesOnItsWayNeverBecomesWhole(Change change) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        server.then(Step.onRequest(request -> {
            try {
                request.read(100_000);
                begun.countDown();
                await(changed);
                request.readWhole();
            } finally {
                over.countDown();
            }
        }));
        Path file = home.drop("acme", "order.bin", LARGE);
        await(begun);
        try (Logged log = Logged.by("countersign.sent")) {
            change.make(file);
            changed.countDown();
            await(over);
            assertThat(server.seen().get(0).whole()).isFalse();
            soon().until(() -> log.news().stream()
                    .anyMatch(line ->
                            line.matches(".* file-changed reason=\".*order.bin changed while it was being sent\"")));
        }
        assertThat(home.names("sent")).isEmpty();
        byte[] content = Files.readAllBytes(file);
        JsonObject answer = home.answer("acme", "order.bin");
        goesAsAnother(content, answer);
        assertThat(home.sent("acme", "order.bin")).hasBinaryContent(content);
    }

    @Test
    void aFileThatIsReplacedOnItsWayGoesAsItWasAndThenAsItIs() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        server.then(Step.onRequest(request -> {
            request.read(100_000);
            begun.countDown();
            await(changed);
            Step.accept().play().with(request);
        }));
        Path file = home.drop("acme", "order.bin", LARGE);
        await(begun);
        replace(file, "new");
        changed.countDown();
        isPutAwayTwice(hex(sha256(LARGE)), "new");
    }

    @Test
    void aFileThatChangesBeforeItsAnswerGoesAgain() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        server.then(Step.onRequest(request -> {
            request.readWhole();
            begun.countDown();
            await(changed);
            Step.accept().play().with(request);
        }));
        Path file = home.drop("acme", "order.bin", "old");
        await(begun);
        Files.writeString(file, " and new", StandardOpenOption.APPEND);
        changed.countDown();
        isPutAwayTwice(hex(sha256("old".getBytes(StandardCharsets.UTF_8))), "old and new");
    }

    @Test
    void aFileThatIsReplacedBeforeItIsRefusedGoesAgain() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        server.then(Step.onRequest(request -> {
            request.readWhole();
            begun.countDown();
            await(changed);
            request.answer(422, Map.of(), "the total is wrong");
        }));
        Path file = home.drop("acme", "order.bin", "wrong");
        await(begun);
        replace(file, "mended");
        changed.countDown();
        JsonObject answer = home.answer("acme", "order.bin");
        goesAsAnother("mended".getBytes(StandardCharsets.UTF_8), answer);
        assertThat(home.names("failed")).isEmpty();
    }

    @Test
    void whatIsTakenFromTheOutboxOnItsWayIsNotSentAgain() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        server.then(Step.onRequest(request -> {
            request.readWhole();
            begun.countDown();
            await(changed);
            Step.accept().play().with(request);
        }));
        Path file = home.drop("acme", "order.bin", "x");
        await(begun);
        Files.delete(file);
        changed.countDown();
        home.drop("acme", "later.bin", "y");
        home.answer("acme", "later.bin");
        soon().until(() -> home.rows(State.WAITING).isEmpty());
        assertThat(server.seen()).hasSize(2);
        assertThat(home.names("sent").stream().filter(name -> name.endsWith("order.bin.receipt.json")))
                .as("what proves that it was accepted")
                .hasSize(1);
    }

    @Test
    void aFileThatIsReplacedAsItIsPutAwayGoesAsItIsThen() {
        Path file = home.outbox("acme", "order.bin");
        try (AtStep unused = AtStep.run("papers", () -> replace(file, "new"))) {
            home.drop("acme", "order.bin", "old");
            soon().until(() -> server.seen().size() == 2 && home.names("outbox").isEmpty());
        }
        soon().untilAsserted(() -> assertThat(home.sent("acme", "order.bin")
                        .resolveSibling(server.seen().get(1).headers().get("idempotency-key") + "_order.bin"))
                .hasContent("new"));
        assertThat(server.seen().get(1).sha256()).isEqualTo(hex(sha256("new".getBytes(StandardCharsets.UTF_8))));
        assertThat(home.sent("acme", "order.bin")).doesNotExist();
    }

    @Test
    void aFileThatIsReplacedAsItFailsGoesAsItIsThen() {
        server.then(Step.answer(422, Map.of(), "the total is wrong"));
        Path file = home.outbox("acme", "order.bin");
        try (AtStep unused = AtStep.run("papers", () -> replace(file, "mended"))) {
            home.drop("acme", "order.bin", "wrong");
            home.answer("acme", "order.bin");
        }
        assertThat(home.sent("acme", "order.bin")).hasContent("mended");
        assertThat(home.names("failed")).noneMatch(name -> name.endsWith("order.bin"));
    }

    /** As by somebody who only touches it; it is what the partner has accepted. */
    @Test
    void aFileOfWhichOnlyTheTimeHasChangedIsPutAwayAsSent() {
        Path file = home.outbox("acme", "order.bin");
        try (AtStep unused = AtStep.run(
                "answered",
                () -> Files.setLastModifiedTime(
                        file, FileTime.from(Instant.now().minusSeconds(9))))) {
            home.drop("acme", "order.bin", "order");
            home.answer("acme", "order.bin");
        }
        assertThat(home.sent("acme", "order.bin")).hasContent("order");
        home.drop("acme", "later.bin", "y");
        home.answer("acme", "later.bin");
        assertThat(server.seen()).hasSize(2);
    }

    /** The first request's evidence is kept without a file, and the file as it is now has gone under another key. */
    private void isPutAwayTwice(String firstSha256, String content) {
        JsonObject answer = home.answer("acme", "order.bin");
        goesAsAnother(content.getBytes(StandardCharsets.UTF_8), answer);
        assertThat(server.seen().get(0).whole()).isTrue();
        assertThat(home.sent("acme", "order.bin")).hasContent(content);
        String first = server.seen().get(0).headers().get("idempotency-key") + "_order.bin";
        assertThat(home.names("sent"))
                .containsExactlyInAnyOrder(
                        "order.bin",
                        "order.bin.answer.json",
                        "order.bin.receipt.json",
                        first + ".answer.json",
                        first + ".receipt.json");
        assertThat(SendingHome.json(home.sent("acme", first + ".answer.json"))).containsEntry("sha256", firstSha256);
        assertThat(home.names("outbox")).isEmpty();
    }

    private void goesAsAnother(byte[] content, JsonObject answer) {
        List<Seen> seen = server.seen();
        assertThat(seen).hasSize(2);
        assertThat(seen.get(1).sha256()).isEqualTo(hex(sha256(content)));
        assertThat(answer.getString("sha256")).isEqualTo(hex(sha256(content)));
        assertThat(answer.getInteger("attempts")).isEqualTo(1);
        assertThat(seen.get(1).headers().get("idempotency-key"))
                .isEqualTo(answer.getString("key"))
                .isNotEqualTo(seen.get(0).headers().get("idempotency-key"));
    }

    private void replace(Path file, String content) throws IOException {
        Path other = Files.writeString(folder.resolve("other"), content);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] random(int size) {
        return random(size, size);
    }

    private static byte[] random(int seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
