package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Connections;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS 1.3 lets either side change its keys as often as it likes, and the other has the work (RFC 8446, 4.6.3). */
class KeyUpdatesTest {
    private static final String WHOLE = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";

    @Test
    void areTakenNowAndThenAndNotWithoutAnEnd(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        try (RunningService service = RunningService.start(home);
                SSLSocket socket = Client.of(home.authority.certificate(), acme).connect(service.port())) {
            for (int i = 0; i < 40; i++) {
                socket.startHandshake();
                assertThat(Client.exchange(socket, WHOLE).status()).isEqualTo(201);
            }
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            socket.startHandshake();
                        }
                    })
                    .isInstanceOf(IOException.class);
            Awaitility.await().until(() -> Connections.at(service.port()) == 0);
            assertThat(service.refusals()).isEmpty();
        }
    }
}
