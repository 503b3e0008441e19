package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken is taken as sent and whole; what is not leaves nothing behind. */
class IntakeTest {
    private static final int LIMIT = 1_000_000;

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private RunningService service;
    private Client client;

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any", "maxSize", "1MB"));
        service = RunningService.start(home);
        client = Client.of(home.authority.certificate(), acme);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-www-form-urlencoded",
                "application/x-www-form-urlencoded; charset=nonsense",
                "multipart/form-data; boundary=x",
                "multipart/mixed",
                "application/x-java-serialized-object",
                "application/json",
                "application/xml",
                "text/plain; charset=utf-16",
                "text/event-stream",
                "message/http",
                "not a type at all",
                "*/*",
            })
    void takesTheBytesAsSentWhateverTheirType(String type) throws Exception {
        byte[] bytes = new byte[200_000];
        new Random(7).nextBytes(bytes);
        System.arraycopy("partner=globex&a=%00&--x\r\n".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 26);
        for (String method : List.of("PUT", "POST")) {
            HttpResponse<String> answer =
                    client.send(target("file.bin"), method, BodyPublishers.ofByteArray(bytes), "Content-Type", type);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            assertThat(answer.body()).contains(sha256(bytes));
        }
        assertThat(home.files("inbox/acme"))
                .hasSize(2)
                .allSatisfy(file -> assertThat(Files.readAllBytes(file)).isEqualTo(bytes));
        assertThat(home.files("staging")).isEmpty();
    }

    @Test
    void takesAnEmptyFile() throws Exception {
        HttpResponse<String> answer = client.put(target("empty"), "");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).contains("\"size\":0");
        assertThat(home.files("inbox/acme"))
                .hasSize(1)
                .allMatch(file -> file.toFile().length() == 0);
    }

    @Test
    void takesAChunkedBody() throws Exception {
        byte[] bytes = new byte[300_000];
        HttpResponse<String> answer = client.send(
                target("chunked"), "PUT", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)));
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(home.files("inbox/acme"))
                .hasSize(1)
                .allMatch(file -> file.toFile().length() == bytes.length);
    }

    @Test
    void refusesAContentEncodingBeforeTheBody() throws Exception {
        for (String encoding : List.of("gzip", "deflate", "br", "zstd", "x-gzip", "identity, gzip", "nonsense")) {
            Answer answer = announce("Content-Encoding: " + encoding + "\r\nContent-Length: 10\r\n");
            refused(answer, 415, "encoding-unsupported");
            assertThat(answer.interim()).as("100 Continue").isZero();
        }
        assertThat(client.put(target("plain"), "x", "Content-Encoding", "identity")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void refusesASizeThatIsAnnouncedTooLargeBeforeTheBody() throws Exception {
        Answer answer = announce("Content-Length: " + (LIMIT + 1) + "\r\n");
        refused(answer, 413, "too-large");
        assertThat(answer.interim()).as("100 Continue").isZero();
        assertThat(service.refusal().caller().partner()).isEqualTo("acme");
    }

    @Test
    void aClientThatSendsFirstAndReadsThenIsStillAnswered() throws Exception {
        byte[] large = new byte[20 * LIMIT];
        for (String framing : List.of("Content-Length: " + large.length, "Transfer-Encoding: chunked")) {
            try (SSLSocket socket = client.connect(service.port())) {
                OutputStream out = socket.getOutputStream();
                boolean chunked = framing.startsWith("Transfer");
                out.write(("PUT /exchange/large HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n"
                                + (chunked ? Integer.toHexString(large.length) + "\r\n" : ""))
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(large);
                Answer answer = Client.exchange(socket, chunked ? "\r\n0\r\n\r\n" : "");
                assertThat(answer.status()).isEqualTo(413);
                assertThat(Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                .status())
                        .as("the connection goes on behind a refused body")
                        .isEqualTo(200);
            }
        }
        keptNothing();
    }

    @Test
    void refusesAChunkedBodyOnceItIsTooLarge() throws Exception {
        HttpResponse<String> answer = client.send(
                target("large"),
                "PUT",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[LIMIT + 1])));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("too-large");
        keptNothing();
        assertThat(client.send(target("fits"), "PUT", BodyPublishers.ofByteArray(new byte[LIMIT]))
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void verifiesTheAnnouncedDigest() throws Exception {
        String right = digest("SHA-256", "payload");
        String wrong = digest("SHA-256", "other");
        String right512 = digest("SHA-512", "payload");
        assertThat(put("sha-256=:" + right + ":").statusCode()).isEqualTo(201);
        assertThat(put("sha-512=:" + right512 + ":").statusCode()).isEqualTo(201);
        assertThat(put("sha-256=:" + right + ":, sha-512=:" + right512 + ":").statusCode())
                .isEqualTo(201);
        assertThat(put("md5=:AAAA:, sha-256=:" + right + ":").statusCode()).isEqualTo(201);
        int taken = home.files("inbox/acme").size();
        for (String digest : List.of(
                "sha-256=:" + wrong + ":",
                "sha-512=:" + right512 + ":, sha-256=:" + wrong + ":",
                "sha-512=:" + digest("SHA-512", "other") + ":, sha-256=:" + right + ":")) {
            HttpResponse<String> answer = put(digest);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("digest-mismatch");
        }
        for (String digest : List.of(
                "sha-256=" + right,
                "sha-256=:" + right,
                "sha-256=:???:",
                "sha-256=:AAAA:",
                "sha-256",
                "",
                "md5=:AAAA:",
                "sha-256=:" + right + ":,",
                "SHA-256=" + right)) {
            HttpResponse<String> answer = put(digest);
            assertThat(answer.statusCode()).as(digest).isEqualTo(400);
            assertThat(answer.body()).contains("request-invalid");
        }
        assertThat(home.files("inbox/acme")).hasSize(taken);
        assertThat(home.files("staging")).isEmpty();
    }

    @Test
    void aClientThatDisappearsHalfWayLeavesNothing() throws Exception {
        for (String framing : List.of("Content-Length: 500000", "Transfer-Encoding: chunked")) {
            int before = service.refusals().size();
            try (SSLSocket socket = client.connect(service.port())) {
                OutputStream out = socket.getOutputStream();
                out.write(("PUT /exchange/half HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write((framing.startsWith("Transfer") ? "30d40\r\n" : "").getBytes(StandardCharsets.US_ASCII));
                out.write(new byte[200_000]);
                out.flush();
                Awaitility.await().until(() -> !home.files("staging").isEmpty());
                assertThat(home.files("inbox")).isEmpty();
            }
            Awaitility.await().until(() -> service.refusals().size() > before);
            assertThat(service.refusals().get(0).reason()).contains("ended after");
            Awaitility.await().untilAsserted(this::keptNothing);
        }
    }

    @Test
    void refusesABodyShorterThanAnnounced() throws Exception {
        try (SSLSocket socket = client.connect(service.port())) {
            socket.getOutputStream()
                    .write("PUT /exchange/short HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nfive!"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            Awaitility.await().until(() -> !service.refusals().isEmpty());
            assertThat(service.refusal().code()).isEqualTo("request-invalid");
        }
        Awaitility.await().untilAsserted(this::keptNothing);
    }

    @Test
    void nothingIsVisibleInTheInboxBeforeItIsWhole() throws Exception {
        try (SSLSocket socket = client.connect(service.port())) {
            OutputStream out = socket.getOutputStream();
            out.write("PUT /exchange/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200001\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[200_000]);
            out.flush();
            Awaitility.await()
                    .until(() -> home.files("staging").stream()
                            .anyMatch(file -> file.toFile().length() > 100_000));
            assertThat(home.files("inbox")).isEmpty();
            Answer answer = Client.exchange(socket, "x");
            assertThat(answer.status()).isEqualTo(201);
            assertThat(home.files("inbox/acme"))
                    .hasSize(1)
                    .allMatch(file -> file.toFile().length() == 200_001);
        }
    }

    @Test
    void aRouteThatFailsLeavesTheSenderWithoutASuccess() throws Exception {
        restartWithOwnRoute("""
                - throwException:
                    exceptionType: java.lang.IllegalStateException
                    message: the warehouse at 10.1.2.3 is closed
                """);
        HttpResponse<String> answer = client.put(target("order"), "x");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("unavailable").doesNotContain("warehouse", "Exception");
        assertThat(service.refusal().reason()).contains("the warehouse at 10.1.2.3 is closed");
        keptNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop: {}", "rollback: {markRollbackOnly: true}"})
    void aRouteThatStopsBeforeItsEndLeavesTheSenderWithoutASuccess(String step) throws Exception {
        restartWithOwnRoute("- " + step);
        HttpResponse<String> answer = client.put(target("order"), "x");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(service.refusal().reason()).contains("stopped before its end");
        keptNothing();
    }

    @Test
    void aFileThatIsTakenFromTheInboxAtOnceWasStillReceived() throws Exception {
        restartWithOwnRoute("""
                - to:
                    uri: file:{{countersign.data}}/inbox/acme
                - process:
                    ref: "#class:io.countersign.receive.IntakeTest$TakeAtOnce"
                """);
        assertThat(client.put(target("order"), "x").statusCode()).isEqualTo(201);
        assertThat(home.files("inbox")).isEmpty();
        assertThat(home.files("receipts/acme")).hasSize(1);
    }

    /** An in-house system that is quicker than the rest of the route. */
    public static final class TakeAtOnce implements org.apache.camel.Processor {
        @Override
        public void process(org.apache.camel.Exchange exchange) throws Exception {
            Files.delete(Path.of(exchange.getMessage().getHeader("CamelFileNameProduced", String.class)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a home", "ümlauts", "a+b", "(x)", "[x]", "a&b", "a,b", "a;b", "a=b", "a@b", "a'b", "a!b", "a~b", "a#b",
                "{x}", "a$b", "a*b", "a|b", "a^b", "a`b", "a\"b", "<x>", "a:b"
            })
    void aHomeMayHaveManyNames(String name) throws Exception {
        service.close();
        TestHome odd = new TestHome(folder.resolve(name));
        Certified partner = odd.pinned("acme");
        service = RunningService.start(odd);
        assertThat(Client.of(odd.authority.certificate(), partner)
                        .put(target("order"), "x")
                        .statusCode())
                .isEqualTo(201);
        assertThat(odd.files("inbox/acme")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%41", "a%b", "a?b", "{{x}}", "${x}", "a\\b"})
    void aHomeThatEndpointsWouldReadOtherwiseIsAnErrorAtStart(String name) {
        assertThatThrownBy(() -> RunningService.start(new TestHome(folder.resolve(name))))
                .hasMessageContaining("countersign.data (default): ")
                .hasMessageContaining("in its path");
    }

    @Test
    void manyUploadsAtOnceArriveEachOnce() throws Exception {
        List<Thread> senders = java.util.stream.IntStream.range(0, 32)
                .mapToObj(i -> new Thread(() -> {
                    try {
                        assertThat(client.put(target("file" + i), "content " + i)
                                        .statusCode())
                                .isEqualTo(201);
                    } catch (java.io.IOException | InterruptedException failed) {
                        throw new IllegalStateException(failed);
                    }
                }))
                .toList();
        senders.forEach(Thread::start);
        for (Thread sender : senders) {
            sender.join();
        }
        assertThat(home.files("inbox/acme").stream().map(IntakeTest::content))
                .hasSize(32)
                .doesNotHaveDuplicates()
                .allMatch(content -> content.startsWith("content "));
    }

    /** @param steps of the route that acme's file then has, as YAML */
    private void restartWithOwnRoute(String steps) throws Exception {
        service.close();
        String route = """
                - route:
                    id: from-acme
                    from:
                      uri: direct:from-acme
                      steps:
                """ + steps.indent(8);
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"), route);
        service = RunningService.start(home);
    }

    private HttpResponse<String> put(String digest) throws Exception {
        return client.put(target("digested"), "payload", "Content-Digest", digest);
    }

    /** Announces a body and waits to be asked for it. */
    private Answer announce(String headers) throws Exception {
        try (SSLSocket socket = client.connect(service.port())) {
            return Client.exchange(
                    socket,
                    "PUT /exchange/x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" + headers + "\r\n");
        }
    }

    private void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("urn:countersign:problem:" + code);
        assertThat(service.refusal().code()).isEqualTo(code);
        keptNothing();
    }

    private void keptNothing() {
        assertThat(home.files("inbox")).isEmpty();
        assertThat(home.files("staging")).isEmpty();
        assertThat(home.files("receipts")).isEmpty();
    }

    private URI target(String name) {
        return URI.create("https://localhost:" + service.port() + "/exchange/" + name);
    }

    private static String digest(String algorithm, String content) throws Exception {
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance(algorithm).digest(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
