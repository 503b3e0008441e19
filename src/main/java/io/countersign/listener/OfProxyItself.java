package io.countersign.listener;

import io.countersign.proxy.ProxyHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ProxyConnectionFactory.ProxyEndPoint;
import org.jspecify.annotations.Nullable;

/** A connection over which a proxy speaks TLS itself. */
final class OfProxyItself extends ProxyEndPoint {
    private final @Nullable ProxyHeader header;

    OfProxyItself(EndPoint endPoint, @Nullable ProxyHeader header) {
        super(endPoint, endPoint.getLocalSocketAddress(), endPoint.getRemoteSocketAddress());
        this.header = header;
    }

    /** Whether it has said so by a PROXY header, which it only does to see whether we are there. */
    boolean isSaid() {
        return header != null;
    }

    /** Whether it has named its own end of the connection as the caller's. */
    boolean isNamed() {
        return header != null && header.caller() != null;
    }
}
