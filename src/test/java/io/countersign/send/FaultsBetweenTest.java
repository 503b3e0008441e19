package io.countersign.send;

import static io.countersign.testing.FaultProxy.Way.TO_CALLER;
import static io.countersign.testing.FaultProxy.Way.TO_SERVICE;
import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.listener.Listeners;
import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.AtStep;
import io.countersign.testing.Certified;
import io.countersign.testing.Connections;
import io.countersign.testing.Fault;
import io.countersign.testing.FaultProxy;
import io.countersign.testing.FaultProxy.Way;
import io.countersign.testing.LedgerRows;
import io.countersign.testing.RunningService;
import io.countersign.testing.SendingHome;
import io.countersign.testing.TestHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Wherever the network between two Countersigns breaks, a file that one sends arrives at the other once, whole, and both have the
 * same receipt. {@code -Ptorture} breaks it at all places in all ways, ten times.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FaultsBetweenTest {
    private static final int ROUNDS = Integer.getInteger("countersign.test.faults", 0);
    private static final int SIZE = 200_000;
    private static final String SILENCE = "700";

    private SendingHome sender;
    private TestHome receiver;
    private RunningService sending;
    private RunningService receiving;
    private FaultProxy proxy;
    private int number;

    /** Bytes of a request on a connection that is open: its head, its whole; and of what is answered. */
    private long head;

    private long request;
    private long answers;

    /**
     * A fault in one place.
     *
     * @param fresh whether on a new connection, from its first byte
     * @param healed whether silence ends by going on, else by a reset
     */
    record Case(Fault fault, Way way, boolean fresh, boolean healed) {}

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        sender = new SendingHome(folder.resolve("sender"));
        receiver = new TestHome(folder.resolve("receiver"));
        sender.home.company.write(receiver.certificates(), "sender");
        receiver.partner("sender", Map.of("certificates", "certificates/sender.crt", "addresses", "127.0.0.0/8, ::1"));
        receiver.company.write(sender.home.certificates(), "receiver");
        Files.writeString(
                sender.home.certificates().resolve("ca.crt"),
                Certified.pem(sender.home.authority.certificate(), receiver.authority.certificate()));
        receiver.set("countersign.idle-timeout", "3s");
        receiving = RunningService.start(receiver);
        proxy = FaultProxy.before(receiving.port());
        sender.home.partner(
                "acme",
                Map.of(
                        "certificates", "certificates/receiver.crt",
                        "addresses", "127.0.0.0/8, ::1",
                        "url", "https://localhost:" + proxy.port() + "/exchange"),
                ToAcme.templated("silence", SILENCE));
        sending = RunningService.start(sender.home);
        arrives(drop());
        measure();
    }

    private void measure() throws Exception {
        int connections = proxy.taken();
        long toService = proxy.passed(TO_SERVICE);
        long toCaller = proxy.passed(TO_CALLER);
        // The body comes only once the receiver, which has the head then, has asked for it.
        try (AtStep claimed = AtStep.run("claimed", () -> head = proxy.passed(TO_SERVICE) - toService)) {
            assertThat(claimed).isNotNull();
            arrives(drop());
        }
        request = proxy.passed(TO_SERVICE) - toService;
        answers = proxy.passed(TO_CALLER) - toCaller;
        assertThat(proxy.taken()).as("connections").isEqualTo(connections);
        assertThat(head).isBetween(100L, 2_000L);
        assertThat(request).isBetween(head + SIZE, head + SIZE + 2_000L);
    }

    @AfterEach
    void heal() {
        proxy.heal();
    }

    @AfterAll
    void stop() {
        sending.close();
        proxy.close();
        receiving.close();
    }

    List<Case> cases() {
        List<Case> breaks = new ArrayList<>();
        for (long after : new long[] {0, 100, 400}) {
            breaks.addAll(breaks(after, TO_SERVICE, true));
            breaks.addAll(breaks(after, TO_CALLER, true));
        }
        for (long after : new long[] {0, head - 1, head, head + 1, request / 2, request - 1}) {
            breaks.addAll(breaks(after, TO_SERVICE, false));
        }
        for (long after : new long[] {0, 10, 100, answers - 20}) {
            breaks.addAll(breaks(after, TO_CALLER, false));
        }
        List<Case> slow = new ArrayList<>();
        for (Way way : Way.values()) {
            slow.add(new Case(new Fault.Latency(Duration.ofMillis(5), Duration.ofMillis(20), 1), way, true, true));
            slow.add(new Case(new Fault.Bandwidth(1_000_000), way, true, true));
            slow.add(new Case(new Fault.Slicing(20, Duration.ZERO), way, true, true));
            slow.add(new Case(new Fault.Slicing(2_000, Duration.ofMillis(1)), way, true, true));
        }
        List<Case> all = new ArrayList<>(sample(breaks, 7, 3));
        all.addAll(sample(slow, 3, 0));
        return IntStream.range(0, Math.max(1, ROUNDS))
                .boxed()
                .flatMap(round -> all.stream())
                .toList();
    }

    private static List<Case> breaks(long after, Way way, boolean fresh) {
        return List.of(
                new Case(new Fault.Reset(after), way, fresh, true),
                new Case(new Fault.HalfClose(after), way, fresh, true),
                new Case(new Fault.Silence(after), way, fresh, true),
                new Case(new Fault.Silence(after), way, fresh, false));
    }

    /** One in so many; all under torture. */
    private static List<Case> sample(List<Case> all, int stride, int first) {
        return ROUNDS > 0
                ? all
                : IntStream.range(0, all.size())
                        .filter(each -> each % stride == first)
                        .mapToObj(all::get)
                        .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theFileArrivesOnce(Case it) throws Exception {
        if (it.fresh()) {
            proxy.cut();
        }
        proxy.fault(it.way(), it.fault());
        String name = drop();
        if (it.fault() instanceof Fault.Break) {
            String key = sender.setback("acme", name).getString("key");
            if (!it.healed()) {
                proxy.cut();
            }
            proxy.heal();
            assertThat(arrives(name).getString("key")).isEqualTo(key);
        } else {
            arrives(name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"claimed", "staged", "recorded", "handed", "delivered", "kept", "received"})
    void theFileArrivesOnceIfTheConnectionIsCutAfterAnyStepOfReceiving(String step) throws Exception {
        try (AtStep cut = AtStep.run(step, proxy::cut)) {
            assertThat(cut).isNotNull();
            assertThat(arrives(drop()).getInteger("attempts")).isGreaterThan(1);
        }
    }

    @Test
    void theFileArrivesOnceThePartnerTakesConnectionsAgain() throws Exception {
        proxy.refuse();
        proxy.cut();
        String name = drop();
        assertThat(sender.setback("acme", name).getString("lastFailure")).startsWith("unreachable: ");
        proxy.heal();
        arrives(name);
    }

    @Test
    void theFileArrivesOnceAHalfThatThePartnerStillWaitsForIsOver() throws Exception {
        int before = receiving.refusals().size();
        String name;
        try (AtStep stranded = AtStep.run("claimed", proxy::strand)) {
            name = drop();
            soon().until(stranded::isDone); // not by the first attempt, where a kept connection was closed just then
        }
        sender.setback("acme", name);
        soon().until(() ->
                String.valueOf(sender.state("acme", name).get("lastFailure")).contains("409"));
        assertThat(arrives(name).getInteger("attempts")).isGreaterThan(2);
        List<Refused> refused = receiving.refusals();
        assertThat(refused.subList(0, refused.size() - before))
                .extracting(Refused::code)
                .contains("in-progress")
                .containsOnlyOnce("request-invalid");
    }

    private String drop() {
        String name = "file-%04d.bin".formatted(++number);
        sender.drop("acme", name, content(name));
        return name;
    }

    private static byte[] content(String name) {
        byte[] content = new byte[SIZE];
        new Random(name.hashCode()).nextBytes(content);
        return content;
    }

    /** Waits for it, looks at both ends, and returns what the sender keeps of the answer. */
    private JsonObject arrives(String name) throws Exception {
        JsonObject answer = sender.answer("acme", name);
        byte[] content = content(name);
        assertThat(sender.sent("acme", name)).hasBinaryContent(content);
        assertThat(sender.names("outbox")).isEmpty();
        assertThat(sender.names("failed")).isEmpty();
        assertThat(files("inbox", name))
                .singleElement()
                .satisfies(file -> assertThat(file).hasBinaryContent(content));

        List<Entry> received = LedgerRows.of(receiver).stream()
                .filter(row -> row.name().equals(name))
                .toList();
        assertThat(received).extracting(Entry::key).containsOnly(answer.getString("key"));
        Entry once = received.stream()
                .filter(row -> row.state() != State.FAILED)
                .findFirst()
                .orElseThrow();
        assertThat(received).filteredOn(row -> row.state() != State.FAILED).hasSize(1);
        assertThat(once.state()).isEqualTo(State.RECEIVED);
        assertThat(sender.sent("acme", name + ".receipt.json")).content().contains(once.id());
        assertThat(sender.rows())
                .filteredOn(row -> row.name().equals(name))
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .extracting(Entry::state, Entry::id)
                        .containsExactly(State.SENT, answer.getString("key")));
        soon().untilAsserted(this::nothingIsLeft);
        return answer;
    }

    /** But the connection for the next. */
    private void nothingIsLeft() {
        Listeners listeners = receiving.service().context().getComponent("jetty", Listeners.class);
        assertThat(receiver.files("staging")).isEmpty();
        assertThat(listeners.gate().inside()).isEmpty();
        assertThat(proxy.open()).isLessThan(2);
        assertThat(Connections.at(receiving.port())).isLessThan(2);
        assertThat(sending.service().context().getInflightRepository().size()).isZero();
    }

    private List<Path> files(String folder, String name) {
        return receiver.files(folder).stream()
                .filter(file -> file.getFileName().toString().endsWith(name))
                .toList();
    }
}
