package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who takes too long is cut off, however often a byte of his comes, and the operator reads what took too long. */
class SlowCallersTest {
    private static final String WHOLE = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";

    @TempDir
    Path folder;

    private TestHome home;
    private Certified acme;

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
    }

    @Test
    void aConnectionThatSaysNothing() throws Exception {
        home.set("countersign.handshake-timeout", "500ms");
        try (RunningService service = RunningService.start(home);
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertThat(service.refusal().reason())
                    .isEqualTo("does not begin its handshake: 0.5 s have passed (countersign.handshake-timeout)");
            assertThat(service.refusals()).hasSize(1);
        }
    }

    @Test
    void aHandshakeByteByByte() throws Exception {
        home.set("countersign.handshake-timeout", "700ms");
        ScheduledExecutorService drops = Executors.newSingleThreadScheduledExecutor();
        try (RunningService service = RunningService.start(home);
                Socket slow = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            slow.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
            var unused = drops.scheduleAtFixedRate(() -> drop(slow, 7), 100, 100, TimeUnit.MILLISECONDS);
            assertThat(ended(slow)).isTrue();
            assertThat(service.refusal().reason())
                    .isEqualTo(
                            "does not come to the end of its handshake: 0.7 s have passed (countersign.handshake-timeout)");
            assertThat(service.refusals()).hasSize(1);
        } finally {
            drops.shutdownNow();
        }
    }

    @Test
    void aHeaderByteByByteIsAnswered() throws Exception {
        home.set("countersign.header-timeout", "700ms");
        ScheduledExecutorService drops = Executors.newSingleThreadScheduledExecutor();
        try (RunningService service = RunningService.start(home);
                SSLSocket slow = connect(service)) {
            assertThat(Client.exchange(slow, WHOLE).status()).isEqualTo(201);
            write(slow, "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nX-");
            var unused = drops.scheduleAtFixedRate(() -> drop(slow, 'a'), 100, 100, TimeUnit.MILLISECONDS);
            Answer answer = Answer.read(slow.getInputStream());
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(answer.body()).contains("urn:countersign:problem:request-invalid", "did not come in time");
            assertThat(ended(slow)).isTrue();
            assertThat(service.refusal()).satisfies(refused -> {
                assertThat(refused.reason())
                        .isEqualTo("its header was not whole after 0.7 s (countersign.header-timeout)");
                assertThat(refused.caller().certificate()).isEqualTo(acme.fingerprint());
            });
            assertThat(service.refusals()).hasSize(1);
            assertThat(home.files("inbox")).hasSize(1);
        } finally {
            drops.shutdownNow();
        }
    }

    @Test
    void aBodyByteByByte() throws Exception {
        home.set("countersign.idle-timeout", "3s").set("countersign.min-data-rate", "100");
        ScheduledExecutorService drops = Executors.newSingleThreadScheduledExecutor();
        try (RunningService service = RunningService.start(home);
                SSLSocket slow = connect(service)) {
            write(slow, "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
            var unused = drops.scheduleAtFixedRate(() -> drop(slow, 'a'), 50, 50, TimeUnit.MILLISECONDS);
            Answer answer = Answer.read(slow.getInputStream());
            assertThat(answer.status()).isEqualTo(408);
            assertThat(service.refusal().reason())
                    .contains("the body ended after ")
                    .endsWith("fewer than 100 bytes a second have come of it in 3 s (countersign.min-data-rate)");
            assertThat(ended(slow)).isTrue();
            assertThat(service.refusals()).hasSize(1);
            assertThat(home.files("inbox")).isEmpty();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(home.files("staging")).isEmpty());
        } finally {
            drops.shutdownNow();
        }
    }

    @Test
    void aBodyThatIsFastEnoughIsTaken() throws Exception {
        home.set("countersign.idle-timeout", "3s").set("countersign.min-data-rate", "10");
        ScheduledExecutorService drops = Executors.newSingleThreadScheduledExecutor();
        try (RunningService service = RunningService.start(home);
                SSLSocket slow = connect(service)) {
            write(slow, "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60\r\n\r\n");
            var unused = drops.scheduleAtFixedRate(() -> drop(slow, 'a'), 60, 60, TimeUnit.MILLISECONDS);
            assertThat(Answer.read(slow.getInputStream()).status()).isEqualTo(201);
            assertThat(service.refusals()).isEmpty();
        } finally {
            drops.shutdownNow();
        }
    }

    @Test
    void aRequestThatTakesTooLongAsAWhole() throws Exception {
        home.set("countersign.request-timeout", "1s").set("countersign.min-data-rate", "0");
        ScheduledExecutorService drops = Executors.newSingleThreadScheduledExecutor();
        try (RunningService service = RunningService.start(home);
                SSLSocket slow = connect(service)) {
            write(slow, "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
            var unused = drops.scheduleAtFixedRate(() -> drop(slow, 'a'), 50, 50, TimeUnit.MILLISECONDS);
            assertThat(Answer.read(slow.getInputStream()).status()).isEqualTo(408);
            assertThat(service.refusal().reason()).endsWith("it was not whole after 1 s (countersign.request-timeout)");
            assertThat(ended(slow)).isTrue();
            assertThat(service.refusals()).hasSize(1);
            assertThat(home.files("inbox")).isEmpty();
        } finally {
            drops.shutdownNow();
        }
    }

    @Test
    void aConnectionBetweenTwoRequestsEndsQuietly() throws Exception {
        home.set("countersign.idle-timeout", "2s");
        try (RunningService service = RunningService.start(home);
                SSLSocket idle = connect(service);
                SSLSocket other = connect(service)) {
            assertThat(Client.exchange(idle, WHOLE).status()).isEqualTo(201);
            long began = System.nanoTime();
            assertThat(ended(idle)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
            assertThat(ended(other)).isTrue();
            assertThat(service.refusals()).isEmpty();
        }
    }

    @Test
    void aHeaderIsAsLongAsTheSettingSays() throws Exception {
        home.set("countersign.max-header-size", "2KiB");
        try (RunningService service = RunningService.start(home);
                SSLSocket first = connect(service);
                SSLSocket second = connect(service)) {
            String head = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nX-Much: ";
            assertThat(Client.exchange(first, head + "a".repeat(1_800) + "\r\n\r\nx")
                            .status())
                    .isEqualTo(201);
            Answer answer = Client.exchange(second, head + "a".repeat(2_048) + "\r\n\r\nx");
            assertThat(answer.status()).isEqualTo(431);
            assertThat(ended(second)).isTrue();
            assertThat(home.files("inbox")).hasSize(1);
        }
    }

    private SSLSocket connect(RunningService service) throws IOException {
        return Client.of(home.authority.certificate(), acme).connect(service.port());
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static void drop(Socket socket, int one) {
        try {
            socket.getOutputStream().write(one);
            socket.getOutputStream().flush();
        } catch (IOException over) {
            throw new IllegalStateException(over); // no more of them
        }
    }

    /** Reads to its end, whichever way that is told. */
    private static boolean ended(Socket socket) {
        try {
            socket.setSoTimeout(20_000);
            while (socket.getInputStream().read() >= 0) {
                // whatever still comes
            }
            return true;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
