package io.countersign.abuse;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Connections;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and handshake messages with bytes that are other than they should be: nobody gets in, and nobody is held up. */
class FuzzedHandshakesTest {
    private static final int TIMES = Integer.getInteger("countersign.test.fuzzed", 160);
    private static final int AT_ONCE = 8;
    private static final String FILE = "PUT /exchange/fuzz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";

    @Test
    void letNobodyInAndLeaveTheServiceAsItWas(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        Certified globex = home.pinned("globex");
        Certified intermediate = Issue.to("CN=Intermediate").asAuthority().by(home.authority);
        Certified chained = Issue.to("CN=initech").dns("initech.example").by(intermediate);
        home.partner("initech", Map.of("san", "dns:initech.example", "addresses", "any"));
        home.set("countersign.handshake-timeout", "2s");
        AtomicInteger next = new AtomicInteger();
        AtomicInteger certified = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        ExecutorService strangers = Executors.newFixedThreadPool(AT_ONCE);
        try (RunningService service = RunningService.start(home);
                Bystander partner = new Bystander(home, globex, service.port())) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                ends.add(strangers.submit(() -> {
                    for (int n = next.getAndIncrement(); n < TIMES; n = next.getAndIncrement()) {
                        Random random = new Random(n);
                        Certified whose = n % 4 < 2 ? acme : chained;
                        if (n % 2 == 0) {
                            certified.addAndGet(certificates(service.port(), home, whose, random));
                        } else {
                            answered.addAndGet(messages(service.port(), home, whose, random));
                        }
                    }
                }));
            }
            for (Future<?> end : ends) {
                end.get(60, TimeUnit.MINUTES);
            }
            Awaitility.await().until(() -> partner.measured() > 20);
            int sent = partner.sent();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Connections.at(service.port()) == 0);
            assertThat(home.files("inbox/globex")).hasSize(sent);
            assertThat(certified).as("with a certificate that was changed").hasValue(0);
            // Some bytes are nothing that TLS protects, such as a version that is not looked at any more.
            int files = home.files("inbox/acme").size()
                    + home.files("inbox/initech").size();
            assertThat(files).isBetween(answered.get(), TIMES / 10);
            assertThat(service.refusals()).hasSize(TIMES - files);
        } finally {
            strangers.shutdownNow();
        }
    }

    /** What is shown has been changed; the key is right. */
    private static int certificates(int port, TestHome home, Certified shown, Random random) {
        Client client = Client.showing(home.authority.certificate(), Changed.of(shown, random));
        try (SSLSocket socket = client.connect(port)) {
            return Client.exchange(socket, FILE).status() == 201 ? 1 : 0;
        } catch (IOException refused) {
            return 0;
        }
    }

    /** What is said has been changed on its way. */
    private static int messages(int port, TestHome home, Certified shown, Random random) {
        Client client = Client.of(home.authority.certificate(), shown);
        try (Socket plain = new Garbled(port, random);
                SSLSocket socket = client.over(plain, "localhost")) {
            plain.setSoTimeout(10_000);
            socket.startHandshake();
            return Client.exchange(socket, FILE).status() == 201 ? 1 : 0;
        } catch (IOException refused) {
            return 0;
        }
    }

    /** A socket one of whose writes is garbled, within the first that make up a handshake. */
    private static final class Garbled extends Socket {
        private final Random random;
        private int untilThen;

        Garbled(int port, Random random) throws IOException {
            super(InetAddress.getLoopbackAddress(), port);
            this.random = random;
            this.untilThen = random.nextInt(3);
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            OutputStream out = super.getOutputStream();
            return new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    write(new byte[] {(byte) one}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    byte[] part = Arrays.copyOfRange(bytes, offset, offset + length);
                    out.write(untilThen-- == 0 ? Changed.bytes(part, random) : part);
                }

                @Override
                public void flush() throws IOException {
                    out.flush();
                }
            };
        }
    }
}
