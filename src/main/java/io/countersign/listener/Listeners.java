package io.countersign.listener;

import io.countersign.refusal.Refusals;
import io.countersign.sighting.Sightings;
import io.countersign.tls.ListenerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Endpoint;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.jetty.JettyHttpEndpoint;
import org.apache.camel.component.jetty12.JettyHttpComponent12;
import org.apache.camel.http.common.CamelServlet;
import org.apache.camel.http.common.HttpConsumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The {@code jetty:} component of every route file: Camel's own, with connectors that speak only the TLS of a {@link
 * ListenerTls}, name no software, and record the handshakes and requests that no route sees. Port 0 takes a free port.
 *
 * <p>An {@code https:} endpoint without such a bean is an error at start: Camel's own default would accept other
 * certificates than ours.
 */
public final class Listeners extends JettyHttpComponent12 {
    private static final long IDLE_MILLIS = 60_000;

    private final Refusals refusals;
    private final Sightings sightings;
    private final Set<JettyHttpEndpoint> connected = ConcurrentHashMap.newKeySet();
    private final Map<String, ServerSocketChannel> freePorts = new ConcurrentHashMap<>();

    public Listeners(Refusals refusals, Sightings sightings) {
        this.refusals = refusals;
        this.sightings = sightings;
        setErrorHandler(new ErrorAnswers(refusals));
        setSendServerVersion(false);
        setUseContinuation(false);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        JettyHttpEndpoint endpoint = (JettyHttpEndpoint) super.createEndpoint(uri, remaining, parameters);
        URI address = endpoint.getHttpUri();
        if (address.getPort() == 0) {
            ServerSocketChannel channel = freePort(
                    address.getHost() + " " + System.identityHashCode(endpoint.getSslContextParameters()),
                    address.getHost());
            endpoint.setHttpUri(withPort(address, channel.socket().getLocalPort()));
        }
        return endpoint;
    }

    /** One port speaks one TLS: Camel would serve a second route with the first one's, whatever its own bean says. */
    @Override
    public void connect(HttpConsumer consumer) throws Exception {
        JettyHttpEndpoint endpoint = (JettyHttpEndpoint) consumer.getEndpoint();
        for (JettyHttpEndpoint other : connected) {
            if (other.getPort() == endpoint.getPort()
                    && Objects.equals(
                            other.getHttpUri().getHost(), endpoint.getHttpUri().getHost())
                    && !Objects.equals(other.getSslContextParameters(), endpoint.getSslContextParameters())) {
                throw new IllegalArgumentException(endpoint.getHttpUri() + " and " + other.getHttpUri()
                        + " share a port and name different TLS beans; accepted: the same bean, or another port");
            }
        }
        super.connect(consumer);
        connected.add(endpoint);
    }

    @Override
    public void disconnect(HttpConsumer consumer) throws Exception {
        connected.remove((JettyHttpEndpoint) consumer.getEndpoint());
        super.disconnect(consumer);
    }

    @Override
    protected AbstractConnector createConnectorJettyInternal(
            Server server, JettyHttpEndpoint endpoint, SslContextFactory.Server ignored) {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendXPoweredBy(false);
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        configuration.addCustomizer(new Uninterpreted());
        HttpConnectionFactory http = new HttpConnectionFactory(configuration);
        ServerConnector connector;
        if ("https".equals(endpoint.getProtocol())) {
            // The client checks that our certificate names the host it dialled; we have but one certificate to show.
            configuration.addCustomizer(new SecureRequestCustomizer(false));
            connector = new ServerConnector(server, new SslConnectionFactory(tls(endpoint), http.getProtocol()), http);
            connector.addBean(new HandshakeFailures(refusals, sightings));
        } else {
            connector = new ServerConnector(server, http);
        }
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setHost(endpoint.getHttpUri().getHost());
        connector.setPort(endpoint.getPort());
        open(connector, endpoint.getPort());
        return connector;
    }

    @Override
    protected CamelServlet createServletForConnector(
            Server server, Connector connector, List<Handler> handlers, JettyHttpEndpoint endpoint) throws Exception {
        CamelServlet servlet = super.createServletForConnector(server, connector, handlers, endpoint);
        server.getDescendant(ServletContextHandler.class).setErrorHandler(new ErrorAnswers(refusals));
        server.insertHandler(new Lingering());
        servlet.setServletResolveConsumerStrategy(new ExactPath());
        return servlet;
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        for (ServerSocketChannel channel : freePorts.values()) {
            channel.close();
        }
        freePorts.clear();
    }

    private TlsConnection tls(JettyHttpEndpoint endpoint) {
        if (!(endpoint.getSslContextParameters() instanceof ListenerTls tls)) {
            throw new IllegalArgumentException(
                    endpoint.getEndpointUri() + " has no TLS; accepted: sslContextParameters=#BEAN with a bean of type "
                            + ListenerTls.class.getName());
        }
        try {
            String host = endpoint.getHttpUri().getHost();
            if (tls.showsSample() && !InetAddress.getByName(host).isLoopbackAddress()) {
                throw new IllegalArgumentException(
                        endpoint.getHttpUri()
                                + " would show a sample certificate; those are for loopback only, since everybody has their keys");
            }
            return new TlsConnection(tls.createSSLContext(getCamelContext()), tls.clientAuthentication());
        } catch (GeneralSecurityException | UnknownHostException unusable) {
            throw new RuntimeCamelException(unusable.getMessage(), unusable);
        }
    }

    private ServerSocketChannel freePort(String listener, String host) {
        return freePorts.computeIfAbsent(listener, key -> {
            try {
                return ServerSocketChannel.open().bind(new InetSocketAddress(host, 0));
            } catch (IOException none) {
                throw new RuntimeCamelException("no free port on " + host, none);
            }
        });
    }

    private void open(ServerConnector connector, int port) {
        for (ServerSocketChannel channel : freePorts.values()) {
            if (channel.socket().getLocalPort() == port) {
                try {
                    connector.open(channel);
                } catch (IOException closed) {
                    throw new RuntimeCamelException(closed);
                }
            }
        }
    }

    private static URI withPort(URI address, int port) throws URISyntaxException {
        return new URI(address.getScheme(), null, address.getHost(), port, address.getPath(), address.getQuery(), null);
    }
}
