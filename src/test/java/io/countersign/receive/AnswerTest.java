package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller gets back: receipts, its own alone, and problem documents that say nothing about our insides. */
@TestInstance(Lifecycle.PER_CLASS)
class AnswerTest {
    private TestHome home;
    private RunningService service;
    private Certified acme;
    private Certified globex;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        globex = home.pinned("globex");
        service = RunningService.start(home);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "MOVE", "COPY", "get", "FOO"})
    void otherMethodsAreRefused(String method) throws Exception {
        for (String path : new String[] {"/exchange", "/exchange/x"}) {
            Answer answer =
                    ask(acme, method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer.status())
                    .as("%s %s: %s", method, path, answer.body())
                    .isEqualTo(405);
            assertThat(service.refusals().get(0).code()).isEqualTo("method-not-allowed");
            assertThat(answer.headers()).containsEntry("allow", "GET, POST, PUT");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1, 404",
        "GET /other HTTP/1.1, 404",
        "GET /exchangeable HTTP/1.1, 404",
        "PUT /exchangeable/x HTTP/1.1, 404",
        "GET /exchange/x HTTP/1.1, 404",
        "PUT /EXCHANGE/x HTTP/1.1, 404",
        "PUT /Exchange HTTP/1.1, 404",
        "PUT //exchange/x HTTP/1.1, 404",
        "GET /exchange/receipts HTTP/1.1, 404",
        "GET /exchange/receipts/ HTTP/1.1, 404",
        "GET /exchange/receipts/1 HTTP/1.1, 404",
        "GET /exchange/receipts/..%2facme%2fx HTTP/1.1, 404",
        "GET /exchange/receipts/%2e%2e/globex HTTP/1.1, 404",
        "GET /exchange HTTP/2.0, 426",
        "GET /exchange HTTX/1.1, 400",
        "CONNECT localhost:443 HTTP/1.1, 405",
        "CONNECT /exchange HTTP/1.1, 400",
        "GET exchange HTTP/1.1, 400",
        "nonsense, 400",
    })
    void everyErrorIsAProblemDocument(String requestLine, int status) throws Exception {
        Answer answer = ask(acme, requestLine + "\r\nHost: localhost\r\n\r\n");
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        JsonObject problem = (JsonObject) Jsoner.deserialize(answer.body());
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("type")).startsWith("urn:countersign:problem:");
        assertThat(problem.getString("title")).isNotBlank();
        assertThat(problem.getString("detail")).isNotBlank();
        assertThat(problem.getString("instance"))
                .isEqualTo("urn:uuid:" + service.refusals().get(0).id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PUT /exchange/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx",
                "DELETE /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "TRACE /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "PUT /exchange/%00 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx",
                "PUT /exchange/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\nx",
                "PUT /exchange/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                "PUT /exchange/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: nonsense\r\n\r\nxx",
                "PUT /exchange/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET /exchange HTTP/1.1\r\n\r\n",
                "GET /exchange HTTP/1.1\r\nHost: localhost\r\nX: \u0000\r\n\r\n",
                "PUT /exchange/x HTTP/1.1\r\nHost: localhost\r\nExpect: nonsense\r\nContent-Length: 1\r\n\r\nx",
                "x\r\n\r\n",
            })
    void noAnswerNamesTheSoftwareOrShowsAStackTrace(String request) throws Exception {
        Answer answer = ask(acme, request);
        assertThat(answer.headers()).doesNotContainKeys("server", "x-powered-by", "via");
        assertThat(answer.headers() + answer.body())
                .doesNotContainIgnoringCase("jetty")
                .doesNotContainIgnoringCase("camel")
                .doesNotContainIgnoringCase("eclipse")
                .doesNotContain("Exception", "\tat ", "java.", home.folder.toString());
        assertThat(answer.status()).isLessThan(600);
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Length: +3, 400, request-invalid",
        "Content-Length: -3, 400, request-invalid",
        "'Content-Length: 3, 4', 400, request-invalid",
        "Host: a:99999999, 400, request-invalid",
        "'Transfer-Encoding: gzip, chunked', 400, request-invalid",
        "Transfer-Encoding: identity, 400, request-invalid",
        "'Transfer-Encoding: chunked, gzip', 400, request-invalid",
    })
    void framingInDoubtIsRefused(String header, int status, String code) throws Exception {
        try (SSLSocket socket = Client.of(home.authority.certificate(), acme).connect(service.port())) {
            String host = header.startsWith("Host") ? "" : "Host: localhost\r\n";
            Answer answer =
                    Client.exchange(socket, "PUT /exchange/x HTTP/1.1\r\n" + host + header + "\r\n\r\n0\r\n\r\n");
            assertThat(answer.status()).as(answer.body()).isEqualTo(status);
            assertThat(answer.body()).contains(code);
            assertThat(service.refusals().get(0).code()).isEqualTo(code);
        }
    }

    @Test
    void aReceiptSaysWhatWasReceivedFromWhom() throws Exception {
        Answer answer = put(acme, "order.txt", "hello");
        assertThat(answer.status()).isEqualTo(201);
        JsonObject receipt = (JsonObject) Jsoner.deserialize(answer.body());
        assertThat(receipt.keySet())
                .containsExactlyInAnyOrder(
                        "id", "partner", "name", "size", "sha256", "receivedAt", "certificate", "address");
        assertThat(receipt.getString("id"))
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(receipt.getString("partner")).isEqualTo("acme");
        assertThat(receipt.getString("name")).isEqualTo("order.txt");
        assertThat(receipt.getLong("size")).isEqualTo(5);
        assertThat(receipt.getString("sha256"))
                .isEqualTo("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assertThat(java.time.Instant.parse(receipt.getString("receivedAt")))
                .isBetween(java.time.Instant.now().minusSeconds(60), java.time.Instant.now());
        assertThat(receipt.getString("certificate")).isEqualTo(acme.fingerprint());
        assertThat(receipt.getString("address")).isEqualTo("127.0.0.1");
        assertThat(answer.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("location", "/exchange/receipts/" + receipt.getString("id"));
        Path kept = home.data().resolve("receipts/acme/" + receipt.getString("id") + ".json");
        assertThat(Files.readString(kept)).isEqualTo(answer.body());
    }

    @Test
    void aPartnerGetsItsOwnReceiptsAndNobodyElses() throws Exception {
        Answer sent = put(acme, "mine", "x");
        Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(sent.body());
        assertThat(id.find()).isTrue();
        String get = "GET /exchange/receipts/" + id.group(1) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        Answer own = ask(acme, get);
        assertThat(own.status()).isEqualTo(200);
        assertThat(own.body()).isEqualTo(sent.body());
        // As on another node, or where it could not be kept at once.
        Files.delete(home.data().resolve("receipts/acme/" + id.group(1) + ".json"));
        assertThat(ask(acme, get).body()).isEqualTo(sent.body());
        Answer others = ask(globex, get);
        Answer nobodys = ask(globex, get.replace(id.group(1), "00000000-0000-7000-8000-000000000000"));
        assertThat(others.status()).isEqualTo(404);
        assertThat(withoutInstance(others)).isEqualTo(withoutInstance(nobodys));
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 1_000_000, 20_000_000})
    void aRefusalReachesAClientThatReadsOnlyOnceItHasSentEverything(int size) throws Exception {
        Client stranger =
                Client.of(home.authority.certificate(), Issue.to("CN=stranger").by(home.authority));
        for (int i = 0; i < 5; i++) {
            assertThat(stranger.send(
                                    service.at("/exchange").resolve("/exchange/large"),
                                    "PUT",
                                    java.net.http.HttpRequest.BodyPublishers.ofByteArray(new byte[size]))
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 1_000_000, 20_000_000})
    void soDoesOneForABodyThatIsNone(int size) throws Exception {
        Client partner = Client.of(home.authority.certificate(), acme);
        for (int i = 0; i < 5; i++) {
            try (SSLSocket socket = partner.connect(service.port())) {
                socket.getOutputStream().write("""
                        PUT /exchange/a HTTP/1.1\r
                        Host: localhost\r
                        Transfer-Encoding: chunked\r
                        \r
                        nothing like a length\r
                        """.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(new byte[size]);
                assertThat(Answer.read(socket.getInputStream()).status()).isEqualTo(400);
            }
        }
    }

    @Test
    void whoCallsIsTold() throws Exception {
        Answer answer = ask(globex, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(answer.status()).isEqualTo(200);
        JsonObject who = (JsonObject) Jsoner.deserialize(answer.body());
        assertThat(who)
                .containsAllEntriesOf(
                        Map.of("partner", "globex", "certificate", globex.fingerprint(), "address", "127.0.0.1"));
    }

    private static String withoutInstance(Answer answer) {
        return answer.body().replaceAll("urn:uuid:[0-9a-f-]+", "");
    }

    private Answer put(Certified caller, String name, String content) throws IOException {
        return ask(
                caller,
                "PUT /exchange/" + name + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + content.length()
                        + "\r\n\r\n" + content);
    }

    private Answer ask(Certified caller, String request) throws IOException {
        try (SSLSocket socket = Client.of(home.authority.certificate(), caller).connect(service.port())) {
            return Client.exchange(socket, request);
        }
    }
}
