package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.Jvm;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.Seen;
import io.countersign.testing.ServerTls;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.TestHome;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sending takes no more memory for a large file than for a small one. */
class LargeFileSentTest {
    private static final long GIB = 1L << 30;

    @TempDir
    private Path folder;

    @Test
    void twoGibibytesGoOutOfAServiceOfSixtyFourMebibytes() throws Exception {
        TestHome home = new TestHome(folder);
        Certified partner = Issue.to("CN=acme").dns("localhost").by(home.authority);
        partner.write(home.certificates(), "acme");
        Path file = Files.createDirectories(folder.resolve("data/outbox/acme")).resolve("large.bin");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(2 * GIB + 1);
            byte[] some = new byte[1 << 20];
            new Random(2).nextBytes(some);
            for (int part = 0; part < 8; part++) {
                large.seek(part * (GIB / 4) + part * 12_345L);
                large.write(some);
            }
        }
        Path sent = folder.resolve("data/sent/acme/large.bin");
        try (ScriptedServer server = ScriptedServer.start(ServerTls.of(partner))) {
            home.partner(
                    "acme",
                    Map.of(
                            "certificates",
                            "certificates/acme.crt",
                            "url",
                            server.url("/exchange").toString()));
            try (ServiceProcess service = ServiceProcess.start(home, "-Xmx64m", Jvm.FOR_BULK)) {
                Awaitility.await()
                        .atMost(Duration.ofMinutes(3))
                        .failFast(() -> assertThat(service.output()).doesNotContain("ERROR", "OutOfMemory"))
                        .until(() -> Files.exists(sent)); // put there last, after its receipt
                assertThat(sent.resolveSibling("large.bin.receipt.json")).isNotEmptyFile();
            }
            assertThat(server.seen()).hasSize(1);
            Seen seen = server.seen().get(0);
            assertThat(seen.size()).isEqualTo(2 * GIB + 1);
            assertThat(seen.whole()).isTrue();
            assertThat(seen.sha256()).isEqualTo(sha256(sent));
        }
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
