package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.RefusalRow;
import io.countersign.ledger.RefusalRows;
import io.countersign.refusal.Event;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Strangers who speak nonsense, ten thousand a minute, hide nobody from the operator, fill nothing, and hold up no partner. */
class GarbageTest {
    private static final int STRANGERS = Integer.getInteger("countersign.test.garbage", 1_000);
    private static final long MILLIS_BETWEEN = 6; // ten thousand a minute
    private static final int ADDRESSES = 1_000;
    private static final int THREADS = 4;
    private static final String FILE = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";

    @Test
    void hidesNobodyAndHoldsUpNobody(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        Issue.to("CN=initech").selfSigned().write(home.certificates(), "initech");
        home.partner("initech", Map.of("certificates", "certificates/initech.crt", "addresses", "any"));
        try (Logged log = Logged.by("countersign.refused");
                RunningService service = RunningService.start(home);
                SSLSocket partner =
                        Client.of(home.authority.certificate(), acme).connect(service.port())) {
            fail(service, home, Issue.to("CN=initech").selfSigned());
            Awaitility.await().until(() -> !service.refusals().isEmpty());
            for (int i = 0; i < 50; i++) {
                assertThat(millis(partner)).isPositive(); // warm
            }
            List<Long> meanwhile = new ArrayList<>();
            ScheduledExecutorService strangers = Executors.newScheduledThreadPool(THREADS);
            for (int i = 1; i <= STRANGERS; i++) {
                int one = i;
                var unused = strangers.schedule(
                        () -> garbage(service.port(), one), one * MILLIS_BETWEEN, TimeUnit.MILLISECONDS);
            }
            strangers.shutdown();
            while (!strangers.isTerminated()) {
                meanwhile.add(millis(partner));
            }
            assertThat(strangers.awaitTermination(1, TimeUnit.SECONDS)).isTrue();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> service.refusals().size() > STRANGERS);

            assertThat(meanwhile).hasSizeGreaterThan(20);
            assertThat(meanwhile.stream().sorted().toList().get(meanwhile.size() * 99 / 100))
                    .as("the 99th percentile, ms")
                    .isLessThan(500);
            List<Event> events = service.service().refusals().events();
            assertThat(events).hasSizeLessThan(400);
            assertThat(events)
                    .filteredOn(event -> event.nearest() != null)
                    .singleElement()
                    .satisfies(event -> assertThat(event.nearest().partner()).isEqualTo("initech"));
            assertThat(events.stream().mapToLong(Event::count).sum())
                    .as("every one is counted")
                    .isEqualTo(STRANGERS + 1);
            assertThat(log.news()).hasSizeLessThan(400);
            Ledger ledger = service.service().context().getRegistry().lookupByNameAndType("ledger", Ledger.class);
            Awaitility.await().untilAsserted(() -> assertThat(counted(ledger)).isEqualTo(STRANGERS + 1));
        }
    }

    private static long counted(Ledger ledger) throws IOException {
        List<RefusalRow> rows = ledger.read(connection -> new RefusalRows(connection).recent(10_000));
        assertThat(rows).hasSizeLessThan(400);
        return rows.stream().mapToLong(RefusalRow::times).sum();
    }

    private static long millis(SSLSocket partner) throws IOException {
        long began = System.nanoTime();
        Answer answer = Client.exchange(partner, FILE);
        assertThat(answer.status()).isEqualTo(201);
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }

    private static void fail(RunningService service, TestHome home, Certified shown) throws IOException {
        try (SSLSocket socket = Client.of(home.authority.certificate(), shown).unconnected(service.port())) {
            Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n");
        } catch (SSLException | SocketException refused) {
            return;
        }
        throw new AssertionError("not refused");
    }

    /** Something else from each, from a thousand addresses. */
    private static void garbage(int port, int one) {
        String said = switch (one % 4) {
            case 0 -> "GET /" + one + " HTTP/1.0\r\n\r\n";
            case 1 -> "\u0016\u0003\u0001\u0000\u0005noise" + one;
            case 2 -> "\u00ff" + one;
            default -> "SSH-2.0-" + one + "\r\n";
        };
        try (Socket socket = new Socket()) {
            int from = one % ADDRESSES;
            socket.bind(new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {127, 1, (byte) (from / 250), (byte) (from % 250 + 1)}), 0));
            socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("Connection reset");
        } catch (IOException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
