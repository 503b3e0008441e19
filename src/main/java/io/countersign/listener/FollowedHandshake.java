package io.countersign.listener;

import io.countersign.address.Addresses;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Shown;
import io.countersign.tls.ClientHello;
import io.countersign.tls.Handshakes.Handshake;
import io.countersign.tls.KeyShares;
import io.countersign.tls.ListenerTls;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.jspecify.annotations.Nullable;

/**
 * A handshake from its first bytes to the end of its connection. Some ends of a connection are no failure of its handshake for
 * Jetty, and of half a message JSSE says nothing: those are refusals that are recorded here.
 */
final class FollowedHandshake implements Connection.Listener {
    private static final int RECORD_HEADER = 5;
    private static final int RECORD_LENGTH = 3;

    private final SslConnection ssl;
    private final Watched watched;
    private final ListenerTls spoken;
    private final Refusals refusals;
    private final @Nullable InetAddress who;
    private volatile boolean somethingCame;
    private volatile boolean wholeHello;

    /** @param who calls; none where a proxy speaks for itself, which is not worth a line */
    FollowedHandshake(
            SslConnection ssl, Watched watched, ListenerTls spoken, Refusals refusals, @Nullable InetAddress who) {
        this.ssl = ssl;
        this.watched = watched;
        this.spoken = spoken;
        this.refusals = refusals;
        this.who = who;
    }

    /** Whether the first record (RFC 8446, 5.1) has come to its end. */
    static boolean isWhole(ByteBuffer first) {
        return first.remaining() > RECORD_HEADER
                && first.remaining() >= RECORD_HEADER + (first.getShort(first.position() + RECORD_LENGTH) & 0xffff);
    }

    /** @param first bytes of it, which are left as they are */
    void follow(ByteBuffer first) {
        somethingCame = first.hasRemaining();
        wholeHello = isWhole(first);
        ssl.addEventListener(this);
        ClientHello.read(first).ifPresent(offer -> {
            spoken.handshakes().began(ssl.getSSLEngine(), offer);
            KeyShares.choose(ssl.getSSLEngine(), offer);
        });
    }

    @Override
    public void onClosed(Connection closed) {
        if (!somethingCame || who == null || !watched.over() || !LimitedEndPoint.tells(watched)) {
            return;
        }
        Handshake handshake = spoken.handshakes().ended(ssl.getSSLEngine());
        refusals.refuseHandshake(
                Refusals.Caller.of(null, Addresses.format(who), null),
                new Shown(HandshakeFailures.version(handshake), HandshakeFailures.server(handshake), List.of(), false),
                reason(handshake));
    }

    private String reason(Handshake handshake) {
        String ours = LimitedEndPoint.why(watched);
        if (ours != null) {
            return "does not come to the end of its handshake: " + ours;
        }
        return wholeHello || handshake.answered()
                ? new FailedHandshake(new ClosedChannelException(), handshake, watched.alert(), spoken).reason()
                : "the connection was closed before the first message of its handshake was whole";
    }
}
