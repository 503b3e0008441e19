package io.countersign.client;

import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A socket that takes a timeout after its end too. HttpClient puts the timeout back when it has waited for 100, also where a
 * TLS alert has just closed the socket, and would report that failure instead of the alert.
 */
final class LastWord extends Socket {
    LastWord(@Nullable Proxy proxy) {
        super(proxy == null ? Proxy.NO_PROXY : proxy);
    }

    @Override
    public synchronized void setSoTimeout(int millis) throws SocketException {
        if (!isClosed()) {
            super.setSoTimeout(millis);
        }
    }
}
