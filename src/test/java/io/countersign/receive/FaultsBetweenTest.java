package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.listener.Listeners;
import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Answer;
import io.countersign.testing.AtStep;
import io.countersign.testing.Client;
import io.countersign.testing.Connections;
import io.countersign.testing.Fault;
import io.countersign.testing.FaultProxy;
import io.countersign.testing.FaultProxy.Way;
import io.countersign.testing.LedgerRows;
import io.countersign.testing.Logged;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;

/**
 * Wherever the network between a partner and the service breaks: a 2xx if and only if there is exactly one whole file, a refusal
 * if and only if there is none, with one recorded reason. Who has got no answer has either, and learns which under its key.
 * {@code -Ptorture} breaks it at all places in all ways, ten times.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FaultsBetweenTest {
    private static final int ROUNDS = Integer.getInteger("countersign.test.faults", 0);

    private static final int SIZE = 100_000;
    private static final Duration PATIENCE = Duration.ofMillis(150);

    private TestHome home;
    private RunningService service;
    private FaultProxy proxy;
    private Client acme;
    private Client globex;
    private Logged told;
    private int number;

    /** What the client does next when the fault is switched on. */
    enum Position {
        HANDSHAKE,
        HEAD,
        REST_OF_HEAD,
        BODY,
        REST_OF_BODY,
        LAST_BYTE
    }

    /**
     * A fault in one place.
     *
     * @param healed whether silence ends by going on, else by a reset
     * @param files how many there are in the end
     */
    record Case(Fault fault, Way way, Position position, boolean withKey, boolean healed, int files) {
        Case withoutKey() {
            return new Case(fault, way, position, false, healed, files);
        }
    }

    /** What a client has to say of its attempt. */
    private record Attempt(
            String name,
            @Nullable String key,
            String content,
            @Nullable Answer answer) {
        byte[] bytes() {
            return content.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** A broken network is nobody's mistake here. */
    @BeforeAll
    void listen() {
        told = Logged.by(Logger.ROOT_LOGGER_NAME);
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        acme = Client.of(home.authority.certificate(), home.pinned("acme"));
        globex = Client.of(home.authority.certificate(), home.pinned("globex"));
        service = RunningService.start(home);
        proxy = FaultProxy.before(service.port());
        warmUp();
    }

    /** The first request of a JVM takes its time. */
    private void warmUp() {
        assertThat(attempt(false, null).answer()).isNotNull();
    }

    @AfterEach
    void heal() {
        proxy.cut();
        proxy.heal();
    }

    @AfterAll
    void stop() {
        proxy.close();
        service.close();
        told.close();
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        all.addAll(sample(breaks(), 11, 9));
        all.addAll(sample(slow(), 3, 0));
        return IntStream.range(0, Math.max(1, ROUNDS)).boxed().flatMap(round -> all.stream());
    }

    /** One in so many, which meet each fault either way, with and without a key, and each position; all under torture. */
    private static List<Case> sample(List<Case> all, int stride, int first) {
        List<Case> both =
                all.stream().flatMap(each -> Stream.of(each, each.withoutKey())).toList();
        return ROUNDS > 0
                ? both
                : IntStream.range(0, both.size())
                        .filter(each -> each % stride == first)
                        .mapToObj(both::get)
                        .toList();
    }

    private static List<Case> breaks() {
        List<Case> all = new ArrayList<>();
        for (Position position : Position.values()) {
            boolean bodyComes = position.compareTo(Position.BODY) >= 0;
            for (int after : position == Position.HANDSHAKE ? new int[] {0, 100, 700} : new int[] {0, 10}) {
                // What is healed in the body comes then: all of it is on its way.
                all.addAll(breaks(after, Way.TO_SERVICE, position, 0, bodyComes ? 1 : 0));
            }
            int[] within = position == Position.LAST_BYTE ? new int[] {0, 10, 100, 600} : new int[] {0, 10};
            for (int after : within) {
                all.addAll(breaks(after, Way.TO_CALLER, position, bodyComes ? 1 : 0, bodyComes ? 1 : 0));
            }
        }
        return all;
    }

    private static List<Case> breaks(int after, Way way, Position position, int files, int filesIfHealed) {
        return List.of(
                new Case(new Fault.Reset(after), way, position, true, false, files),
                new Case(new Fault.HalfClose(after), way, position, true, false, files),
                new Case(new Fault.Silence(after), way, position, true, false, files),
                new Case(new Fault.Silence(after), way, position, true, true, filesIfHealed));
    }

    private static List<Case> slow() {
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(
                                new Fault.Latency(Duration.ofMillis(5), Duration.ofMillis(20), 1),
                                new Fault.Bandwidth(500_000),
                                new Fault.Slicing(1, Duration.ZERO),
                                new Fault.Slicing(900, Duration.ofMillis(1)))
                        .map(fault -> new Case(fault, way, Position.HANDSHAKE, true, false, 1)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void thereIsAFileOrARefusal(Case it) throws Exception {
        int before = service.refusals().size();
        Attempt attempt = attempt(it.withKey(), it);
        anotherPartnerGoesThroughAtOnce();
        if (!it.healed()) {
            proxy.cut();
        }
        proxy.heal();
        check(attempt, it.files(), before, it.position().compareTo(Position.REST_OF_HEAD) > 0);
    }

    @Test
    void aPartnerWhoseBodyBreaksOffHearsThatItMaySendItAgain() {
        Answer answer = attempt(
                        true, new Case(new Fault.HalfClose(0), Way.TO_SERVICE, Position.REST_OF_BODY, true, false, 0))
                .answer();
        assertThat(answer).isNotNull().extracting(Answer::status).isEqualTo(408);
        assertThat(service.refusal().code()).isEqualTo("request-invalid");
    }

    @Test
    void whileAnUploadHangsItsKeyIsInUseAndAfterwardsFree() throws Exception {
        Attempt attempt = attempt(true, new Case(new Fault.Silence(0), Way.TO_SERVICE, Position.BODY, true, false, 0));
        Answer meanwhile = repeat(attempt);
        assertThat(meanwhile.status()).as(meanwhile.body()).isEqualTo(409);
        assertThat(files(attempt)).isEmpty();
        proxy.cut();
        isOver();
        Answer afterwards = repeat(attempt);
        assertThat(afterwards.status()).as(afterwards.body()).isEqualTo(201);
        isReceived(attempt, afterwards);
    }

    @ParameterizedTest
    @CsvSource({"claimed, 0", "staged, 1", "recorded, 1", "handed, 1", "delivered, 1", "kept, 1", "received, 1"})
    void wherePartnersAreCutOffAfterAnyStepThereIsAFileOrARefusal(String step, int files) throws Exception {
        for (boolean withKey : new boolean[] {true, false}) {
            int before = service.refusals().size();
            Attempt attempt;
            try (AtStep cut = AtStep.run(step, proxy::cut)) {
                assertThat(cut).isNotNull();
                attempt = attempt(withKey, null);
            }
            anotherPartnerGoesThroughAtOnce();
            check(attempt, files, before, true);
        }
    }

    private void check(Attempt attempt, int files, int refusalsBefore, boolean headArrived) throws Exception {
        isOver();
        assertThat(told.news()).noneMatch(line -> line.startsWith("ERROR"));
        assertThat(files(attempt))
                .hasSize(files)
                .allSatisfy(file -> assertThat(file).hasBinaryContent(attempt.bytes()));
        List<Refused> refused = service.refusals();
        refused = refused.subList(0, refused.size() - refusalsBefore);
        Answer answer = attempt.answer();
        assertThat(answer)
                .satisfiesAnyOf(
                        none -> assertThat(none).isNull(),
                        some -> assertThat(some.status()).isEqualTo(files == 1 ? 201 : 408));
        if (files == 1) {
            assertThat(refused).isEmpty();
        } else if (headArrived) {
            assertThat(refused).hasSize(1);
        } else {
            assertThat(refused).hasSizeLessThan(2);
        }
        assertThat(refused)
                .extracting(Refused::reason)
                .allSatisfy(
                        reason -> assertThat(reason)
                                .matches(
                                        "(the body ended after|the connection was closed before|the caller has ended it:|status 400:) .*"));
        if (attempt.key() != null) {
            Answer repeated = repeat(attempt);
            assertThat(repeated.status()).as(repeated.body()).isEqualTo(files == 1 ? 200 : 201);
            isReceived(attempt, repeated);
        }
        if (answer != null && answer.status() == 201) {
            isReceived(attempt, answer);
        }
    }

    private void isOver() {
        Listeners listeners = service.service().context().getComponent("jetty", Listeners.class);
        soon().untilAsserted(() -> {
            assertThat(listeners.gate().inside()).isEmpty();
            assertThat(proxy.open()).isZero();
            assertThat(Connections.at(service.port())).isZero();
            assertThat(home.files("staging")).isEmpty();
            assertThat(service.service().context().getInflightRepository().size())
                    .isZero();
        });
    }

    /** One file, one receipt, one entry. */
    private void isReceived(Attempt attempt, Answer answer) throws Exception {
        JsonObject receipt = (JsonObject) Jsoner.deserialize(answer.body());
        String id = receipt.getString("id");
        assertThat(files(attempt)).singleElement().satisfies(file -> {
            assertThat(file).hasBinaryContent(attempt.bytes());
            assertThat(file.getFileName().toString()).contains(id);
        });
        assertThat(home.data().resolve("receipts/acme/" + id + ".json"))
                .content()
                .isEqualTo(answer.body());
        assertThat(LedgerRows.of(home).stream()
                        .filter(row -> row.name().equals(attempt.name()) && row.state() != State.FAILED))
                .singleElement()
                .satisfies(row ->
                        assertThat(row).extracting(Entry::id, Entry::state).containsExactly(id, State.RECEIVED));
    }

    private List<Path> files(Attempt attempt) {
        return home.files("inbox").stream()
                .filter(file -> file.getFileName().toString().endsWith(attempt.name()))
                .toList();
    }

    /** Once more where it has taken long: a machine that does much else is no hang. */
    private void anotherPartnerGoesThroughAtOnce() {
        soon().until(() -> {
            long before = System.nanoTime();
            try (SSLSocket socket = globex.connect(service.port())) {
                Answer answer = Client.exchange(
                        socket,
                        "PUT /exchange/other.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nother");
                assertThat(answer.status()).isEqualTo(201);
            }
            return System.nanoTime() - before < Duration.ofSeconds(1).toNanos();
        });
    }

    private Answer repeat(Attempt attempt) throws IOException {
        try (SSLSocket socket = acme.connect(service.port())) {
            return Client.exchange(socket, head(attempt, "") + attempt.content());
        }
    }

    private Attempt attempt(boolean withKey, @Nullable Case it) {
        byte[] bytes = new byte[SIZE];
        new Random(++number).nextBytes(bytes);
        String content = new String(bytes, StandardCharsets.ISO_8859_1);
        Attempt attempt = new Attempt("file-" + number + ".bin", withKey ? "key-" + number : null, content, null);
        try {
            return new Attempt(attempt.name(), attempt.key(), content, send(attempt, it));
        } catch (IOException broken) {
            return attempt;
        }
    }

    /** Step by step, so that what is on its way when the fault is switched on is known. */
    private Answer send(Attempt attempt, @Nullable Case it) throws IOException {
        String head = head(attempt, "Expect: 100-continue\r\n");
        String body = attempt.content();
        try (Socket plain = new Socket("127.0.0.1", proxy.port());
                SSLSocket socket = acme.over(plain, "localhost")) {
            reach(Position.HANDSHAKE, it, socket);
            socket.startHandshake();
            reach(Position.HEAD, it, socket);
            write(socket, head.substring(0, 30));
            reach(Position.REST_OF_HEAD, it, socket);
            write(socket, head.substring(30));
            awaitContinue(socket.getInputStream());
            reach(Position.BODY, it, socket);
            write(socket, body.substring(0, SIZE / 2));
            reach(Position.REST_OF_BODY, it, socket);
            write(socket, body.substring(SIZE / 2, SIZE - 1));
            reach(Position.LAST_BYTE, it, socket);
            return Client.exchange(socket, body.substring(SIZE - 1));
        }
    }

    private void reach(Position position, @Nullable Case it, SSLSocket socket) throws IOException {
        if (it != null && it.position() == position) {
            proxy.fault(it.way(), it.fault());
            if (it.fault() instanceof Fault.Silence) {
                socket.setSoTimeout((int) PATIENCE.toMillis());
            }
        }
    }

    private static String head(Attempt attempt, String more) {
        return "PUT /exchange/" + attempt.name() + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + SIZE + "\r\n"
                + (attempt.key() == null ? "" : "Idempotency-Key: " + attempt.key() + "\r\n") + more + "\r\n";
    }

    private static void write(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void awaitContinue(InputStream in) throws IOException {
        byte[] expected = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] seen = in.readNBytes(expected.length);
        if (!Arrays.equals(seen, expected)) {
            throw new IOException("instead of 100: " + new String(seen, StandardCharsets.ISO_8859_1));
        }
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
    }
}
