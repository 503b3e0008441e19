package io.countersign.listener;

import io.countersign.proxy.ClientCertHeader;
import io.countersign.proxy.Proxies;
import io.countersign.refusal.Shown;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Says at each request who is at the other end of the connection itself, and whom a PROXY header has named; and takes from it
 * what only proxies may say of a caller's certificates (RFC 9440), on every listener that is not for them alone.
 */
final class Peer implements HttpConfiguration.Customizer {
    private final BooleanSupplier isForProxies;

    Peer(BooleanSupplier isForProxies) {
        this.isForProxies = isForProxies;
    }

    @Override
    public Request customize(Request request, HttpFields.Mutable responseHeaders) {
        EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
        EndPoint socket = Wrapped.innermost(connection);
        request.setAttribute(Proxies.PEER, address(socket));
        EndPoint.SslSessionData session = connection.getSslSessionData();
        if (session != null) {
            request.setAttribute(Shown.TLS, session.sslSession().getProtocol());
        }
        OfProxyItself own = Wrapped.find(connection, OfProxyItself.class);
        boolean anothers = !Objects.equals(connection.getRemoteSocketAddress(), socket.getRemoteSocketAddress());
        if (anothers || (own != null && own.isNamed())) {
            request.setAttribute(Proxies.NAMED, address(connection));
        }
        boolean vouched = request.getHeaders().contains(ClientCertHeader.CERTIFICATE)
                || request.getHeaders().contains(ClientCertHeader.CHAIN);
        if (!vouched || isForProxies.getAsBoolean()) {
            return request;
        }
        HttpFields without = HttpFields.build(request.getHeaders())
                .remove(ClientCertHeader.CERTIFICATE)
                .remove(ClientCertHeader.CHAIN)
                .asImmutable();
        return new Request.Wrapper(request) {
            @Override
            public HttpFields getHeaders() {
                return without;
            }
        };
    }

    static @Nullable InetAddress address(EndPoint endPoint) {
        return endPoint.getRemoteSocketAddress() instanceof InetSocketAddress socket ? socket.getAddress() : null;
    }
}
