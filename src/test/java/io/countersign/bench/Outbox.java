package io.countersign.bench;

import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** The outbox of a home's partner "receiver", who takes everything, and files for it. */
final class Outbox {
    private static final int CHUNK = 1 << 20;

    private final TestHome home;
    private int batches;

    Outbox(TestHome home, Taking taking) {
        this.home = home;
        home.partner(
                "receiver",
                Map.of(
                        "certificates",
                        "certificates/company.crt",
                        "url",
                        "https://localhost:" + taking.port() + "/in/"));
    }

    /** A folder of files, called by their numbers, that nobody writes to any more. */
    Path batch(int files, int bytes) throws IOException {
        Path batch = Files.createDirectories(home.folder.resolve("batch" + batches++));
        byte[] chunk = new byte[Math.min(bytes, CHUNK)];
        FileTime before = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
        for (int i = 1; i <= files; i++) {
            Path file = batch.resolve(Integer.toString(i));
            try (OutputStream content = Files.newOutputStream(file)) {
                for (long left = bytes; left > 0; left -= chunk.length) {
                    content.write(chunk);
                }
            }
            Files.setLastModifiedTime(file, before);
        }
        return batch;
    }

    /** All of them at once. */
    void drop(Path batch) throws IOException {
        Path outbox = Files.createDirectories(home.data().resolve("outbox/receiver"));
        Files.move(batch, outbox.resolve(batch.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }
}
