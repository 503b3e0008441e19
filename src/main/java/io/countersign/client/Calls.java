package io.countersign.client;

import io.countersign.tls.KeyMaterialException;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLSocket;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** How one endpoint calls: over TLS as we have it, within its timeouts, asking before it sends much. */
final class Calls implements HttpClientConfigurer {
    static final String NEW_CONNECTION = "countersign.new-connection";

    /** A connection that was idle for longer may have been closed by the server; it is looked at before its next use. */
    private static final TimeValue IDLE = TimeValue.ofMilliseconds(100);

    private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(1);
    private static final int CONNECTIONS = 20;

    private final Handshake handshake;
    private final HttpEndpoint endpoint;
    private final ScheduledExecutorService watch;

    /** Makes a TLS connection of a plain one. */
    interface Handshake {
        SSLSocket upgrade(String host, int port, Socket connected) throws IOException, KeyMaterialException;
    }

    Calls(Handshake handshake, HttpEndpoint endpoint, ScheduledExecutorService watch) {
        this.handshake = handshake;
        this.endpoint = endpoint;
        this.watch = watch;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        Timeout silence = Timeout.ofMilliseconds(endpoint.getSoTimeout());
        Timeout connect = Timeout.ofMilliseconds(endpoint.getConnectTimeout());
        builder.setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy((socket, host, port, attachment, context) -> upgrade(socket, host, port, context))
                .setDefaultTlsConfig(
                        TlsConfig.custom().setHandshakeTimeout(connect).build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(silence)
                        .setValidateAfterInactivity(IDLE)
                        .setTimeToLive(CONNECTION_LIFE)
                        .build())
                .setDefaultSocketConfig(
                        SocketConfig.custom().setSoTimeout(silence).build())
                .setMaxConnPerRoute(CONNECTIONS)
                .setMaxConnTotal(CONNECTIONS)
                .build());
        builder.setRequestExecutor(new HttpRequestExecutor(
                Http1Config.custom()
                        .setWaitForContinueTimeout(Expectation.PATIENCE)
                        .build(),
                null,
                null));
        builder.addExecInterceptorFirst("bounded", BoundedAnswer::read);
        builder.addExecInterceptorFirst("stalled", new Stalled(silence.toMilliseconds(), watch));
        builder.addExecInterceptorAfter(ChainElement.CONNECT.name(), "expect", Expectation::ask);
        builder.addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "unexpected", Expectation::withoutAsking);
    }

    private SSLSocket upgrade(Socket socket, String host, int port, HttpContext context) throws IOException {
        context.setAttribute(NEW_CONNECTION, true);
        try {
            return handshake.upgrade(host, port, socket);
        } catch (KeyMaterialException unusable) {
            throw new IOException(unusable.getMessage(), unusable);
        }
    }
}
