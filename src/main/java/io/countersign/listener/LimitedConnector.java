package io.countersign.listener;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listener's port: takes as many connections as {@link Connections} has room for. */
final class LimitedConnector extends ServerConnector {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");
    static final int BACKLOG = 1_024;
    /** Enough for a disk to flush many files at once. */
    private static final int THREADS = 16 + 8 * Runtime.getRuntime().availableProcessors();

    private static final long BETWEEN_TRIES = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BETWEEN_WARNINGS = TimeUnit.MINUTES.toNanos(1);

    private final Connections connections;
    private final boolean plain;
    private volatile long warned = System.nanoTime() - BETWEEN_WARNINGS;

    /** @param plain whether there is no handshake before the first request */
    LimitedConnector(Server server, Connections connections, boolean plain, ConnectionFactory... factories) {
        super(server, new FewThreads(server.getThreadPool(), THREADS), null, null, -1, -1, factories);
        this.connections = connections;
        this.plain = plain;
        setAcceptQueueSize(BACKLOG);
        getSelectorManager().addEventListener(new SelectorManager.AcceptListener() {
            @Override
            public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
                connections.closed(channel);
            }
        });
    }

    @Override
    public void accept(int acceptor) throws IOException {
        if (!(getTransport() instanceof ServerSocketChannel listening) || !listening.isOpen()) {
            return;
        }
        SocketChannel channel = listening.accept();
        try {
            if (connections.admits(channel)) {
                channel.configureBlocking(false);
                configure(channel.socket());
                getSelectorManager().accept(channel);
                return;
            }
        } catch (IOException | RuntimeException gone) { // this one alone; nobody need give way to the next for it
            LOG.debug("a connection was not taken", gone);
        }
        connections.closed(channel);
        channel.close();
    }

    /** Where there are no file descriptors left for the moment, the next try is soon. */
    @Override
    protected boolean handleAcceptFailure(Throwable failure) {
        if (!isRunning() || !(failure instanceof IOException) || getTransport() == null) {
            return super.handleAcceptFailure(failure);
        }
        long now = System.nanoTime();
        if (now - warned >= BETWEEN_WARNINGS) {
            warned = now;
            LOG.warn("a connection could not be taken: {}", failure.toString());
        }
        LockSupport.parkNanos(BETWEEN_TRIES);
        return true;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        LimitedEndPoint endPoint = new LimitedEndPoint(channel, selector, key, getScheduler());
        endPoint.setIdleTimeout(getIdleTimeout());
        if (plain) {
            endPoint.settle();
        }
        return endPoint;
    }

    @Override
    protected void onEndPointOpened(EndPoint opened) {
        super.onEndPointOpened(opened);
        connections.room().opened((LimitedEndPoint) opened);
    }

    @Override
    protected void onEndPointClosed(EndPoint closed) {
        connections.closed((LimitedEndPoint) closed);
        super.onEndPointClosed(closed);
    }
}
