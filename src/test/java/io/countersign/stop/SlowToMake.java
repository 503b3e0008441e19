package io.countersign.stop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A bean of a route file that is made once a test allows it, whatever interrupts that. */
public final class SlowToMake {
    private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();

    /** @param file for which it waits; {@code FILE.awaited} says that it does */
    public void setUntil(String file) throws IOException {
        Path awaited = Path.of(file + ".awaited");
        Files.writeString(awaited, "");
        boolean interrupted = false;
        while (!Files.exists(Path.of(file))) {
            LockSupport.parkNanos(LOOK_NANOS);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
