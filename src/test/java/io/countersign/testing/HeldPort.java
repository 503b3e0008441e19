package io.countersign.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * A port of loopback for a program that cannot find a free one itself. It is bound here, and nobody listens: the program may
 * bind it as well, as servers do, and nobody else is given it meanwhile.
 */
public final class HeldPort implements AutoCloseable {
    private final SocketChannel bound;
    private final int number;

    private HeldPort(SocketChannel bound, int number) {
        this.bound = bound;
        this.number = number;
    }

    public static HeldPort take() throws IOException {
        SocketChannel bound = SocketChannel.open(StandardProtocolFamily.INET)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .bind(new InetSocketAddress("127.0.0.1", 0));
        return new HeldPort(bound, ((InetSocketAddress) bound.getLocalAddress()).getPort());
    }

    public int number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        bound.close();
    }
}
