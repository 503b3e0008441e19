package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.Seen;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a partner's server answers decides what becomes of the file, and is kept beside it. */
class AnswersTest {
    private static final int MOST = 64 * 1024;
    private static final byte[] BINARY = {(byte) 0x80, 0, (byte) 0xff, 13, 10};

    @TempDir
    private static Path folder;

    private static SendingHome home;
    private static ScriptedServer server;
    private static ScriptedServer elsewhere;
    private static RunningService service;
    private static int files;

    private String name = "";
    private int before;

    @BeforeAll
    static void start() throws Exception {
        home = new SendingHome(folder);
        server = home.server();
        elsewhere = home.server();
        home.receiver("acme", server.url("/exchange"), "silence", "10000");
        service = RunningService.start(home.home);
    }

    @AfterAll
    static void stop() {
        server.close();
        elsewhere.close();
        service.close();
    }

    @BeforeEach
    void nextFile() {
        name = "order" + ++files + ".bin";
        before = server.seen().size();
    }

    @AfterEach
    void empty() throws IOException {
        Files.deleteIfExists(home.outbox("acme", name));
    }

    // Before the body

    @ParameterizedTest
    @CsvSource({"403, 2000", "403, 200000", "413, 200000"})
    void whoeverRefusesBeforeTheBodyGetsNoneOfIt(int status, int size) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        CountDownLatch over = new CountDownLatch(1);
        server.then(refusingBeforeBody(status, body, over));
        home.drop("acme", name, random(size));
        JsonObject problem = home.problem("acme", name);
        assertThat(problem.getString("detail")).isEqualTo("the partner answered " + status + ": not this");
        assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(body.size()).isZero();
        assertThat(requests()).hasSize(1);
    }

    @Test
    void whoeverIsUnavailableBeforeTheBodyIsTriedAgain() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        CountDownLatch over = new CountDownLatch(1);
        server.then(refusingBeforeBody(503, body, over));
        home.drop("acme", name, random(200_000));
        assertThat(home.answer("acme", name).getInteger("attempts")).isEqualTo(2);
        assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(body.size()).isZero();
        haveOneKey(2);
    }

    @Test
    void whoeverRefusesASmallFileBeforeTheBodyIsHeard() {
        server.then(Step.refuseBeforeBody(403, Map.of(), "not this"));
        home.drop("acme", name, "small");
        assertThat(home.problem("acme", name).getString("detail")).isEqualTo("the partner answered 403: not this");
    }

    @Test
    void whoeverCannotTakeTheExpectationGetsTheFileWithoutAtOnce() {
        server.then(Step.refuseBeforeBody(417, Map.of(), ""));
        home.drop("acme", name, random(200_000));
        JsonObject answer = home.answer("acme", name);
        assertThat(answer.getInteger("attempts")).isEqualTo(1);
        haveOneKey(2);
        assertThat(requests().get(0).headers()).containsEntry("expect", "100-continue");
        assertThat(requests().get(1).headers()).doesNotContainKey("expect");
        assertThat(requests().get(1).sha256()).isEqualTo(answer.get("sha256"));
    }

    @Test
    void whoeverNeverInvitesGetsTheBodyAfterASecond() {
        AtomicReference<Duration> waited = new AtomicReference<>(Duration.ZERO);
        server.then(Step.onRequest(request -> {
            Instant head = Instant.now();
            int length = Integer.parseInt(request.headers().get("content-length"));
            request.in().readNBytes(1);
            waited.set(Duration.between(head, Instant.now()));
            request.in().readNBytes(length - 1);
            request.answer(201, Map.of("Connection", "close"), "");
            request.close();
        }));
        home.drop("acme", name, random(200_000));
        assertThat(home.answer("acme", name).getInteger("attempts")).isEqualTo(1);
        assertThat(waited.get()).isBetween(Duration.ofMillis(900), Duration.ofMillis(2500));
    }

    // What is tried again

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504, 599})
    void whatMayPassIsTriedAgain(int status) {
        server.then(Step.answer(status, Map.of(), "later"));
        home.drop("acme", name, "x");
        assertThat(home.answer("acme", name).getInteger("attempts")).isEqualTo(2);
        haveOneKey(2);
        assertThat(home.names("failed")).doesNotContain(name);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 413})
    void whatThePartnerSaysMayPassIsTriedAgain(int status) {
        server.then(Step.answer(status, Map.of("Retry-After", "1"), "not now"));
        home.drop("acme", name, "x");
        assertThat(home.answer("acme", name).getInteger("attempts")).isEqualTo(2);
        haveOneKey(2);
        assertThat(home.names("failed")).doesNotContain(name);
    }

    @Test
    void anEarlierAttemptThatIsStillInProgressIsTriedAgain() {
        server.then(Step.answer(
                409,
                Map.of("Content-Type", "application/problem+json"),
                "{\"type\":\"urn:countersign:problem:in-progress\"}"));
        home.drop("acme", name, "x");
        assertThat(home.answer("acme", name).getInteger("attempts")).isEqualTo(2);
        haveOneKey(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void aTimeThatThePartnerAsksForIsKept(int status) {
        List<Instant> times = new CopyOnWriteArrayList<>();
        server.then(
                Step.onRequest(request -> {
                    request.readWhole();
                    times.add(Instant.now().truncatedTo(ChronoUnit.MILLIS));
                    request.answer(status, Map.of("Retry-After", "2"), "");
                }),
                Step.onRequest(request -> {
                    times.add(Instant.now().truncatedTo(ChronoUnit.MILLIS));
                    Step.accept().play().with(request);
                }));
        home.drop("acme", name, "x");
        Instant next = Instant.parse(home.setback("acme", name).getString("next"));
        assertThat(home.answer("acme", name).getInteger("attempts")).isEqualTo(2);
        assertThat(next).isBetween(times.get(0).plusSeconds(2), times.get(0).plusSeconds(4));
        assertThat(times.get(1)).isAfterOrEqualTo(next);
        haveOneKey(2);
    }

    @Test
    void aTimeThatThePartnerAsksForMayBeADate() {
        Instant then = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(3600);
        String date = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                .withZone(ZoneOffset.UTC)
                .format(then);
        assertThat(nextAfter(date)).isCloseTo(then, within(1, ChronoUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"soon", "-5", "1.5", "2 s", "Mon, 99 Foo 2026 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT"})
    void aTimeThatIsNoneOrPastCountsAsNotSaid(String value) {
        assertThat(nextAfter(value)).isCloseTo(Instant.now(), within(2, ChronoUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"86401", "999999999", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"})
    void nobodyWaitsLongerThanADay(String value) {
        assertThat(nextAfter(value)).isCloseTo(Instant.now().plus(Duration.ofDays(1)), within(10, ChronoUnit.SECONDS));
    }

    private Instant nextAfter(String retryAfter) {
        server.then(Step.answer(503, Map.of("Retry-After", retryAfter), ""));
        home.drop("acme", name, "x");
        return Instant.parse(home.setback("acme", name).getString("next"));
    }

    // What has failed for good

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 409, 413, 415, 422})
    void whatWouldBeRefusedAgainHasFailed(int status) {
        server.then(Step.answer(status, Map.of(), "we do not\r\nwant \u0007 this"));
        home.drop("acme", name, "content");
        JsonObject problem = home.problem("acme", name);
        assertThat(problem)
                .containsEntry("type", "urn:countersign:problem:refused")
                .containsEntry("title", "The partner refused the file")
                .containsEntry("detail", "the partner answered " + status + ": we do not want this")
                .containsEntry("url", server.url("/exchange").toString())
                .containsEntry("key", requests().get(0).headers().get("idempotency-key"))
                .containsEntry("instance", "urn:uuid:" + problem.get("key"))
                .containsEntry("partner", "acme")
                .containsEntry("path", name);
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getInteger("attempts")).isEqualTo(1);
        JsonObject answer = SendingHome.json(home.failed("acme", name + ".answer.json"));
        assertThat(answer.getString("body")).isEqualTo("we do not\r\nwant \u0007 this");
        assertThat(home.failed("acme", name)).hasContent("content");
        assertThat(home.names("sent")).doesNotContain(name);
        assertThat(requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void noRedirectIsFollowed(int status) {
        for (ScriptedServer target : List.of(elsewhere, server)) {
            nextFile();
            String location = target.url("/other").toString();
            server.then(Step.answer(status, Map.of("Location", location), ""));
            home.drop("acme", name, "x");
            JsonObject problem = home.problem("acme", name);
            assertThat(problem)
                    .containsEntry("type", "urn:countersign:problem:redirected")
                    .containsEntry("title", "The partner's server says that it is elsewhere");
            assertThat(problem.getString("detail")).contains("" + status, location, "redirects are not followed");
            assertThat(requests()).hasSize(1).extracting(Seen::target).containsExactly("/exchange");
        }
        assertThat(elsewhere.connections()).isZero();
    }

    // What was accepted, and is kept

    @Test
    void aSuccessNeedsNoBody() {
        server.then(Step.answer(201, Map.of("Location", "/there/1"), ""));
        JsonObject answer = accepted();
        assertThat(answer.getInteger("status")).isEqualTo(201);
        assertThat(answer.getString("body")).isEmpty();
        assertThat((JsonObject) answer.get("headers")).containsEntry("Location", "/there/1");
        assertThat(answer.getBoolean("bodyTruncated")).isFalse();
    }

    @Test
    void anyTextWillDo() {
        server.then(Step.answer(200, Map.of("Content-Type", "text/html"), "<p>Danke schön</p>"));
        JsonObject answer = accepted();
        assertThat(answer.getInteger("status")).isEqualTo(200);
        assertThat(answer.getString("body")).isEqualTo("<p>Danke schön</p>");
        assertThat(home.names("sent")).doesNotContain(name + ".receipt.json");
    }

    @Test
    void aSuccessMaySayThatItHasNoBody() {
        server.then(Step.onRequest(request -> {
            request.readWhole();
            request.write(text("HTTP/1.1 204 No Content\r\n\r\n"));
        }));
        assertThat(accepted().getInteger("status")).isEqualTo(204);
        assertThat(accepted().getString("body")).isEmpty();
    }

    @Test
    void aBinaryBodyIsKept() {
        server.then(raw("HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\n", BINARY));
        JsonObject answer = accepted();
        assertThat(answer.getInteger("status")).isEqualTo(202);
        assertThat(Base64.getDecoder().decode(answer.getString("bodyBase64"))).isEqualTo(BINARY);
    }

    @Test
    void aPackedBodyIsKeptAsItCame() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text("{\"ok\":true}"));
        }
        server.then(raw(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: "
                        + packed.size() + "\r\n\r\n",
                packed.toByteArray()));
        JsonObject answer = accepted();
        assertThat(Base64.getDecoder().decode(answer.getString("bodyBase64"))).isEqualTo(packed.toByteArray());
        assertThat((JsonObject) answer.get("headers")).containsEntry("Content-Encoding", "gzip");
    }

    @Test
    void aSerializedObjectIsNotRead() {
        server.then(Step.answer(200, Map.of("Content-Type", "application/x-java-serialized-object"), "rO0AB"));
        assertThat(accepted().getString("body")).isEmpty();
    }

    @Test
    void ofALongBodyTheBeginningIsKept() {
        server.then(Step.answer(201, Map.of(), "x".repeat(1 << 20)));
        JsonObject answer = accepted();
        assertThat(answer.getString("body")).isEqualTo("x".repeat(MOST));
        assertThat(answer.getBoolean("bodyTruncated")).isTrue();
    }

    @Test
    void aBodyOfThatLengthIsKeptWhole() {
        server.then(Step.answer(201, Map.of(), "x".repeat(MOST)));
        JsonObject answer = accepted();
        assertThat(answer.getString("body")).hasSize(MOST);
        assertThat(answer.getBoolean("bodyTruncated")).isFalse();
    }

    @Test
    void aBodyThatNeverEndsIsLeft() throws Exception {
        CompletableFuture<Long> written = new CompletableFuture<>();
        server.then(Step.onRequest(request -> {
            request.readWhole();
            request.write(text("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"));
            long bytes = 0;
            try {
                for (; ; bytes += 1000) {
                    request.write(text("3e8\r\n" + "x".repeat(1000) + "\r\n"));
                }
            } catch (IOException left) {
                written.complete(bytes);
                throw left;
            }
        }));
        JsonObject answer = accepted();
        assertThat(answer.getString("body")).isEqualTo("x".repeat(MOST));
        assertThat(answer.getBoolean("bodyTruncated")).isTrue();
        assertThat(written.get(10, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(MOST);
    }

    // Receipts

    @Test
    void aReceiptIsKeptAsItCame() {
        List<String> receipts = new CopyOnWriteArrayList<>();
        server.then(Step.accept(receipt -> {
            receipts.add(receipt.toJson());
            return receipt;
        }));
        accepted();
        assertThat(home.sent("acme", name + ".receipt.json")).hasContent(receipts.get(0));
    }

    @Test
    void aDigestInUpperCaseAndASizeWithAFractionAreTheSame() {
        server.then(Step.accept(receipt -> {
            receipt.put("sha256", receipt.getString("sha256").toUpperCase(Locale.ROOT));
            receipt.put("size", new BigDecimal("1.0"));
            return receipt;
        }));
        accepted();
        assertThat(home.names("sent")).contains(name + ".receipt.json");
    }

    @ParameterizedTest
    @CsvSource({
        "sha256, 00, its sha256 is 00",
        "size, 2, its size is 2 bytes",
        "size, 1e999999999, its size is",
        "size, none, its size is none bytes",
        "name, other.bin, its name is 'other.bin'"
    })
    void aReceiptForSomethingElseIsNone(String member, String value, String told) {
        server.then(Step.accept(receipt -> {
            receipt.put(member, value);
            return receipt;
        }));
        home.drop("acme", name, "x");
        JsonObject problem = home.problem("acme", name);
        assertThat(problem)
                .containsEntry("type", "urn:countersign:problem:receipt-mismatch")
                .containsEntry("title", "The partner's receipt is not for what was sent");
        assertThat(problem.getString("detail")).contains(told);
        assertThat(problem.getInteger("status")).isEqualTo(201);
        assertThat(SendingHome.json(home.failed("acme", name + ".receipt.json")))
                .containsEntry(member, value);
        assertThat(SendingHome.json(home.failed("acme", name + ".answer.json")).getInteger("status"))
                .isEqualTo(201);
        assertThat(home.names("sent")).doesNotContain(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"1\",\"name\":\"x\",\"size\":1,\"sha256\":\"00\"}",
                "{\"id\":\"1\",\"name\":\"x\",\"size\":1,\"sha256\":\"00\",\"receivedAt\":\"2026\"",
                "{\"id\":",
                "[]",
                "null",
                "\"text\"",
                "{}",
                "not JSON",
            })
    void whatIsNoReceiptIsJustAnAnswer(String body) {
        server.then(Step.answer(201, Map.of("Content-Type", "application/json"), body));
        assertThat(accepted().getString("body")).isEqualTo(body);
        assertThat(home.names("sent")).doesNotContain(name + ".receipt.json");
    }

    @Test
    void aDeepAnswerIsJustAnAnswer() {
        String deep = "[".repeat(15_000) + "]".repeat(15_000);
        String body = "{\"id\":" + deep + ",\"name\":1,\"size\":1,\"sha256\":\"\",\"receivedAt\":\"2026\"}";
        server.then(Step.answer(201, Map.of(), body));
        assertThat(accepted().getString("body")).isEqualTo(body);
    }

    private JsonObject accepted() {
        if (!Files.exists(home.sent("acme", name))) {
            home.drop("acme", name, "x");
        }
        JsonObject answer = home.answer("acme", name);
        assertThat(home.sent("acme", name)).hasContent("x");
        assertThat(answer.getInteger("attempts")).isEqualTo(1);
        assertThat(requests()).hasSize(1);
        return answer;
    }

    private List<Seen> requests() {
        List<Seen> seen = server.seen();
        return seen.subList(before, seen.size());
    }

    private void haveOneKey(int requests) {
        assertThat(requests())
                .hasSize(requests)
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsOnly(SendingHome.json(home.sent("acme", name + ".answer.json"))
                        .getString("key"));
    }

    private static Step refusingBeforeBody(int status, ByteArrayOutputStream body, CountDownLatch over) {
        return Step.onRequest(request -> {
            try {
                request.answer(status, Map.of(), "not this");
                request.in().transferTo(body);
            } finally {
                over.countDown();
            }
        });
    }

    private static Step raw(String head, byte[] body) {
        return Step.onRequest(request -> {
            request.readWhole();
            request.write(text(head));
            request.write(body);
        });
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }
}
