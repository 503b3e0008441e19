package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.LedgerKind;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent again under its Idempotency-Key is received once. */
@TestInstance(Lifecycle.PER_CLASS)
class KeysTest {
    private static final int CLIENTS = 64;

    private TestHome home;
    private RunningService service;
    private Client client;
    private Client failing;
    private Client warehouse;

    /** Of each test its own, as they share a service. */
    private String key = "";

    LedgerKind ledger() {
        return LedgerKind.SQLITE;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        ledger().in(home);
        client = Client.of(home.authority.certificate(), home.pinned("acme"));
        failing = withRoute("failing", """
                - route:
                    id: from-failing
                    from:
                      uri: direct:from-failing
                      steps:
                        - choice:
                            when:
                              - expression:
                                  simple:
                                    expression: ${body} contains 'fail'
                                steps:
                                  - throwException:
                                      exceptionType: java.lang.IllegalStateException
                                      message: the warehouse is closed
                        - to:
                            uri: file:{{countersign.data}}/inbox/failing
                """);
        warehouse = withRoute("warehouse", """
                - templatedRoute:
                    routeId: from-warehouse
                    routeTemplateRef: deliver-to-folder
                    parameters:
                      - name: partner
                        value: warehouse
                      - name: folder
                        value: "{{countersign.data}}/inbox/warehouse"
                """);
        service = RunningService.start(home);
    }

    private Client withRoute(String partner, String route) {
        Certified certified = home.pinned(partner);
        home.partner(partner, Map.of("certificates", "certificates/" + partner + ".crt", "addresses", "any"), route);
        return Client.of(home.authority.certificate(), certified);
    }

    @BeforeEach
    void empty() throws Exception {
        key = UUID.randomUUID().toString();
        for (Path file : home.files("inbox")) {
            Files.delete(file);
        }
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void theSameContentGetsTheFirstReceipt() throws Exception {
        HttpResponse<String> first = put("order.txt", "hello", key);
        HttpResponse<String> again = put("order.txt", "hello", key);
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.body()).contains("\"idempotencyKey\":\"" + key + "\"");
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(inbox("acme")).containsExactly("hello");
        assertThat(home.files("staging")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hellO", "hello!", "", "hell"})
    void otherContentIsRefused(String other) throws Exception {
        HttpResponse<String> first = put("order.txt", "hello", key);
        HttpResponse<String> again = put("order.txt", other, key);
        assertThat(again.statusCode()).isEqualTo(422);
        assertThat(again.body()).contains("problem:key-reused");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(inbox("acme")).containsExactly("hello");
        assertThat(put("order.txt", "hello", key).statusCode()).isEqualTo(200);
    }

    @Test
    void otherContentWithoutALengthIsRefusedTooOnceItIsRead() throws Exception {
        put("order.txt", "hello", key);
        HttpResponse<String> again = client.send(
                at("order.txt"),
                "PUT",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[200_000])),
                "Idempotency-Key",
                key);
        assertThat(again.statusCode()).isEqualTo(422);
        assertThat(inbox("acme")).containsExactly("hello");
    }

    @Test
    void whatDoesNotHaveItsAnnouncedDigestIsNoRepetition() throws Exception {
        put("order.txt", "hello", key);
        HttpResponse<String> again = client.put(
                at("order.txt"),
                "hello",
                "Idempotency-Key",
                key,
                "Content-Digest",
                "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body()).contains("digest-mismatch");
    }

    @Test
    void withoutAKeyEachRequestIsATransferOfItsOwn() throws Exception {
        String first = client.put(at("order.txt"), "hello").body();
        HttpResponse<String> second = client.put(at("order.txt"), "hello");
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isNotEqualTo(first).doesNotContain("idempotencyKey");
        assertThat(inbox("acme")).containsExactly("hello", "hello");
    }

    @Test
    void aKeyIsThePartnersOwn() throws Exception {
        assertThat(put("order.txt", "hello", key).statusCode()).isEqualTo(201);
        HttpResponse<String> same = warehouse.put(at("order.txt"), "other", "Idempotency-Key", key);
        assertThat(same.statusCode()).isEqualTo(201);
        assertThat(same.body()).contains("\"partner\":\"warehouse\"");
        assertThat(inbox("warehouse")).containsExactly("other");
    }

    @Test
    void aRestartForgetsNoKey() throws Exception {
        String first = put("order.txt", "hello", key).body();
        service.close();
        service = RunningService.start(home);
        HttpResponse<String> again = put("order.txt", "hello", key);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first);
        assertThat(put("order.txt", "other", key).statusCode()).isEqualTo(422);
    }

    @Test
    void whileTheFirstIsOnItsWayTheKeyIsInUse() throws Exception {
        try (SSLSocket slow = client.connect(service.port())) {
            begin(slow, key, "hel", 5);
            untilStaged();
            HttpResponse<String> meanwhile = put("order.txt", "hello", key);
            assertThat(meanwhile.statusCode()).isEqualTo(409);
            assertThat(meanwhile.body()).contains("problem:in-progress");
            assertThat(put("order.txt", "hello", key + "-other").statusCode()).isEqualTo(201);
            assertThat(Client.exchange(slow, "lo").status()).isEqualTo(201);
        }
        assertThat(put("order.txt", "hello", key).statusCode()).isEqualTo(200);
        assertThat(inbox("acme")).containsExactly("hello", "hello");
    }

    @Test
    void aFirstAttemptThatFailsLeavesTheKeyFree() throws Exception {
        HttpResponse<String> mismatch = client.put(
                at("order.txt"),
                "hellO",
                "Idempotency-Key",
                key,
                "Content-Digest",
                "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
        assertThat(mismatch.statusCode()).isEqualTo(400);
        assertThat(put("order.txt", "hello", key).statusCode()).isEqualTo(201);
    }

    @Test
    void aRouteThatFailsLeavesTheKeyFreeAtOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(failing.put(at("order.txt"), "fail", "Idempotency-Key", key)
                            .statusCode())
                    .isEqualTo(503);
        }
        assertThat(home.files("staging")).isEmpty();
        assertThat(failing.put(at("order.txt"), "hello", "Idempotency-Key", key).statusCode())
                .isEqualTo(201);
        assertThat(failing.put(at("order.txt"), "hello", "Idempotency-Key", key).statusCode())
                .isEqualTo(200);
        assertThat(inbox("failing")).containsExactly("hello");
    }

    @Test
    void aSenderThatBreaksOffLeavesTheKeyFree() throws Exception {
        try (SSLSocket slow = client.connect(service.port())) {
            begin(slow, key, "hel", 5);
            untilStaged();
        }
        Awaitility.await()
                .untilAsserted(() ->
                        assertThat(put("order.txt", "hello", key).statusCode()).isIn(200, 201));
        assertThat(inbox("acme")).containsExactly("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a,b", "a, b", "käse", "a\tb"})
    void whatCannotBeAKeyIsRefused(String form) throws Exception {
        try (SSLSocket socket = client.connect(service.port())) {
            Answer answer = Client.exchange(
                    socket,
                    "PUT /exchange/order.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nIdempotency-Key: "
                            + form + "\r\n\r\n");
            assertThat(answer.status()).isEqualTo(400);
        }
        assertThat(home.files("inbox")).isEmpty();
    }

    @Test
    void twoKeysInOneRequestAreRefused() throws Exception {
        HttpResponse<String> both =
                client.put(at("order.txt"), "hello", "Idempotency-Key", key, "Idempotency-Key", key + "-other");
        assertThat(both.statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", "order 17 of 3", "a=b;c?d/e\\f'g%00{}"})
    void keysAreTakenAsTheyStand(String form) throws Exception {
        assertThat(put("order.txt", "hello", form).statusCode()).isEqualTo(201);
        assertThat(put("order.txt", "hello", form).statusCode()).isEqualTo(200);
        assertThat(put("order.txt", "hello", form.toUpperCase(Locale.ROOT) + "!")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void ofManyAtOnceOneIsReceived() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        CyclicBarrier together = new CyclicBarrier(CLIENTS);
        String content = "hello".repeat(20_000);
        try {
            List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                calls.add(() -> {
                    together.await();
                    return put("order.txt", content, key);
                });
            }
            List<HttpResponse<String>> answers = new ArrayList<>();
            for (Future<HttpResponse<String>> call : clients.invokeAll(calls)) {
                answers.add(call.get());
            }
            assertThat(answers).hasSize(CLIENTS);
            assertThat(answers).extracting(HttpResponse::statusCode).containsOnlyOnce(201);
            assertThat(answers).extracting(HttpResponse::statusCode).containsAnyOf(200, 409);
            assertThat(answers).extracting(HttpResponse::statusCode).isSubsetOf(200, 201, 409);
            String receipt = answers.stream()
                    .filter(answer -> answer.statusCode() == 201)
                    .findFirst()
                    .orElseThrow()
                    .body();
            assertThat(answers)
                    .filteredOn(answer -> answer.statusCode() == 200)
                    .extracting(HttpResponse::body)
                    .allMatch(receipt::equals);
            assertThat(inbox("acme")).containsExactly(content);
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void aRouteOfThePartnersOwnIsNotTakenAgainEither() throws Exception {
        assertThat(warehouse
                        .put(at("order.txt"), "hello", "Idempotency-Key", key)
                        .statusCode())
                .isEqualTo(201);
        assertThat(warehouse
                        .put(at("order.txt"), "hello", "Idempotency-Key", key)
                        .statusCode())
                .isEqualTo(200);
        assertThat(inbox("warehouse")).containsExactly("hello");
    }

    /** Until the request that holds the key has got as far as staging. */
    private void untilStaged() {
        Awaitility.await().until(() -> !home.files("staging").isEmpty());
    }

    private static void begin(SSLSocket socket, String key, String part, int length) throws Exception {
        OutputStream out = socket.getOutputStream();
        out.write(("PUT /exchange/order.txt HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: " + key
                        + "\r\nContent-Length: " + length + "\r\n\r\n" + part)
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private HttpResponse<String> put(String name, String content, String key) throws Exception {
        return client.put(at(name), content, "Idempotency-Key", key);
    }

    private URI at(String name) {
        return URI.create(service.at("/exchange") + "/" + name);
    }

    private List<String> inbox(String partner) throws Exception {
        List<String> contents = new ArrayList<>();
        for (Path file : home.files("inbox/" + partner)) {
            contents.add(Files.readString(file));
        }
        return contents;
    }
}
