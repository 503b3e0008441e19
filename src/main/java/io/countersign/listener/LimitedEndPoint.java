package io.countersign.listener;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** A connection of a listener: since when it is open, whether its handshake is over, and why we ended it, if we did. */
final class LimitedEndPoint extends SocketChannelEndPoint {
    private final long openedAt = System.nanoTime();
    private final InetSocketAddress peer;
    private final Pace pace = new Pace();
    private volatile boolean settled;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile @Nullable String why;

    LimitedEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
        this.peer = (InetSocketAddress) channel.socket().getRemoteSocketAddress();
    }

    /** Who is at its other end, also when it has gone: what it had asked for is still somebody's. */
    @Override
    public SocketAddress getRemoteSocketAddress() {
        return peer;
    }

    InetAddress peer() {
        return peer.getAddress();
    }

    /** Jetty's own words would be others each time, and name no setting. */
    @Override
    protected void onIdleExpired(TimeoutException timeout) {
        String reason = "nothing has come or gone for " + getIdleTimeout() / 1e3 + " s (countersign.idle-timeout)";
        if (!settled) {
            endedBecause(reason);
        }
        super.onIdleExpired(new TimeoutException(reason));
    }

    /** Nanoseconds. */
    long age(long now) {
        return now - openedAt;
    }

    /** How far its requests have come. */
    Pace pace() {
        return pace;
    }

    /** Whether something has come that nobody has read yet; not where that cannot be found out. */
    boolean isUnread() {
        try {
            return getChannel().socket().getInputStream().available() > 0;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Its handshake is over, or it has none. */
    void settle() {
        settled = true;
    }

    boolean isSettled() {
        return settled;
    }

    /** Why it is ended by us; whoever then tells of its end says so. */
    @Nullable
    String why() {
        return why;
    }

    void endedBecause(String reason) {
        why = reason;
    }

    /** Whether nobody has told of its handshake's end before; from here on somebody has. */
    boolean tells() {
        return told.compareAndSet(false, true);
    }

    /** As {@link #tells}, of the innermost of those that wrap each other. */
    static boolean tells(@Nullable EndPoint endPoint) {
        LimitedEndPoint found = Wrapped.find(endPoint, LimitedEndPoint.class);
        return found == null || found.tells();
    }

    /** Why the innermost of those that wrap each other was ended by us; none where it was not. */
    static @Nullable String why(@Nullable EndPoint endPoint) {
        LimitedEndPoint found = Wrapped.find(endPoint, LimitedEndPoint.class);
        return found == null ? null : found.why();
    }
}
