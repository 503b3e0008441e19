package io.countersign.listener;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ProxyConnectionFactory.ProxyEndPoint;

/**
 * A connection during its handshake. OpenSSL, and so curl, sends the alert that ends it unencrypted where JSSE expects an
 * encrypted one and cannot say more than that, and so does JSSE when its user gives up; here it is read from the bytes as
 * they come.
 */
final class Watched extends ProxyEndPoint {
    private static final byte[] ALERT = {21, 3, 3, 0, 2}; // a record of two bytes: the level, and what it says
    private static final int LENGTH = ALERT.length + 2;

    private final AtomicBoolean over = new AtomicBoolean();
    private volatile int alert = -1;

    Watched(EndPoint endPoint) {
        super(endPoint, endPoint.getLocalSocketAddress(), endPoint.getRemoteSocketAddress());
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled = super.fill(buffer);
        if (!over.get() && filled >= LENGTH) {
            look(buffer);
        }
        return filled;
    }

    /** Whether what has come ends with an alert. */
    void look(ByteBuffer come) {
        int begin = come.limit() - LENGTH;
        boolean found = begin >= 0;
        for (int i = 0; found && i < ALERT.length; i++) {
            found = come.get(begin + i) == ALERT[i];
        }
        alert = found ? come.get(begin + LENGTH - 1) & 0xff : -1;
    }

    /**
     * The handshake has ended, one way or the other, and nothing more is looked at.
     *
     * @return whether nobody has said so before: who has is the one to tell of it
     */
    boolean over() {
        return over.compareAndSet(false, true);
    }

    /** The alert that came last. */
    Optional<ClientAlert> alert() {
        return ClientAlert.of(alert);
    }
}
