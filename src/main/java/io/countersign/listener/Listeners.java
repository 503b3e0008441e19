package io.countersign.listener;

import io.countersign.dns.WaitingRoom;
import io.countersign.refusal.Refusals;
import io.countersign.settings.LimitTerms;
import io.countersign.sighting.Sightings;
import io.countersign.tls.ListenerTls;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
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
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code jetty:} component of every route file: Camel's own, with connectors that speak only the TLS of a {@link
 * ListenerTls}, believe only its proxies, name no software, and record the handshakes and requests that no route sees. Port 0
 * takes a free port.
 *
 * <p>An {@code https:} endpoint without such a bean is an error at start: Camel's own default would accept other
 * certificates than ours.
 */
public final class Listeners extends JettyHttpComponent12 {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");
    /** For requests that are no transfers, and for what Jetty does itself. */
    private static final int OTHER_THREADS = 100;

    /** Threads that many have needed at once go after it, one each 50 ms; Jetty's usual is one a minute, its stack until then. */
    private static final int THREADS_IDLE_MILLIS = 5_000;

    private final Refusals refusals;
    private final LimitTerms limits;
    private final Gate gate;
    private final Set<HttpConsumer> connected = ConcurrentHashMap.newKeySet();
    private final Sightings sightings;
    /** By place: what keeps a listener open without a route, and the routes that have yet to end there. */
    private final Map<String, HttpConsumer> held = new ConcurrentHashMap<>();

    private final Map<String, Set<HttpConsumer>> ending = new ConcurrentHashMap<>();
    private final FreePorts freePorts = new FreePorts();
    private final Map<String, TlsConnection> tls = new ConcurrentHashMap<>();
    private final Map<String, LimitedConnector> connectors = new ConcurrentHashMap<>();

    /** Requests hold the one while a route is found for them; a change of routes holds the other. */
    private final ReadWriteLock routes = new ReentrantReadWriteLock();

    public Listeners(Refusals refusals, Sightings sightings, LimitTerms limits) {
        this.refusals = refusals;
        this.limits = limits;
        this.gate = new Gate(refusals);
        this.sightings = sightings;
        setErrorHandler(new ErrorAnswers(refusals));
        setSendServerVersion(false);
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        String tlsBean = String.valueOf(parameters.get("sslContextParameters"));
        JettyHttpEndpoint endpoint = (JettyHttpEndpoint) super.createEndpoint(uri, remaining, parameters);
        URI address = endpoint.getHttpUri();
        if ("http".equals(endpoint.getProtocol())) {
            endpoint.setSslContextParameters(null); // Camel would have its files read, which nothing here needs
        }
        if (address.getPort() == 0) {
            endpoint.setHttpUri(withPort(address, freePorts.of(address.getHost() + " " + tlsBean, address.getHost())));
        }
        return endpoint;
    }

    /** One port speaks one TLS: Camel would serve a second route with the first one's, whatever its own bean says. */
    @Override
    public void connect(HttpConsumer consumer) throws Exception {
        JettyHttpEndpoint endpoint = (JettyHttpEndpoint) consumer.getEndpoint();
        for (HttpConsumer each : connected) {
            JettyHttpEndpoint other = (JettyHttpEndpoint) each.getEndpoint();
            if (place(other).equals(place(endpoint))
                    && !Objects.equals(other.getSslContextParameters(), endpoint.getSslContextParameters())) {
                throw new IllegalArgumentException(endpoint.getHttpUri() + " and " + other.getHttpUri()
                        + " share a port and name different TLS beans; accepted: the same bean, or another port");
            }
        }
        TlsConnection spoken = tls.get(place(endpoint));
        if (spoken != null) {
            spoken.speak(checked(endpoint), getCamelContext());
        }
        super.connect(consumer);
        connected.add(consumer);
    }

    /**
     * Gives a route no more requests. Called again when the route ends; a listener without any other then closes. Between the
     * two it stays open, for what is on its way, and answers that there is nothing here.
     */
    @Override
    public void disconnect(HttpConsumer consumer) throws Exception {
        String place = place((JettyHttpEndpoint) consumer.getEndpoint());
        if (connected.remove(consumer)) {
            super.disconnect(consumer);
            ending.computeIfAbsent(place, none -> ConcurrentHashMap.newKeySet()).add(consumer);
            return;
        }
        Set<HttpConsumer> others = ending.getOrDefault(place, Set.of());
        others.remove(consumer);
        HttpConsumer hold = others.isEmpty() ? held.remove(place) : null;
        if (hold != null) {
            super.disconnect(hold);
        }
    }

    /** Runs a change of routes; meanwhile requests wait to be given to a route, and no listener closes that is open now. */
    public void whileHeld(Callable<?> change) throws Exception {
        routes.writeLock().lock();
        List<String> before = addresses();
        try {
            for (HttpConsumer consumer : connected) {
                JettyHttpEndpoint endpoint = (JettyHttpEndpoint) consumer.getEndpoint();
                if (!held.containsKey(place(endpoint))) {
                    HttpConsumer hold = new Hold(hidden(endpoint));
                    super.connect(hold);
                    held.put(place(endpoint), hold);
                }
            }
            change.call();
        } finally {
            try {
                release();
            } finally {
                routes.writeLock().unlock();
            }
            if (!before.equals(addresses())) {
                LOG.warn("listening on {} now", addresses());
            }
        }
    }

    /** Where routes begin, they keep the listener open themselves. */
    private void release() throws Exception {
        Set<String> open = new HashSet<>();
        connected.forEach(consumer -> open.add(place((JettyHttpEndpoint) consumer.getEndpoint())));
        for (String place : Set.copyOf(held.keySet())) {
            HttpConsumer hold = open.contains(place) ? held.remove(place) : null;
            if (hold != null) {
                super.disconnect(hold);
            }
        }
        open.addAll(held.keySet());
        tls.keySet().retainAll(open);
        connectors.keySet().retainAll(open);
    }

    /** Where requests are taken, as URLs. */
    public List<String> addresses() {
        routes.readLock().lock();
        try {
            return connected.stream()
                    .map(consumer -> ((JettyHttpEndpoint) consumer.getEndpoint())
                            .getHttpUri()
                            .toString())
                    .sorted()
                    .toList();
        } finally {
            routes.readLock().unlock();
        }
    }

    /** How many are connected now to listeners that speak TLS, those in their handshake among them. */
    public int connections() {
        return connectors.values().stream()
                .mapToInt(connector -> connector.getConnectedEndPoints().size())
                .sum();
    }

    /** Through which all requests come in. */
    public Gate gate() {
        return gate;
    }

    /** None where no route is there at the moment. */
    private @Nullable Boolean isForOperators(String place) {
        return connected.stream()
                        .anyMatch(consumer -> place((JettyHttpEndpoint) consumer.getEndpoint())
                                .equals(place))
                ? isAny(place, AsSent::isForOperators)
                : null;
    }

    private boolean isAny(String place, Predicate<AsSent> such) {
        return connected.stream()
                .map(consumer -> (JettyHttpEndpoint) consumer.getEndpoint())
                .anyMatch(endpoint -> place(endpoint).equals(place)
                        && endpoint.getHttpBinding() instanceof AsSent asSent
                        && such.test(asSent));
    }

    private @Nullable ListenerTls spoken(String place) {
        TlsConnection connection = tls.get(place);
        return connection == null ? null : connection.spoken();
    }

    /** Camel keeps a connector for as long as it has a consumer; this one gets no requests. */
    static final class Hold extends HttpConsumer {
        Hold(JettyHttpEndpoint endpoint) {
            super(endpoint, exchange -> {});
        }
    }

    private JettyHttpEndpoint hidden(JettyHttpEndpoint endpoint) throws URISyntaxException {
        URI address = endpoint.getHttpUri();
        URI hidden = new URI(address.getScheme(), null, address.getHost(), address.getPort(), "/.held", null, null);
        JettyHttpEndpoint hold = createEndpoint(new URI("jetty:" + hidden), hidden);
        hold.setSslContextParameters(endpoint.getSslContextParameters());
        hold.setCamelContext(getCamelContext());
        return hold;
    }

    private static String place(JettyHttpEndpoint endpoint) {
        return endpoint.getProtocol() + " " + endpoint.getHttpUri().getHost() + " " + endpoint.getPort();
    }

    /** Transfers whose routes wait, and those who wait for name servers, keep their threads, and nobody else's. */
    @Override
    protected Server createServer() {
        Server server = super.createServer();
        if (server.getThreadPool() instanceof QueuedThreadPool threads) {
            threads.setMaxThreads(limits.transfers() + OTHER_THREADS + WaitingRoom.PLACES);
            threads.setIdleTimeout(THREADS_IDLE_MILLIS);
            threads.setMaxEvictCount(THREADS_IDLE_MILLIS / 50);
        }
        return server;
    }

    @Override
    protected AbstractConnector createConnectorJettyInternal(
            Server server, JettyHttpEndpoint endpoint, SslContextFactory.Server ignored) {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendXPoweredBy(false);
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        configuration.addCustomizer(new Uninterpreted());
        configuration.setRequestHeaderSize(limits.headerBytes());
        PacedHttp.Factory http = new PacedHttp.Factory(configuration, refusals);
        LimitedConnector connector;
        Connections connections;
        int most = Descriptors.connections(limits.connections());
        if ("https".equals(endpoint.getProtocol())) {
            // The client checks that our certificate names the host it dialled; we have but one certificate to show.
            configuration.addCustomizer(new SecureRequestCustomizer(false));
            TlsConnection spoken = tls(endpoint, configuration);
            tls.put(place(endpoint), spoken);
            configuration.addCustomizer(new Peer(() -> spoken.spoken().isForProxies()));
            StrictTls.Factory ssl = new StrictTls.Factory(spoken, http.getProtocol());
            connections = new Connections(
                    limits, most, peer -> spoken.spoken().proxies().isListed(peer), refusals);
            FirstBytes.Factory first = new FirstBytes.Factory(ssl, spoken::spoken, connections, refusals);
            connector = new LimitedConnector(server, connections, false, first, ssl, http);
            connector.addBean(new HandshakeFailures(spoken::spoken, connections, refusals, sightings));
            connectors.put(place(endpoint), connector);
        } else {
            configuration.addCustomizer(new Peer(() -> false));
            connections = new Connections(limits, most, peer -> false, refusals);
            connector = new LimitedConnector(server, connections, true, http);
        }
        connector.addBean(new Deadlines(connections.room(), limits, connector.getScheduler()));
        connector.setIdleTimeout(limits.idle().toMillis());
        connector.setHost(endpoint.getHttpUri().getHost());
        connector.setPort(endpoint.getPort());
        freePorts.open(connector);
        return connector;
    }

    @Override
    protected CamelServlet createServletForConnector(
            Server server, Connector connector, List<Handler> handlers, JettyHttpEndpoint endpoint) throws Exception {
        super.createServletForConnector(server, connector, handlers, endpoint);
        ServletContextHandler context = server.getDescendant(ServletContextHandler.class);
        context.setErrorHandler(new ErrorAnswers(refusals));
        CamelServlet servlet = new ExchangeServlet();
        context.getServletHandler().getServlets()[0].setServlet(servlet);
        server.insertHandler(new Lingering());
        String place = place(endpoint);
        server.insertHandler(new OperatorsDoor(
                () -> isForOperators(place),
                () -> spoken(place),
                endpoint.getHttpUri().getHost(),
                refusals));
        server.insertHandler(gate.at(() -> isAny(place, AsSent::isAskedWhileStopping)));
        servlet.setServletResolveConsumerStrategy(new ExactPath(routes.readLock()));
        return servlet;
    }

    @Override
    protected void doStop() throws Exception {
        for (HttpConsumer hold : held.values()) {
            super.disconnect(hold);
        }
        held.clear();
        super.doStop();
        freePorts.close();
    }

    private TlsConnection tls(JettyHttpEndpoint endpoint, HttpConfiguration http) {
        try {
            return new TlsConnection(checked(endpoint), getCamelContext(), http);
        } catch (GeneralSecurityException unusable) {
            throw new RuntimeCamelException(unusable.getMessage(), unusable);
        }
    }

    private static ListenerTls checked(JettyHttpEndpoint endpoint) {
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
            return tls;
        } catch (GeneralSecurityException | UnknownHostException unusable) {
            throw new RuntimeCamelException(unusable.getMessage(), unusable);
        }
    }

    private static URI withPort(URI address, int port) throws URISyntaxException {
        return new URI(address.getScheme(), null, address.getHost(), port, address.getPath(), address.getQuery(), null);
    }
}
