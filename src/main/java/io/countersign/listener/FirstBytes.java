package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.proxy.Proxies;
import io.countersign.proxy.ProxyHeader;
import io.countersign.proxy.ProxyHeader.Beginning;
import io.countersign.proxy.UnclearCallerException;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Shown;
import io.countersign.tls.ListenerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory.ProxyEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection before its TLS begins: who is at its other end, and whether a PROXY header says who calls. The header is taken
 * off, and everything behind it goes to TLS, which then is spoken with the caller's address. Fails closed: a header counts
 * only from a proxy, a proxy that owes one must send it, and every refusal is recorded. Waits for nobody and for no turn, since
 * whoever has said nothing is the first to give way where there is no room.
 */
final class FirstBytes extends AbstractConnection.NonBlocking implements Connection.UpgradeFrom {
    /** Room for the longest header, and for telling what follows. */
    private static final int ROOM = 2 * ProxyHeader.MOST_BYTES;

    /** For the whole header, however slowly its bytes come; a proxy has them all when it connects. */
    static final Duration HEADER_WAIT = Duration.ofSeconds(10);

    private static final int MOST_QUOTED = 40;
    private static final byte[] HTTPS_ONLY = """
            HTTP/1.1 400 Bad Request\r
            Content-Type: text/plain\r
            Content-Length: 28\r
            Connection: close\r
            \r
            This port takes HTTPS only.
            """.getBytes(StandardCharsets.US_ASCII);

    private final Connector connector;
    private final ConnectionFactory tls;
    private final Proxies proxies;
    private final ListenerTls spoken;
    private final Connections connections;
    private final Refusals refusals;
    private final InetAddress peer;
    /** Whether the header, or the time for it, has come to its end, whichever was first. */
    private final AtomicBoolean over = new AtomicBoolean();

    private Scheduler.@Nullable Task limit;
    private ByteBuffer begun = BufferUtil.EMPTY_BUFFER;
    private @Nullable ProxyHeader header;

    /** What of it a listener has. */
    static final class Factory extends AbstractConnectionFactory {
        private final ConnectionFactory tls;
        private final Supplier<ListenerTls> spoken;
        private final Connections connections;
        private final Refusals refusals;

        /** @param spoken in force when a connection comes */
        Factory(ConnectionFactory tls, Supplier<ListenerTls> spoken, Connections connections, Refusals refusals) {
            super("first-bytes");
            this.tls = tls;
            this.spoken = spoken;
            this.connections = connections;
            this.refusals = refusals;
        }

        @Override
        public Connection newConnection(Connector connector, EndPoint endPoint) {
            InetAddress peer = Peer.address(endPoint);
            if (peer == null) { // it has gone already
                return tls.newConnection(connector, endPoint);
            }
            return configure(
                    new FirstBytes(endPoint, connector, tls, spoken.get(), connections, refusals, peer),
                    connector,
                    endPoint);
        }
    }

    private FirstBytes(
            EndPoint endPoint,
            Connector connector,
            ConnectionFactory tls,
            ListenerTls spoken,
            Connections connections,
            Refusals refusals,
            InetAddress peer) {
        super(endPoint, connector.getExecutor());
        this.connector = connector;
        this.tls = tls;
        this.proxies = spoken.proxies();
        this.spoken = spoken;
        this.connections = connections;
        this.refusals = refusals;
        this.peer = peer;
    }

    @Override
    public void onOpen() {
        super.onOpen();
        if (proxies.refuses(peer)) {
            refuse(proxies.whyNot(peer));
            return;
        }
        if (owesHeader()) {
            limit = connector.getScheduler().schedule(this::endWait, HEADER_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        }
        fillInterested();
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        if (limit != null) {
            limit.cancel();
        }
        super.onClose(cause);
    }

    /** Whoever is just reading sees it by himself. */
    private void endWait() {
        if (over.compareAndSet(false, true) && getEndPoint() instanceof AbstractEndPoint waiting) {
            waiting.getFillInterest().onFail(new TimeoutException(late()));
        }
    }

    private static String late() {
        return HEADER_WAIT.toSeconds() + " s have passed";
    }

    @Override
    public void onFillable() {
        if (begun.capacity() == 0) {
            begun = BufferUtil.allocate(ROOM);
        }
        try {
            while (!isDecided()) {
                int filled = getEndPoint().fill(begun);
                if (filled < 0) {
                    ended();
                    return;
                }
                if (filled == 0) {
                    fillInterested();
                    return;
                }
            }
            speakTls();
        } catch (UnclearCallerException unclear) {
            refuse(unclear.reason());
        } catch (IOException | RuntimeException broken) {
            getEndPoint().close(broken);
        }
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        if (cause instanceof TimeoutException && !isQuestion()) {
            refuse((owesHeader() ? "does not come to the end of its PROXY header: " : "does not begin its handshake: ")
                    + Objects.requireNonNullElseGet(
                            LimitedEndPoint.why(getEndPoint()),
                            () -> over.get()
                                    ? late()
                                    : "nothing has come for " + getEndPoint().getIdleTimeout() / 1_000 + " s"));
        } else {
            getEndPoint().close();
        }
    }

    /** Whether enough has come to let TLS begin. */
    private boolean isDecided() throws UnclearCallerException {
        if (owesHeader()) {
            header = ProxyHeader.read(begun);
            if (header == null ? over.get() : !over.compareAndSet(false, true)) {
                throw new UnclearCallerException("does not come to the end of its PROXY header: " + late());
            }
            if (header == null) {
                return false;
            }
            begun.position(begun.position() + header.length());
        }
        Beginning next = ProxyHeader.beginning(begun);
        if (next == Beginning.OTHER && begun.hasRemaining() && !isTls(begun.get(begun.position()))) {
            tellHttp();
            throw new UnclearCallerException(notTls());
        }
        if (next == Beginning.HEADER) {
            throw new UnclearCallerException(
                    header == null
                            ? "begins with a PROXY header, and " + proxies.whyNot(peer)
                            : "has a second PROXY header behind the first; accepted: one");
        }
        return next == Beginning.OTHER;
    }

    /** Whatever begins with a character is not; of the rest, JSSE says it. */
    private static boolean isTls(byte first) {
        return first < ' ' || first > '~';
    }

    /** Whoever has left out the s of https reads why; others read nothing of it. */
    private void tellHttp() {
        getEndPoint().write(Callback.NOOP, ByteBuffer.wrap(HTTPS_ONLY));
    }

    private String notTls() {
        byte[] first = new byte[Math.min(begun.remaining(), MOST_QUOTED)];
        begun.duplicate().get(first);
        String text = new String(first, StandardCharsets.ISO_8859_1).split("[\\r\\n]", 2)[0];
        return "does not speak TLS; it begins with '" + text + "'";
    }

    private boolean owesHeader() {
        return header == null && proxies.owesProxyHeader(peer);
    }

    /** Nothing more comes; where that is no handshake, TLS says so itself. */
    private void ended() {
        if (isQuestion()) {
            getEndPoint().close();
        } else if (owesHeader()) {
            refuse("ended within its PROXY header");
        } else {
            speakTls();
        }
    }

    /** Proxies ask whether we are there, by nothing or a header of their own; that is not worth a line. */
    private boolean isQuestion() {
        return proxies.isListed(peer) && !begun.hasRemaining() && (header == null || caller() == null);
    }

    /** None where the proxy speaks for itself. HAProxy then names its own end of the connection in version 1. */
    private @Nullable InetSocketAddress caller() {
        InetSocketAddress said = header == null ? null : header.caller();
        return said == null || said.equals(getEndPoint().getRemoteSocketAddress()) ? null : said;
    }

    private void refuse(String reason) {
        InetSocketAddress caller = caller();
        if (LimitedEndPoint.tells(getEndPoint())) {
            refusals.refuseHandshake(
                    Refusals.Caller.of(null, Addresses.format(caller == null ? peer : caller.getAddress()), null),
                    Shown.NOTHING,
                    reason);
        }
        getEndPoint().close();
    }

    private void speakTls() {
        InetSocketAddress caller = caller();
        LimitedEndPoint connection = Wrapped.find(getEndPoint(), LimitedEndPoint.class);
        if (caller != null && connection != null && !connections.isOf(connection, caller.getAddress())) {
            refuse(connections.tooMany());
            return;
        }
        if (!proxies.isListed(caller == null ? peer : caller.getAddress())
                && !connections.handshakes().begins(caller == null ? peer : caller.getAddress())) {
            refuse(HandshakeRates.tooMany());
            return;
        }
        if (connection != null) {
            connections.room().shakesHands(connection, FollowedHandshake.isWhole(begun));
        }
        EndPoint endPoint = caller != null
                ? new ProxyEndPoint(getEndPoint(), getEndPoint().getLocalSocketAddress(), caller)
                : proxies.isListed(peer) ? new OfProxyItself(getEndPoint(), header) : getEndPoint();
        Watched watched = new Watched(endPoint);
        watched.look(begun);
        Connection next = tls.newConnection(connector, watched);
        if (next instanceof SslConnection ssl) {
            InetAddress who = caller != null ? caller.getAddress() : proxies.isListed(peer) ? null : peer;
            new FollowedHandshake(ssl, watched, spoken, refusals, who).follow(begun);
        }
        watched.upgrade(next);
    }

    /** What has come for TLS; not kept, for as long as its connection lasts. */
    @Override
    public ByteBuffer onUpgradeFrom() {
        ByteBuffer come = begun;
        begun = BufferUtil.EMPTY_BUFFER;
        return come;
    }
}
