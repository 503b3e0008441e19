package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Transfers;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Command;
import io.countersign.testing.Jvm;
import io.countersign.testing.Progress;
import io.countersign.testing.RunningService;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Partners send files under keys, and again whatever was not acknowledged, while the service is killed at random moments. What
 * was acknowledged is there, once and whole; nothing is there that was not sent. {@code -Ptorture} kills it a thousand times.
 */
class KilledOftenTest {
    /** Six moments of all three kinds, in this order. */
    private static final long SEED = 25;

    private static final int KILLS = Integer.getInteger("countersign.test.kills", 6);
    private static final int CLIENTS = 4;
    private static final int MOST_BYTES = 400_000;

    @TempDir
    private Path folder;

    /** Digests, by key. */
    private final Map<String, String> sent = new ConcurrentHashMap<>();

    private final Map<String, byte[]> receipts = new ConcurrentHashMap<>();
    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicBoolean enough = new AtomicBoolean();

    @Test
    void whatIsAcknowledgedIsThereOnce() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        Client client = Client.of(home.authority.certificate(), acme);
        int port = freePort();
        home.set("countersign.port", String.valueOf(port));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                int number = i;
                senders.add(clients.submit(() -> {
                    send(client.http(), port, number, random);
                    return null;
                }));
            }
            kill(home, new Random(SEED), "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")));
            enough.set(true);
            try (RunningService last = RunningService.start(home)) {
                for (Future<?> sender : senders) {
                    sender.get(60, TimeUnit.SECONDS);
                }
                assertThat(last.port()).isEqualTo(port);
            }
        } finally {
            clients.shutdownNow();
        }
        System.out.printf(
                "%d kills, %d files acknowledged, %d attempts, %d of them repetitions%n",
                KILLS, receipts.size(), attempts.get(), repeated.get());
        check(home);
    }

    /** At any moment: while it starts and mends what the last kill has left, before the first file, between any two. */
    private void kill(TestHome home, Random random, String option) throws IOException {
        for (int kills = 0; kills < KILLS; kills++) {
            int moment = random.nextInt(10);
            ServiceProcess service =
                    moment == 0 ? ServiceProcess.launch(home, option) : ServiceProcess.start(home, option);
            if (moment > 2) {
                int before = receipts.size();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> receipts.size() > before);
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(moment == 0 ? 1_500_000 : 300_000)));
            service.close(); // SIGKILL
            Progress.tell(kills + 1, KILLS, receipts.size() + " files acknowledged");
        }
    }

    /** A file after the other, each until it is acknowledged; every other client wants its receipts signed. */
    private void send(HttpClient http, int port, int client, Random random) throws Exception {
        for (int number = 0; !enough.get(); number++) {
            String key = "client-" + client + "-" + number;
            byte[] content = new byte[random.nextInt(MOST_BYTES)];
            random.nextBytes(content);
            byte[] unique = (key + "\n").getBytes(StandardCharsets.UTF_8);
            byte[] file = new byte[unique.length + content.length];
            System.arraycopy(unique, 0, file, 0, unique.length);
            System.arraycopy(content, 0, file, unique.length, content.length);
            sent.put(key, sha256(file));
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("https://localhost:" + port + "/exchange/" + key + ".bin"))
                    .PUT(BodyPublishers.ofByteArray(file))
                    .header("Idempotency-Key", key)
                    .header("Accept", client % 2 == 0 ? "application/json" : "application/pkcs7-mime")
                    .timeout(Duration.ofSeconds(20))
                    .build();
            receipts.put(key, acknowledged(http, request));
        }
    }

    private byte[] acknowledged(HttpClient http, HttpRequest request) throws InterruptedException {
        while (true) {
            try {
                attempts.incrementAndGet();
                HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
                if (answer.statusCode() == 201 || answer.statusCode() == 200) {
                    repeated.addAndGet(answer.statusCode() == 200 ? 1 : 0);
                    return answer.body();
                }
                assertThat(answer.statusCode())
                        .as(new String(answer.body(), StandardCharsets.UTF_8))
                        .isIn(409, 503);
            } catch (IOException killed) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    private void check(TestHome home) throws Exception {
        Map<String, String> digests = new HashMap<>();
        sent.forEach((key, digest) -> digests.put(digest, key));
        Map<String, Path> inbox = new TreeMap<>();
        for (Path file : home.files("inbox/acme")) {
            String key = digests.get(sha256(Files.readAllBytes(file)));
            assertThat(key).as("%s is whole, and was sent", file).isNotNull();
            assertThat(inbox.put(key, file)).as("%s is there once", key).isNull();
        }
        assertThat(receipts).hasSizeGreaterThan(KILLS / 2);
        assertThat(inbox.keySet()).isEqualTo(new TreeMap<>(receipts).keySet());
        int signed = 0;
        for (Map.Entry<String, byte[]> receipt : receipts.entrySet()) {
            String id = inbox.get(receipt.getKey()).getFileName().toString().split("_", 3)[1];
            Path kept = home.data().resolve("receipts/acme").resolve(id + ".json");
            assertThat(Files.readString(kept))
                    .contains("\"id\":\"" + id + "\"", "\"sha256\":\"" + sent.get(receipt.getKey()) + "\"");
            if (receipt.getValue()[0] != '{') {
                signed++;
                kept = kept.resolveSibling(id + ".p7m");
            }
            assertThat(kept).hasBinaryContent(receipt.getValue());
        }
        assertThat(signed).isPositive();
        assertThat(home.files("receipts")).hasSize(receipts.size() + signed);
        Command verified = Command.run(
                folder,
                "",
                Jvm.countersign("receipts", "verify", "--home", folder.toString()),
                Duration.ofSeconds(60 + KILLS));
        assertThat(verified.exitCode()).as(verified.output()).isZero();
        assertThat(verified.output()).contains(receipts.size() + " receipts: " + signed + " signed");
        assertThat(home.files("staging")).isEmpty();
        try (Ledger ledger = new Ledger("jdbc:sqlite:" + home.data().resolve("ledger.db"), "", "", "")) {
            ledger.open();
            List<Entry> entries = ledger.read(connection -> new Transfers(connection).select("claim IS NOT NULL"));
            assertThat(entries).extracting(Entry::state).containsOnly(State.RECEIVED);
            assertThat(entries).extracting(Entry::key).containsExactlyInAnyOrderElementsOf(receipts.keySet());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
