package io.countersign.listener;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.RuntimeCamelException;

/** The ports that the system has chosen for listeners on port 0: open from then on, so that nobody else gets them. */
final class FreePorts {
    private final Map<String, Held> open = new ConcurrentHashMap<>();

    /** @param host as the listener names it: the same number may be free on several */
    private record Held(String host, ServerSocketChannel channel) {
        int port() {
            return channel.socket().getLocalPort();
        }
    }

    /** The same each time for the same listener. */
    int of(String listener, String host) {
        return open.computeIfAbsent(listener, key -> {
                    try {
                        return new Held(
                                host,
                                ServerSocketChannel.open()
                                        .bind(new InetSocketAddress(host, 0), LimitedConnector.BACKLOG));
                    } catch (IOException none) {
                        throw new RuntimeCamelException("no free port on " + host, none);
                    }
                })
                .port();
    }

    /** Has the connector listen where this has opened its port; others open their own. */
    void open(LimitedConnector connector) {
        for (Held held : open.values()) {
            if (held.port() == connector.getPort() && held.host().equals(connector.getHost())) {
                try {
                    connector.open(held.channel());
                } catch (IOException closed) {
                    throw new RuntimeCamelException(closed);
                }
            }
        }
    }

    void close() throws IOException {
        for (Held held : open.values()) {
            held.channel().close();
        }
        open.clear();
    }
}
