package io.countersign.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Ledger;
import io.countersign.refusal.Event;
import io.countersign.refusal.Nearest;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.ShownCertificate;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.NoOverview;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestLedger;
import io.countersign.tls.Dated;
import io.countersign.tls.Dated.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What /status says, and that it stays small. */
class StatusTest {
    private static final int MOST_BYTES = 300_000;

    @TempDir
    private Path data;

    private final SettableClock clock = new SettableClock();
    private final CamelContext context = new DefaultCamelContext();
    private final Certified shown = Issue.to("CN=somebody").selfSigned();
    private Ledger ledger;

    @BeforeEach
    void open() throws Exception {
        ledger = TestLedger.open(LedgerKind.SQLITE, data, "node");
        context.start();
    }

    @AfterEach
    void close() {
        context.stop();
        ledger.close();
    }

    @Test
    void saysThatAllIsWellWhereItIs() throws Exception {
        JsonObject status = status(new NoOverview());
        assertThat(status)
                .containsEntry("headline", "All is well")
                .containsOnlyKeys(
                        "at",
                        "headline",
                        "needs",
                        "service",
                        "checks",
                        "warnings",
                        "outboxes",
                        "refusals",
                        "transfers",
                        "plot",
                        "partners",
                        "ours");
        assertThat(status.<Map<String, Object>>getMap("plot")).containsOnlyKeys("complete", "day", "week", "month");
        JsonObject day = within(within(status, "plot"), "day");
        assertThat(day.getInteger("step")).isEqualTo(900);
        assertThat(day.getLong("from") % 900).isZero();
        for (String series : List.of("received", "sent", "failed", "refused", "receivedBytes", "sentBytes")) {
            assertThat(day.<Collection<Object>>getCollection(series)).hasSize(96);
        }
    }

    @Test
    void namesWhatNeedsSomebody() throws Exception {
        Files.writeString(Files.createDirectories(data.resolve("failed/acme")).resolve("a.txt.problem.json"), "{}");
        Files.writeString(Files.createDirectories(data.resolve("outbox/globex")).resolve("b.txt"), "b");
        Files.writeString(data.resolve("outbox/globex/c.txt"), "c");
        Instant now = clock.instant();
        JsonObject status = status(new NoOverview() {
            @Override
            public List<String> complaints() {
                return List.of("routes/partners/acme.camel.yaml: Unknown node id");
            }

            @Override
            public List<WaitingLine> waiting() {
                return List.of(new WaitingLine("globex", "b.txt", 1, 2, now, now, "unavailable: 503"));
            }
        });
        assertThat(status).containsEntry("headline", "3 things need you");
        assertThat(things(status))
                .containsExactly(
                        "not-in-force: routes/partners/acme.camel.yaml: Unknown node id",
                        "waiting: 2 files wait for globex, after 2 attempts at the first: unavailable: 503",
                        "failed: 1 file for acme could not be sent: failed/acme/ says why");
    }

    @Test
    void saysHowToAcceptACertificateThatIsNearlyAPartners() throws Exception {
        JsonObject status = status(refused(1, "it is unknown", "certificate-unknown"));
        JsonObject event = events(status).get(0);
        assertThat(event)
                .containsEntry("approve", "bin/countersign partners approve acme " + "0".repeat(64))
                .containsEntry("proven", true)
                .containsEntry("nearest", "acme")
                .containsEntry("partner", null);
        assertThat(events(status(refused(1, "it is unknown", "handshake"))).get(0))
                .containsEntry("proven", false);
        assertThat(events(status(refused(1, "it is too late", "certificate-expired")))
                        .get(0))
                .doesNotContainKey("approve");
    }

    @Test
    void staysSmallAndQuickHoweverMuchThereIs() throws Exception {
        NoOverview much = refused(3_000, "\"\u202E<>".repeat(500), "certificate-unknown");
        NoOverview all = new NoOverview() {
            @Override
            public List<Event> refusals() {
                return much.refusals();
            }

            @Override
            public List<String> complaints() {
                return IntStream.range(0, 1_000)
                        .mapToObj(i -> i + " is wrong ".repeat(50))
                        .toList();
            }

            @Override
            public List<String> warnings() {
                return complaints();
            }

            @Override
            public List<WaitingLine> waiting() {
                Instant now = clock.instant();
                return IntStream.range(0, 1_000)
                        .mapToObj(i -> new WaitingLine("p" + i, "x".repeat(255), 1, 2, now, now, "y".repeat(2_000)))
                        .toList();
            }

            @Override
            public List<PartnerLine> partners() {
                List<Dated> dated = IntStream.range(0, 10)
                        .mapToObj(i -> Dated.of(Kind.PARTNER_PIN, "p", "certs/p" + i + ".crt", shown.certificate()))
                        .toList();
                return IntStream.range(0, 1_000)
                        .mapToObj(i -> new PartnerLine(
                                "p" + i, true, 1, "https://p" + i + ".example/", dated, clock.instant(), "192.0.2.7"))
                        .toList();
            }
        };
        of(all).json(context); // without what is done but once
        long began = System.nanoTime();
        String json = of(all).json(context);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("status of " + json.length() + " characters in " + took);
        assertThat(json.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(MOST_BYTES);
        assertThat(took).isLessThan(Duration.ofSeconds(1));
        JsonObject read = (JsonObject) Jsoner.deserialize(json);
        assertThat(within(read, "refusals").getInteger("total")).isEqualTo(3_000);
        assertThat(within(read, "partners").getInteger("total")).isEqualTo(1_000);
        assertThat(within(read, "outboxes").getInteger("total")).isEqualTo(1_000);
        assertThat(events(read)).hasSizeBetween(10, 200);
    }

    private NoOverview refused(int count, String reason, String code) {
        Instant now = clock.instant();
        ShownCertificate certificate =
                new ShownCertificate("0".repeat(64), "CN=" + "s".repeat(200), "CN=" + "i".repeat(200), "1", now, now);
        List<Event> events = IntStream.range(0, count)
                .mapToObj(i -> new Event(
                        "id" + i,
                        now,
                        now,
                        i + 1,
                        code,
                        Caller.of(null, "192.0.2.7", "0".repeat(64)),
                        reason,
                        "TLSv1.3",
                        "host.example",
                        List.of(certificate, certificate, certificate),
                        !code.equals("certificate-expired"),
                        new Nearest("acme", "same subject, new key")))
                .toList();
        return new NoOverview() {
            @Override
            public List<Event> refusals() {
                return events;
            }
        };
    }

    private Status of(Overview overview) {
        return new Status(overview, new Expiry(List::of, clock), new History(ledger, clock), ledger, data, clock);
    }

    private JsonObject status(Overview overview) throws Exception {
        return (JsonObject) Jsoner.deserialize(of(overview).json(context));
    }

    private static JsonObject within(JsonObject object, String name) {
        return (JsonObject) Objects.requireNonNull(object.get(name), name);
    }

    private static List<JsonObject> events(JsonObject status) {
        JsonObject refusals = within(status, "refusals");
        return List.copyOf(refusals.<List<JsonObject>>getCollection("events"));
    }

    private static List<String> things(JsonObject status) {
        JsonObject needs = within(status, "needs");
        return needs.<List<JsonObject>>getCollection("things").stream()
                .map(thing -> thing.get("kind") + ": " + thing.get("text"))
                .toList();
    }
}
