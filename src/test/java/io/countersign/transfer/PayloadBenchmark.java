package io.countersign.transfer;

import io.countersign.refusal.Refusal;
import io.countersign.tls.NativeCrypto;
import java.nio.ByteBuffer;
import java.security.Security;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a payload's digest and its receipt cost. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PayloadBenchmark {
    @Param({"jdk", "native"})
    public String crypto = "";

    private final ByteBuffer payload = ByteBuffer.allocateDirect(64 * 1024); // as Jetty gives it
    private final Transfer transfer =
            new Transfer(Transfer.newId(Instant.now()), "acme", "0".repeat(64), "127.0.0.1", Long.MAX_VALUE);

    @Setup
    public void prepare() {
        if (crypto.equals("native")) {
            NativeCrypto.prefer();
        }
        byte[] random = new byte[payload.capacity()];
        new Random(1).nextBytes(random);
        payload.duplicate().put(random);
    }

    /** Where it is not measured in a JVM of its own. */
    @TearDown
    public void restore() {
        if (crypto.equals("native")) {
            Security.removeProvider("AmazonCorrettoCryptoProvider");
        }
    }

    @Benchmark
    public byte[] digestOf64KiB() throws Refusal {
        ContentDigest digest = ContentDigest.of(null);
        digest.update(payload);
        return digest.verify();
    }

    @Benchmark
    public String receipt() {
        return Receipt.of(transfer, "invoice.xml", 1024, "0".repeat(64), Instant.EPOCH, null)
                .toJson();
    }

    @Benchmark
    public String newId() {
        return Transfer.newId(Instant.now());
    }
}
