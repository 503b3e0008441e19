package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.transfer.Durable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes, the service and a command, may put files of one name away in the same moment. */
class FilingTest {
    private static final int ROUNDS = 300;

    @TempDir
    private Path folder;

    private record Filed(String key, Path file) {}

    @Test
    void ofTwoFilesOfOneNameBothStayWithTheirOwnPapers() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        CyclicBarrier together = new CyclicBarrier(2);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                String name = "order-" + round;
                List<Future<Filed>> both = new ArrayList<>();
                for (String key : List.of("one-" + round, "two-" + round)) {
                    both.add(two.submit(() -> file(name, key, together)));
                }
                for (Future<Filed> each : both) {
                    Filed filed = each.get();
                    assertThat(filed.file()).hasContent(filed.key());
                    for (String paper : List.of(Papers.ANSWER, Papers.RECEIPT)) {
                        assertThat(Papers.beside(filed.file(), paper)).content().contains(filed.key());
                    }
                }
            }
        } finally {
            two.shutdownNow();
        }
        assertThat(folder.resolve("sent").toFile().list()).hasSize(ROUNDS * 2 * 3);
    }

    private Filed file(String name, String key, CyclicBarrier together) throws Exception {
        Path outbox = Files.createDirectories(folder.resolve("outbox-" + key));
        Path file = Files.writeString(outbox.resolve(name), key);
        Pending pending = Pending.fresh(
                "acme",
                name,
                key,
                Files.size(file),
                Files.getLastModifiedTime(file).toMillis(),
                Instant.now(),
                file);
        Map<String, byte[]> papers = new LinkedHashMap<>();
        papers.put(Papers.ANSWER, ("{\"key\":\"" + key + "\"}").getBytes(StandardCharsets.UTF_8));
        papers.put(Papers.RECEIPT, key.getBytes(StandardCharsets.UTF_8));
        Filing filing = new Filing(folder.resolve("sent"), new Durable());
        together.await();
        return new Filed(key, filing.file(file, pending, null, papers).orElseThrow());
    }
}
