package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.receipt.SignedReceipt;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Command;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever asks for it gets the receipt signed, once and for all. */
@TestInstance(Lifecycle.PER_CLASS)
class SignedReceiptsTest {
    private static final String SIGNED = "application/pkcs7-mime";

    private TestHome home;
    private RunningService service;
    private Client acme;
    private Client globex;
    private Client initech;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        acme = Client.of(home.authority.certificate(), home.pinned("acme"));
        globex = Client.of(home.authority.certificate(), home.pinned("globex"));
        Certified own = home.pinned("initech");
        home.partner(
                "initech", Map.of("certificates", "certificates/initech.crt", "addresses", "127.0.0.0/8, ::1"), """
                - route:
                    id: from-initech
                    from:
                      uri: direct:from-initech
                      steps:
                        - removeHeaders:
                            pattern: "*"
                        - setHeader:
                            name: Accept
                            simple:
                              expression: application/json
                        - to:
                            uri: log:initech
                """);
        initech = Client.of(home.authority.certificate(), own);
        service = RunningService.start(home);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void whoeverAsksForItGetsTheReceiptSigned() throws Exception {
        HttpResponse<byte[]> answer = put(acme, "signed.txt", "hello", "Accept", SIGNED);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValue("application/pkcs7-mime; smime-type=signed-data; name=\"receipt.p7m\"");
        SignedReceipt receipt = SignedReceipt.read(answer.body());
        String id = id(receipt.content());
        assertThat(answer.headers().firstValue("Location")).hasValue("/exchange/receipts/" + id);
        assertThat(receipt.signer()).isEqualTo(home.company.certificate());
        assertThat(receipt.signedAt()).isCloseTo(Instant.now(), Assertions.within(1, ChronoUnit.MINUTES));
        assertThat(Files.readAllBytes(kept("acme", id, ".json"))).isEqualTo(receipt.content());
        assertThat(Files.readAllBytes(kept("acme", id, ".p7m"))).isEqualTo(answer.body());
        assertThat(new String(receipt.content(), StandardCharsets.UTF_8))
                .contains("\"name\":\"signed.txt\"", "\"size\":5", "\"partner\":\"acme\"");
    }

    @Test
    void opensslVerifiesIt() throws Exception {
        Command.assumeInstalled("openssl");
        Path receipt = Files.write(
                home.folder.resolve("receipt.p7m"),
                put(acme, "openssl.txt", "x", "Accept", SIGNED).body());
        Command verified = Command.run(
                home.folder,
                List.of(
                        "sh",
                        "-c",
                        "openssl cms -verify -inform DER -in " + receipt
                                + " -CAfile certificates/ca.crt -purpose any"));
        assertThat(verified.exitCode()).as(verified.output()).isZero();
        assertThat(verified.output()).contains("\"name\":\"openssl.txt\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "*/*", "text/html", "application/pkcs7-mime;q=0", "not a range"})
    void whoeverDoesNotPreferItGetsJson(String accept) throws Exception {
        HttpResponse<byte[]> answer = put(acme, "plain.txt", "hello", "Accept", accept);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        String id = id(answer.body());
        assertThat(Files.readAllBytes(kept("acme", id, ".json"))).isEqualTo(answer.body());
        assertThat(kept("acme", id, ".p7m")).doesNotExist();
    }

    @Test
    void itStaysTheSameToTheByte() throws Exception {
        String[] wish = {"Accept", SIGNED, "Idempotency-Key", "same-1"};
        HttpResponse<byte[]> first = put(acme, "same.txt", "hello", wish);
        String id = id(SignedReceipt.read(first.body()).content());
        HttpResponse<byte[]> again = put(acme, "same.txt", "hello", wish);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("Location")).hasValue("/exchange/receipts/" + id);
        assertThat(again.body()).isEqualTo(first.body());
        HttpResponse<byte[]> fetched = get(acme, id, "Accept", SIGNED + ", application/json;q=0.9");
        assertThat(fetched.statusCode()).isEqualTo(200);
        assertThat(fetched.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith(SIGNED));
        assertThat(fetched.body()).isEqualTo(first.body());
        assertThat(get(acme, id).body()).isEqualTo(Files.readAllBytes(kept("acme", id, ".json")));
    }

    @Test
    void oneThatWasNotSignedIsSignedOnceItIsAskedFor() throws Exception {
        String id = id(put(acme, "later.txt", "hello").body());
        assertThat(kept("acme", id, ".p7m")).doesNotExist();
        List<CompletableFuture<HttpResponse<byte[]>>> all = IntStream.range(0, 16)
                .mapToObj(i -> acme.http().sendAsync(request("GET", "receipts/" + id, "", "Accept", SIGNED), bytes()))
                .toList();
        byte[] signed = all.get(0).get().body();
        assertThat(SignedReceipt.read(signed).content()).isEqualTo(Files.readAllBytes(kept("acme", id, ".json")));
        assertThat(Files.readAllBytes(kept("acme", id, ".p7m"))).isEqualTo(signed);
        for (CompletableFuture<HttpResponse<byte[]>> each : all) {
            assertThat(each.get().body()).isEqualTo(signed);
        }
    }

    @Test
    void nobodyElseGetsIt() throws Exception {
        String id = id(SignedReceipt.read(
                        put(acme, "mine.txt", "hello", "Accept", SIGNED).body())
                .content());
        HttpResponse<byte[]> answer = get(globex, id, "Accept", SIGNED);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void whatAPartnersRouteDoesToHeadersChangesNothing() throws Exception {
        byte[] signed = put(initech, "own.txt", "hello", "Accept", SIGNED).body();
        assertThat(new String(SignedReceipt.read(signed).content(), StandardCharsets.UTF_8))
                .contains("\"partner\":\"initech\"");
    }

    @Test
    void aRefusalIsAProblemDocument() throws Exception {
        HttpResponse<byte[]> answer =
                put(acme, "bad.txt", "hello", "Accept", SIGNED, "Content-Digest", "sha-256=:" + "A".repeat(43) + "=:");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void whatCannotBeSignedNowIsNoSuccessAndIsOnceItCan() throws Exception {
        String[] json = {"Idempotency-Key", "blocked-1"};
        String[] wish = {"Accept", SIGNED, "Idempotency-Key", "blocked-1"};
        String id = id(put(acme, "blocked.txt", "hello", json).body());
        Files.createDirectory(kept("acme", id, ".p7m"));
        HttpResponse<byte[]> answer = put(acme, "blocked.txt", "hello", wish);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .contains(
                        "urn:countersign:problem:unavailable",
                        "What was sent has been received as " + id
                                + ", and its receipt cannot be signed at the moment.")
                .doesNotContain(home.folder.toString());
        assertThat(service.refusals().get(0).reason()).contains("the receipt " + id + " cannot be signed: ");
        Files.delete(kept("acme", id, ".p7m"));
        HttpResponse<byte[]> again = put(acme, "blocked.txt", "hello", wish);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(id(SignedReceipt.read(again.body()).content())).isEqualTo(id);
        assertThat(home.files("inbox/acme"))
                .filteredOn(file -> file.toString().contains("blocked"))
                .hasSize(1);
    }

    @Test
    void withoutAnIdentityNoneIsSigned(@TempDir Path folder) throws Exception {
        TestHome unsigned = new TestHome(folder);
        Client partner = Client.of(unsigned.authority.certificate(), unsigned.pinned("acme"));
        String routes = unsigned.read("routes/receive.camel.yaml");
        assertThat(routes).containsPattern("(?m)^ +identity: \"#bean:company\".*$");
        unsigned.write("routes/receive.camel.yaml", routes.replaceAll("(?m)^ +identity: \"#bean:company\".*\\n", ""));
        try (RunningService running = RunningService.start(unsigned)) {
            HttpResponse<String> answer = partner.put(
                    URI.create("https://localhost:" + running.port() + "/exchange/x"), "hello", "Accept", SIGNED);
            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        }
    }

    private HttpResponse<byte[]> put(Client client, String name, String content, String... headers)
            throws IOException, InterruptedException {
        return client.http().send(request("PUT", name, content, headers), bytes());
    }

    private HttpResponse<byte[]> get(Client client, String id, String... headers)
            throws IOException, InterruptedException {
        return client.http().send(request("GET", "receipts/" + id, "", headers), bytes());
    }

    private HttpRequest request(String method, String below, String content, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("https://localhost:" + service.port() + "/exchange/" + below))
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(content));
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }

    private static HttpResponse.BodyHandler<byte[]> bytes() {
        return BodyHandlers.ofByteArray();
    }

    private Path kept(String partner, String id, String ending) {
        return home.data().resolve("receipts").resolve(partner).resolve(id + ending);
    }

    private static String id(byte[] receipt) throws Exception {
        JsonObject json = (JsonObject) Jsoner.deserialize(new String(receipt, StandardCharsets.UTF_8));
        return String.valueOf(json.get("id"));
    }
}
