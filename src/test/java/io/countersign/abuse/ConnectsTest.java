package io.countersign.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Connections;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connect, handshake, leave: nothing of it is left. */
class ConnectsTest {
    private static final int TIMES = Integer.getInteger("countersign.test.connects", 300);
    private static final int AT_ONCE = 4;
    private static final int LEFT = 10;

    @Test
    void leaveNothingBehind(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        try (RunningService service = RunningService.start(home)) {
            Client client = Client.of(home.authority.certificate(), acme);
            connect(client, service.port(), 100);
            settle(service);
            long descriptors = descriptors();
            int threads = threads();

            connect(client, service.port(), TIMES);

            Awaitility.await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                assertThat(descriptors()).isLessThanOrEqualTo(descriptors + LEFT);
                assertThat(threads()).isLessThanOrEqualTo(threads + LEFT);
            });
            assertThat(service.refusals()).isEmpty();
            assertThat(home.files("inbox")).isEmpty();
        }
    }

    private static void connect(Client client, int port, int times) throws Exception {
        AtomicInteger left = new AtomicInteger(times);
        ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
        List<Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            ends.add(clients.submit(() -> {
                while (left.getAndDecrement() > 0) {
                    try (SSLSocket socket = client.connect(port)) {
                        assertThat(socket.getSession().isValid()).isTrue();
                    } catch (IOException failed) {
                        throw new IllegalStateException(failed);
                    }
                }
            }));
        }
        clients.shutdown();
        for (Future<?> end : ends) {
            end.get(30, TimeUnit.MINUTES);
        }
    }

    /** What the warming up has begun is over. */
    private static void settle(RunningService service) {
        Awaitility.await().until(() -> Connections.at(service.port()) == 0);
    }

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
