package io.countersign.testing;

import io.countersign.cli.Service;
import io.countersign.refusal.Refusals.Refused;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.settings.Problems;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** A service of a {@link TestHome}, on a free port of loopback, in this JVM. */
public final class RunningService implements AutoCloseable {
    /** Shorter than usual, so that tests of changes need not wait. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Service service;

    private final List<Refused> refusals = new CopyOnWriteArrayList<>();

    private RunningService(Service service) {
        this.service = service;
        service.refusals().observe(refused -> refusals.add(0, refused));
    }

    public static RunningService start(TestHome home) throws InvalidSettingsException {
        return start(home, Clock.systemUTC());
    }

    public static RunningService start(TestHome home, Clock clock) throws InvalidSettingsException {
        Problems problems = new Problems();
        Service service = new Service(home.settings(problems), clock, BETWEEN_LOOKS);
        RunningService running = new RunningService(service);
        service.start(problems);
        return running;
    }

    /** The address of the listener whose path ends so. */
    public URI at(String path) {
        return service.addresses().stream()
                .filter(address -> address.endsWith(path))
                .map(URI::create)
                .findFirst()
                .orElseThrow();
    }

    public int port() {
        return at("/exchange").getPort();
    }

    public Service service() {
        return service;
    }

    public List<String> complaints() {
        return service.complaints();
    }

    /** The refusals so far, newest first. */
    public List<Refused> refusals() {
        return List.copyOf(refusals);
    }

    /** Waits for the server's side of a refusal, which may come after the client's. */
    public Refused refusal() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> !refusals().isEmpty());
        return refusals().get(0);
    }

    @Override
    public void close() {
        service.close();
    }
}
