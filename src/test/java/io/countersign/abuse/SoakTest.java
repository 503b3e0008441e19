package io.countersign.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.testing.Certified;
import io.countersign.testing.Connections;
import io.countersign.testing.Fault;
import io.countersign.testing.FaultProxy;
import io.countersign.testing.LedgerRows;
import io.countersign.testing.RunningService;
import io.countersign.testing.SendingHome;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twenty partners, a network that breaks, and somebody who tries everything: in the end ledger, receipts and folders agree. */
class SoakTest {
    private static final int SECONDS = Integer.getInteger("countersign.test.soak", 8);
    private static final int PARTNERS = 20;
    private static final int MISCHIEVOUS = 2;

    @Test
    void leavesWhatWasAcceptedAndNothingElse(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(folder);
        home.set("countersign.idle-timeout", "5s")
                .set("countersign.handshake-timeout", "5s")
                .set("countersign.header-timeout", "5s");
        Map<String, Certified> partners = new TreeMap<>();
        for (int i = 0; i < PARTNERS; i++) {
            partners.put("partner" + i, home.pinned("partner" + i));
        }
        home.partner(
                "partner0",
                Map.of(
                        "certificates",
                        "certificates/partner0.crt",
                        "addresses",
                        "any",
                        "maxRequests",
                        "20 per 1s",
                        "maxTransfers",
                        "1"));
        Certified mallory = home.pinned("mallory");
        ExecutorService all = Executors.newCachedThreadPool();
        try (RunningService service = RunningService.start(home);
                FaultProxy proxy = FaultProxy.before(service.port())) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            Map<String, Future<Map<String, String>>> couriers = new TreeMap<>();
            partners.forEach((name, own) -> couriers.put(
                    name,
                    all.submit(new Courier(
                            name, home, own, name.hashCode() % 2 == 0 ? service::port : proxy::port, until))));
            List<Future<Integer>> mischief = new ArrayList<>();
            for (int i = 0; i < MISCHIEVOUS; i++) {
                mischief.add(all.submit(new Mischief(home, mallory, service.port(), until, i)));
            }
            breakTheNetwork(proxy, until);
            for (Future<Integer> each : mischief) {
                assertThat(each.get(2, TimeUnit.MINUTES)).isPositive();
            }
            Map<String, Map<String, String>> accepted = new TreeMap<>();
            for (Map.Entry<String, Future<Map<String, String>>> each : couriers.entrySet()) {
                accepted.put(each.getKey(), each.getValue().get(2, TimeUnit.MINUTES));
            }
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                assertThat(Connections.at(service.port())).isZero();
                assertThat(home.files("staging")).isEmpty();
            });
            agree(home, accepted);
            assertThat(service.refusals()).isNotEmpty();
        } finally {
            all.shutdownNow();
        }
    }

    private static void breakTheNetwork(FaultProxy proxy, long until) {
        Random random = new Random(11);
        while (System.nanoTime() < until) {
            FaultProxy.Way way = random.nextBoolean() ? FaultProxy.Way.TO_SERVICE : FaultProxy.Way.TO_CALLER;
            proxy.fault(
                    way,
                    switch (random.nextInt(7)) {
                        case 0 -> new Fault.Latency(Duration.ofMillis(5), Duration.ofMillis(50), random.nextLong());
                        case 1 -> new Fault.Bandwidth(200_000);
                        case 2 -> new Fault.Slicing(1_000, Duration.ofMillis(2));
                        case 3 -> new Fault.Reset(random.nextInt(80_000));
                        case 4 -> new Fault.Silence(random.nextInt(80_000));
                        case 5 -> new Fault.HalfClose(random.nextInt(80_000));
                        default -> Fault.NONE;
                    });
            long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
            Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> System.nanoTime() > next);
            proxy.heal();
        }
    }

    /** Each file that was accepted is in its inbox once and whole, with its receipt, and delivered by the ledger; none else is. */
    private static void agree(TestHome home, Map<String, Map<String, String>> accepted) throws IOException {
        Map<String, String> ledger = new TreeMap<>();
        for (Entry entry : LedgerRows.of(home)) {
            assertThat(entry.state()).isEqualTo(Entry.State.RECEIVED);
            assertThat(ledger.put(entry.id(), entry.partner() + " " + entry.sha256()))
                    .isNull();
        }
        Map<String, String> receipts = new TreeMap<>();
        Map<String, String> files = new TreeMap<>();
        for (Map.Entry<String, Map<String, String>> each : accepted.entrySet()) {
            String partner = each.getKey();
            List<String> digests = new ArrayList<>();
            for (Path file : home.files("inbox/" + partner)) {
                String digest = HexFormat.of().formatHex(Courier.sha256(Files.readAllBytes(file)));
                digests.add(digest);
                String id = file.getFileName().toString().split("_")[1];
                assertThat(files.put(id, partner + " " + digest)).isNull();
            }
            assertThat(digests)
                    .as(partner)
                    .containsExactlyInAnyOrderElementsOf(each.getValue().values());
            for (Path file : home.files("receipts/" + partner)) {
                var receipt = SendingHome.json(file);
                assertThat(each.getValue())
                        .containsEntry(receipt.getString("idempotencyKey"), receipt.getString("sha256"));
                receipts.put(receipt.getString("id"), partner + " " + receipt.getString("sha256"));
            }
        }
        assertThat(files).isNotEmpty().isEqualTo(receipts).isEqualTo(ledger);
        assertThat(home.files("inbox")).hasSize(files.size());
        assertThat(new TreeSet<>(home.files("receipts"))).hasSize(files.size());
    }
}
