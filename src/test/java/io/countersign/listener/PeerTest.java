package io.countersign.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.proxy.Proxies;
import io.countersign.refusal.Refusals;
import io.countersign.settings.LimitTerms;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

class PeerTest {
    static LimitTerms terms() {
        Duration second = Duration.ofSeconds(1);
        return new LimitTerms(10, 10, 1_000, 1_000, second, second, second, second, 0, 8_192, 10);
    }

    /** As where it gives way to others while its first request is read. */
    @Test
    void whoCalledIsKnownWhenTheConnectionHasGone() throws Exception {
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.addCustomizer((request, headers) -> {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
            return request;
        });
        configuration.addCustomizer(new Peer(() -> false));
        configuration.addCustomizer((request, headers) -> {
            said.add(request.getAttribute(Proxies.PEER) + ", named " + request.getAttribute(Proxies.NAMED));
            return request;
        });
        Server server = new Server();
        LimitedConnector connector = new LimitedConnector(
                server,
                new Connections(terms(), 10, address -> false, new Refusals()),
                true,
                new HttpConnectionFactory(configuration));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.start();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(said.poll(10, TimeUnit.SECONDS)).isEqualTo("/127.0.0.1, named null");
        } finally {
            server.stop();
        }
    }
}
