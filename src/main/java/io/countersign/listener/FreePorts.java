package io.countersign.listener;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.RuntimeCamelException;

/** The ports that the system has chosen for listeners on port 0: open from then on, so that nobody else gets them. */
final class FreePorts {
    private final Map<String, ServerSocketChannel> open = new ConcurrentHashMap<>();

    /** The same each time for the same listener. */
    int of(String listener, String host) {
        return open.computeIfAbsent(listener, key -> {
                    try {
                        return ServerSocketChannel.open()
                                .bind(new InetSocketAddress(host, 0), LimitedConnector.BACKLOG);
                    } catch (IOException none) {
                        throw new RuntimeCamelException("no free port on " + host, none);
                    }
                })
                .socket()
                .getLocalPort();
    }

    /** Has the connector listen where this has opened its port; others open their own. */
    void open(LimitedConnector connector) {
        for (ServerSocketChannel channel : open.values()) {
            if (channel.socket().getLocalPort() == connector.getPort()) {
                try {
                    connector.open(channel);
                } catch (IOException closed) {
                    throw new RuntimeCamelException(closed);
                }
            }
        }
    }

    void close() throws IOException {
        for (ServerSocketChannel channel : open.values()) {
            channel.close();
        }
        open.clear();
    }
}
