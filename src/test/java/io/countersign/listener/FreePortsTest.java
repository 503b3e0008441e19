package io.countersign.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    private final FreePorts ports = new FreePorts();

    @AfterEach
    void close() throws Exception {
        ports.close();
    }

    @Test
    void aListenerGetsThePortThatWasOpenedForIt() {
        int port = ports.of("exchange", "127.0.0.1");
        assertThat(ports.of("exchange", "127.0.0.1")).isEqualTo(port);
        assertThat(opened("127.0.0.1", port).isOpen()).isTrue();
    }

    /** The system may choose the same number for listeners on two addresses; what answers there is not what was asked for. */
    @Test
    void aListenerDoesNotGetThePortOfAnotherAddress() {
        int port = ports.of("exchange", "127.0.0.1");
        assertThat(opened("127.0.0.2", port).isOpen()).isFalse();
    }

    private LimitedConnector opened(String host, int port) {
        LimitedConnector connector = new LimitedConnector(
                new Server(),
                new Connections(PeerTest.terms(), 10, address -> false, new Refusals()),
                true,
                new HttpConnectionFactory());
        connector.setHost(host);
        connector.setPort(port);
        ports.open(connector);
        return connector;
    }
}
