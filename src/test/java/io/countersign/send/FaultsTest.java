package io.countersign.send;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.Seen;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever breaks on the way, the file stays in the outbox, and goes again under the same key until it was accepted once. */
class FaultsTest {
    private static final byte[] CONTENT = random(300_000);
    private static final Duration SILENCE = Duration.ofMillis(1500);

    @TempDir
    private Path folder;

    private SendingHome home;
    private ScriptedServer server;
    private @Nullable RunningService service;

    @BeforeEach
    void prepare() {
        home = new SendingHome(folder);
        server = home.server();
    }

    @AfterEach
    void stop() {
        server.close();
        if (service != null) {
            service.close();
        }
    }

    @Test
    void whereNobodyListensItGoesOnceSomebodyDoes() throws Exception {
        server.close();
        int port;
        JsonObject state;
        try (Socket nobody = new Socket()) {
            nobody.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            port = nobody.getLocalPort();
            start("acme", URI.create("https://localhost:" + port + "/exchange"));
            home.drop("acme", "order.bin", CONTENT);
            soon().until(() -> attempts() >= 2);
            state = home.state("acme", "order.bin");
            assertThat(state.getString("lastFailure"))
                    .startsWith("unreachable: https://localhost:" + port + "/exchange cannot be connected to");
            assertThat(home.names("sent")).isEmpty();
        }
        server = ScriptedServer.startAt(port, home.tls());
        JsonObject answer = home.answer("acme", "order.bin");
        assertThat(answer.getInteger("attempts")).isGreaterThan(2);
        assertThat(answer.get("key")).isEqualTo(state.get("key"));
        assertThat(server.seen()).hasSize(1).allSatisfy(FaultsTest::isWhole);
    }

    @Test
    void anUnknownHostIsTriedAgain() throws Exception {
        start("acme", URI.create("https://no-such-host.invalid/exchange"));
        home.drop("acme", "order.bin", CONTENT);
        soon().until(() -> attempts() >= 2);
        assertThat(home.state("acme", "order.bin").getString("lastFailure"))
                .isEqualTo("unreachable: the host of https://no-such-host.invalid/exchange is not known");
        assertThat(home.outbox("acme", "order.bin")).exists();
    }

    @Test
    void aServerThatDoesNotTakeTheConnectionTimesOut() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            for (int i = 0; i < 2; i++) {
                waiting.add(new Socket(full.getInetAddress(), full.getLocalPort()));
            }
            start("acme", URI.create("https://127.0.0.1:" + full.getLocalPort() + "/exchange"));
            home.drop("acme", "order.bin", CONTENT);
            assertThat(home.setback("acme", "order.bin").getString("lastFailure"))
                    .startsWith("timeout: ");
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void aServerThatIsSilentBeforeTheHandshakeTimesOut() throws Exception {
        isRetriedAfter("timeout", Step.silentAtConnect());
    }

    @Test
    void aServerThatIsSilentAfterTheHeadTimesOut() throws Exception {
        isRetriedAfter("timeout", Step.silentAfterHead());
    }

    @Test
    void aServerThatIsSilentAfterTheBodyTimesOut() throws Exception {
        isRetriedAfter("timeout", Step.silentAfterBody());
    }

    @Test
    void aServerThatResetsTheConnectionAtOnceIsTriedAgain() throws Exception {
        isRetriedAfter("connection-broken", Step.resetAtConnect());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 65_536, 150_000, 299_999})
    void aServerThatResetsTheConnectionInTheBodyIsTriedAgain(long bytes) throws Exception {
        isRetriedAfter("connection-broken", Step.resetAfterBody(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 12, 60, 200, 350})
    void aServerThatResetsTheConnectionInItsAnswerIsTriedAgain(int bytes) throws Exception {
        isRetriedAfter("connection-broken", Step.resetAfterAnswer(bytes));
    }

    @Test
    void anAnswerThatEndsTooSoonIsNone() throws Exception {
        isRetriedAfter("connection-broken", Step.onRequest(request -> {
            request.readWhole();
            request.write(text("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":"));
            request.close();
        }));
    }

    @Test
    void whatIsNoHttpIsNoAnswer() throws Exception {
        isRetriedAfter("connection-broken", Step.onRequest(request -> {
            request.readWhole();
            request.write(text("220 mail.example ESMTP\r\n".repeat(20)));
            request.close();
        }));
    }

    @Test
    void anAnswerWhoseHeadDoesNotEndIsNone() throws Exception {
        isRetriedAfter("connection-broken", Step.onRequest(request -> {
            request.readWhole();
            request.write(text("HTTP/1.1 201 Created\r\nX: "));
            while (true) {
                request.write(text("x".repeat(1000)));
            }
        }));
    }

    @Test
    void interimAnswersWithoutEndAreNoAnswer() throws Exception {
        isRetriedAfter("timeout", Step.onRequest(request -> {
            request.readWhole();
            while (true) {
                request.write(text("HTTP/1.1 103 Early Hints\r\n\r\n"));
                LockSupport.parkNanos(1_000_000);
            }
        }));
    }

    @Test
    void anAnswerThatComesInDropsIsNotWaitedFor() throws Exception {
        isRetriedAfter("timeout", Step.onRequest(request -> {
            request.readWhole();
            request.write(text("HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n"));
            for (int i = 0; i < 1000; i++) {
                request.write(text("x"));
                LockSupport.parkNanos(100_000_000);
            }
        }));
    }

    @Test
    void aServerMayReadMoreSlowlyThanItMayBeSilent() throws Exception {
        server.close();
        server = ScriptedServer.start(home.tls(), 16 * 1024).then(Step.slowReader(256 * 1024, Duration.ofMillis(100)));
        start("acme", server.url("/exchange"));
        Instant before = Instant.now();
        home.drop("acme", "order.bin", random(8 << 20));
        assertThat(home.answer("acme", "order.bin").getInteger("attempts")).isEqualTo(1);
        assertThat(Duration.between(before, Instant.now())).isGreaterThan(SILENCE.multipliedBy(2));
    }

    @Test
    void aServerThatStopsReadingTimesOutAndLeavesNothingBehind() throws Exception {
        server.close();
        CountDownLatch checked = new CountDownLatch(1);
        server = ScriptedServer.start(home.tls(), 16 * 1024).then(Step.stopsReading(1 << 20), acceptAfter(checked));
        start("acme", server.url("/exchange"));
        Path large = Files.createTempFile(folder, "large", "");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(64 << 20);
        }
        home.drop("acme", "order.bin", large);
        assertThat(home.setback("acme", "order.bin").getString("lastFailure"))
                .matches("timeout: .*the server took nothing for 1500 ms, after \\d+ of 67108864 bytes");
        checked.countDown();
        home.drop("acme", "later.txt", "x");
        assertThat(home.answer("acme", "order.bin").getInteger("attempts")).isEqualTo(2);
        home.answer("acme", "later.txt");
        assertThat(running().service().context().getInflightRepository().size()).isZero();
    }

    @Test
    void aPartnerWhoIsDownHoldsUpNobodyElse() throws Exception {
        try (ScriptedServer silent = home.server(Step.silentAfterHead())) {
            home.receiver("silent", silent.url("/exchange"), "silence", "60000")
                    .receiver("down", URI.create("https://localhost:1/exchange"));
            start("acme", server.url("/exchange"));
            home.drop("silent", "order.bin", CONTENT);
            home.drop("down", "order.bin", CONTENT);
            soon().until(() -> silent.seen().size() == 1);
            home.setback("down", "order.bin");
            home.drop("acme", "order.bin", CONTENT);
            assertThat(home.answer("acme", "order.bin").getInteger("attempts")).isEqualTo(1);
            assertThat(home.outbox("silent", "order.bin")).exists();
            assertThat(home.outbox("down", "order.bin")).exists();
        }
    }

    @Test
    void theFilesOfAPartnerKeepTheirOrder() throws Exception {
        server.then(Step.answer(503, Map.of(), ""));
        dropThree();
        start("acme", server.url("/exchange"));
        home.answer("acme", "c.txt");
        assertThat(server.seen()).extracting(FaultsTest::name).containsExactly("a.txt", "a.txt", "b.txt", "c.txt");
    }

    @Test
    void withoutOrderTheLaterFilesGoAhead() throws Exception {
        server.then(Step.answer(503, Map.of("Retry-After", "3600"), ""));
        dropThree();
        start("acme", server.url("/exchange"), "ordered", "false");
        home.answer("acme", "b.txt");
        home.answer("acme", "c.txt");
        assertThat(server.seen()).extracting(FaultsTest::name).containsExactly("a.txt", "b.txt", "c.txt");
        assertThat(home.state("acme", "a.txt").getInteger("attempts")).isEqualTo(1);
    }

    private void dropThree() {
        home.drop("acme", "a.txt", "first");
        home.drop("acme", "b.txt", "second");
        home.drop("acme", "c.txt", "third");
    }

    /** Looks at both ends after the fault, lets the second attempt succeed, and looks again. */
    private void isRetriedAfter(String code, Step fault) throws Exception {
        CountDownLatch checked = new CountDownLatch(1);
        server.then(fault, acceptAfter(checked));
        start("acme", server.url("/exchange"));
        home.drop("acme", "order.bin", CONTENT);
        JsonObject state = home.setback("acme", "order.bin");
        assertThat(state.getString("lastFailure")).startsWith(code + ": ");
        assertThat(state.getInteger("attempts")).isEqualTo(1);
        assertThat(home.outbox("acme", "order.bin")).hasBinaryContent(CONTENT);
        assertThat(home.names("sent")).isEmpty();
        checked.countDown();
        JsonObject answer = home.answer("acme", "order.bin");
        assertThat(answer.getInteger("attempts")).isEqualTo(2);
        assertThat(answer.get("key")).isEqualTo(state.get("key"));
        assertThat(home.sent("acme", "order.bin")).hasBinaryContent(CONTENT);
        assertThat(home.names("sent"))
                .containsExactlyInAnyOrder("order.bin", "order.bin.answer.json", "order.bin.receipt.json");
        assertThat(server.connections()).isEqualTo(2);
        assertThat(server.seen())
                .allSatisfy(request ->
                        assertThat(request.headers()).containsEntry("idempotency-key", state.getString("key")))
                .last()
                .satisfies(FaultsTest::isWhole);
    }

    private static Step acceptAfter(CountDownLatch latch) {
        return Step.onRequest(request -> {
            await(latch);
            Step.accept().play().with(request);
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(String partner, URI url, String... parameters) throws Exception {
        List<String> all = new ArrayList<>(List.of(parameters));
        all.addAll(List.of("silence", "" + SILENCE.toMillis()));
        home.receiver(partner, url, all.toArray(String[]::new));
        service = RunningService.start(home.home);
    }

    private RunningService running() {
        return Objects.requireNonNull(service);
    }

    private int attempts() {
        return home.setback("acme", "order.bin").getInteger("attempts");
    }

    private static void isWhole(Seen request) {
        assertThat(request.whole()).isTrue();
        assertThat(request.sha256()).isEqualTo(sha256(CONTENT));
    }

    private static String name(Seen request) {
        return request.receipt().getString("name");
    }

    private static byte[] random(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
