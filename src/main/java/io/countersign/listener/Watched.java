package io.countersign.listener;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ProxyConnectionFactory.ProxyEndPoint;
import org.jspecify.annotations.Nullable;

/**
 * A connection during its handshake. OpenSSL, and so curl, sends the alert that ends it unencrypted where JSSE expects an
 * encrypted one and cannot say more than that; here it is read from the bytes as they come.
 */
final class Watched extends ProxyEndPoint {
    private static final byte[] ALERT = {21, 3, 3, 0, 2, 2}; // a record of two bytes, the first of which says: fatal

    private volatile boolean over;
    private volatile int alert = -1;

    Watched(EndPoint endPoint) {
        super(endPoint, endPoint.getLocalSocketAddress(), endPoint.getRemoteSocketAddress());
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled = super.fill(buffer);
        int begin = buffer.limit() - ALERT.length - 1;
        if (!over && filled > ALERT.length && begin >= 0) {
            boolean found = true;
            for (int i = 0; i < ALERT.length; i++) {
                found &= buffer.get(begin + i) == ALERT[i];
            }
            alert = found ? buffer.get(begin + ALERT.length) & 0xff : -1;
        }
        return filled;
    }

    /** The handshake has ended, one way or the other, and nothing more is looked at. */
    void over() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** The alert that came last. */
    Optional<ClientAlert> alert() {
        return ClientAlert.of(alert);
    }

    /** The one among those that wrap each other, where there is one. */
    static @Nullable Watched in(@Nullable EndPoint endPoint) {
        EndPoint inner = endPoint;
        while (inner instanceof EndPoint.Wrapper wrapper) {
            if (inner instanceof Watched found) {
                return found;
            }
            inner = wrapper.unwrap();
        }
        return null;
    }
}
