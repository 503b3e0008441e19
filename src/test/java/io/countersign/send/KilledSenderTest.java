package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.testing.Deliveries;
import io.countersign.testing.Progress;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service that is killed again and again, at whatever moment, delivers each file of its outbox once, and puts it away once
 * with what proves that.
 */
class KilledSenderTest {
    private static final int KILLS = Integer.getInteger("countersign.test.kills", 6);
    private static final int MOST_FILES = 4;
    private static final int LARGEST = 2 << 20;
    private static final int LONGEST_LIFE_MILLIS = 1500;

    @TempDir
    private Path folder;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final Map<String, String> dropped = new TreeMap<>();
    private final Deliveries deliveries = new Deliveries();
    private SendingHome home;
    private Path temporary;

    @BeforeEach
    void prepare() throws IOException {
        home = new SendingHome(folder.resolve("home"));
        temporary = Files.createDirectories(folder.resolve("tmp"));
    }

    @Test
    void whateverMomentItIsKilledAtEachFileIsDeliveredOnceAndSentOnce() throws Exception {
        try (ScriptedServer server = home.server().forgetful().otherwise(deliveries.step())) {
            home.receiver("acme", server.url("/exchange"), "silence", "10000");
            long startMillis = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                drop();
                long launched = System.nanoTime();
                try (ServiceProcess service = launch()) {
                    if (startMillis > 0 && random.nextInt(4) == 0) {
                        isAliveFor(service, random.nextLong(startMillis));
                    } else {
                        service.awaitListening();
                        startMillis =
                                Duration.ofNanos(System.nanoTime() - launched).toMillis();
                        drop();
                        isAliveFor(service, random.nextInt(LONGEST_LIFE_MILLIS));
                    }
                }
                clearTemporary();
                Progress.tell(kill + 1, KILLS, deliveries.receipts().size() + " files delivered");
            }
            drop();
            try (ServiceProcess last = launch()) {
                Awaitility.await()
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> home.names("outbox").isEmpty()
                                && home.rows(State.SENT).size() == dropped.size());
                assertThat(last.output()).doesNotContain("ERROR");
            }
        }
        assertThat(deliveries.reused()).isZero();
        assertThat(contents(deliveries.receipts().values())).as("seed %d", seed).isEqualTo(dropped);
        assertThat(deliveries.receipts()).hasSameSizeAs(dropped);
        assertThat(home.names("failed")).isEmpty();
        assertThat(home.names("sent")).hasSize(3 * dropped.size());
        for (Entry row : home.rows()) {
            isPutAway(row);
        }
    }

    private void isPutAway(Entry row) throws Exception {
        JsonObject receipt = Objects.requireNonNull(deliveries.receipts().get(row.id()));
        Path sent = home.sent("acme", row.path());
        assertThat(row.state()).isEqualTo(State.SENT);
        assertThat(row.filed()).isEqualTo(sent.toString());
        assertThat(row.receipt()).isEqualTo(receipt.toJson());
        assertThat(sha256(Files.readAllBytes(sent)))
                .isEqualTo(dropped.get(row.path()))
                .isEqualTo(row.sha256());
        assertThat(home.sent("acme", row.path() + ".receipt.json")).hasContent(receipt.toJson());
        assertThat(SendingHome.json(home.sent("acme", row.path() + ".answer.json")))
                .containsEntry("key", row.id());
    }

    /** Some files, many of them small. */
    private void drop() throws Exception {
        for (int i = random.nextInt(MOST_FILES + 1); i > 0; i--) {
            int size = random.nextInt(3) == 0 ? random.nextInt(LARGEST) : random.nextInt(2_000) - 100;
            byte[] content = new byte[Math.max(0, size)];
            random.nextBytes(content);
            String name = "order-" + dropped.size() + ".bin";
            dropped.put(name, sha256(content));
            home.drop("acme", name, content);
        }
    }

    private void isAliveFor(ServiceProcess service, long millis) throws Exception {
        assertThat(service.endsWithin(Duration.ofMillis(millis)))
                .as(service.output())
                .isFalse();
    }

    private ServiceProcess launch() throws IOException {
        return ServiceProcess.launch(home.home, "-Djava.io.tmpdir=" + temporary);
    }

    /** The database driver leaves its native library where its process is killed. */
    private void clearTemporary() throws IOException {
        try (Stream<Path> left = Files.list(temporary)) {
            for (Path file : left.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Map<String, String> contents(Iterable<JsonObject> receipts) {
        Map<String, String> contents = new TreeMap<>();
        receipts.forEach(receipt -> contents.put(receipt.getString("name"), receipt.getString("sha256")));
        return contents;
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }
}
