package io.countersign.sighting;

import io.countersign.tls.Certificates;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where admission and listeners tell which certificates they saw; neither waits for it. A thread of its own writes it to
 * the data folder: {@code used/PARTNER.json} every few seconds, {@code seen/FINGERPRINT.crt} a few in a second, and the rest
 * on {@link #close}. What goes wrong here is logged, and turns nobody away.
 */
public final class Sightings implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sightings.class);
    private static final long TICK_MILLIS = 500;
    private static final int SEEN_A_TICK = 2;
    private static final int TICKS_A_WRITE = 6;

    private final LastUse lastUse = new LastUse();
    private final SeenCertificates seen = new SeenCertificates();
    private final Clock clock;
    private @Nullable Path data;
    private @Nullable ScheduledExecutorService writer;
    private int ticks;

    public Sightings(Clock clock) {
        this.clock = clock;
    }

    /** Reads what earlier runs wrote, and begins to write. */
    public void start(Path folder) {
        data = folder;
        lastUse.read(folder);
        seen.read(folder);
        writer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sightings");
            thread.setDaemon(true);
            return thread;
        });
        var unused =
                writer.scheduleWithFixedDelay(() -> write(folder), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @param fingerprint of the certificate, which the caller has at hand */
    public void admitted(String partner, String fingerprint, X509Certificate certificate, String address) {
        lastUse.used(partner, fingerprint, certificate, address, clock.instant());
    }

    /** When certificates last admitted a partner, the last of them first. */
    public List<Use> uses(String partner) {
        return lastUse.uses(partner);
    }

    /** @param possessed whether the caller has proven that it has the key */
    public void refused(X509Certificate certificate, String address, boolean possessed) {
        seen.saw(
                Certificates.fingerprint(certificate),
                new SeenCertificate(certificate, clock.instant(), address, possessed));
    }

    @Override
    public void close() {
        if (writer == null || data == null) {
            return;
        }
        writer.shutdown();
        try {
            if (!writer.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("what was seen of certificates is still being written; the rest of it is lost");
                return;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        lastUse.write(data, clock.instant(), true);
        seen.write(data, Integer.MAX_VALUE);
        writer = null;
    }

    private void write(Path folder) {
        try {
            seen.write(folder, SEEN_A_TICK);
            if (++ticks % TICKS_A_WRITE == 0) {
                lastUse.write(folder, clock.instant(), false);
            }
        } catch (RuntimeException unexpected) {
            LOG.warn("what was seen of certificates was not written", unexpected); // and the next tick still comes
        }
    }
}
