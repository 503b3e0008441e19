package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Jvm;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.TestHome;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads pass through, whatever their size: the heap does not grow with them. */
class LargeFileTest {
    private static final long MIB = 1 << 20;
    /** Together twice the heap; under {@code -Ptorture} sixteen times. */
    private static final int MIB_EACH = Integer.getInteger("countersign.test.mebibytes", 8);

    @TempDir
    private Path folder;

    @Test
    void aGibibyteFitsThrough64Mebibytes() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        try (ServiceProcess service = ServiceProcess.start(home, "-Xmx64m", Jvm.FOR_BULK)) {
            HttpResponse<String> answer = Client.of(home.authority.certificate(), acme)
                    .http()
                    .send(upload(service.port(), "gibibyte", 1024 * MIB, 1), BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            assertArrived(home, answer.body(), 1024 * MIB, 1);
        }
    }

    @Test
    void sixtyFourUploadsAtOnceFitThrough256Mebibytes() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        try (ServiceProcess service = ServiceProcess.start(home, "-Xmx256m", Jvm.FOR_BULK)) {
            HttpClient client = Client.of(home.authority.certificate(), acme).http();
            List<CompletableFuture<HttpResponse<String>>> uploads = new ArrayList<>();
            for (int seed = 0; seed < 64; seed++) {
                uploads.add(client.sendAsync(
                        upload(service.port(), "upload-" + seed, MIB_EACH * MIB, seed), BodyHandlers.ofString()));
            }
            for (int seed = 0; seed < 64; seed++) {
                HttpResponse<String> answer = uploads.get(seed).join();
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
                assertArrived(home, answer.body(), MIB_EACH * MIB, seed);
            }
            assertThat(home.files("inbox/acme")).isEmpty();
            assertThat(service.output()).doesNotContain("OutOfMemory");
        }
    }

    private static HttpRequest upload(int port, String name, long size, long seed) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/exchange/" + name))
                .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> new Pattern(size, seed)), size))
                .build();
    }

    /** Compares byte for byte by digest, and removes the file, for the disk's sake. */
    private static void assertArrived(TestHome home, String receipt, long size, long seed) throws Exception {
        String expected = digest(new Pattern(size, seed));
        assertThat(receipt).contains("\"size\":" + size, "\"sha256\":\"" + expected + "\"");
        Path file = home.files("inbox/acme").stream()
                .filter(path -> receipt.contains(path.getFileName().toString().substring(20, 56)))
                .findFirst()
                .orElseThrow();
        try (InputStream content = Files.newInputStream(file)) {
            assertThat(digest(content)).isEqualTo(expected);
        }
        Files.delete(file);
    }

    private static String digest(InputStream content) throws Exception {
        DigestInputStream digesting = new DigestInputStream(content, MessageDigest.getInstance("SHA-256"));
        digesting.transferTo(java.io.OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(digesting.getMessageDigest().digest());
    }

    /** A long stream that repeats itself in no period of a buffer's or record's size. */
    private static final class Pattern extends InputStream {
        private static final int PERIOD = 65_521;

        private final byte[] twice = new byte[2 * PERIOD];
        private final long size;
        private long position;

        Pattern(long size, long seed) {
            this.size = size;
            byte[] once = new byte[PERIOD];
            new Random(seed).nextBytes(once);
            System.arraycopy(once, 0, twice, 0, PERIOD);
            System.arraycopy(once, 0, twice, PERIOD, PERIOD);
        }

        @Override
        public int read() {
            return position < size ? twice[(int) (position++ % PERIOD)] & 0xff : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            int count = (int) Math.min(Math.min(length, PERIOD), size - position);
            if (count <= 0) {
                return length == 0 ? 0 : -1;
            }
            System.arraycopy(twice, (int) (position % PERIOD), buffer, offset, count);
            position += count;
            return count;
        }
    }
}
