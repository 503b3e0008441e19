package io.countersign.client;

import io.countersign.address.AllowedAddresses;
import io.countersign.dns.Names;
import io.countersign.partner.CallTerms;
import io.countersign.tls.KeyMaterialException;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLSocket;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** How one endpoint calls: over TLS as we have it, within its timeouts, asking before it sends much. */
final class Calls implements HttpClientConfigurer {
    static final String NEW_CONNECTION = "countersign.new-connection";

    /** A connection that was idle for longer may have been closed by the server; it is looked at before its next use. */
    private static final TimeValue IDLE = TimeValue.ofMilliseconds(100);

    private static final TimeValue CONNECTION_LIFE = TimeValue.ofMinutes(1);
    private static final int CONNECTIONS = 20;

    private final Terms terms;
    private final HttpEndpoint endpoint;
    private final @Nullable Names names;
    private final ScheduledExecutorService watch;

    /** Whom we trust and what we show, as it is now. */
    interface Terms {
        CallTerms now() throws KeyMaterialException;
    }

    Calls(Terms terms, HttpEndpoint endpoint, @Nullable Names names, ScheduledExecutorService watch) {
        this.terms = terms;
        this.endpoint = endpoint;
        this.names = names;
        this.watch = watch;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        Timeout silence = Timeout.ofMilliseconds(endpoint.getSoTimeout());
        Timeout connect = Timeout.ofMilliseconds(endpoint.getConnectTimeout());
        builder.setConnectionManager(new Connections()
                .setDnsResolver(new ServerAddresses(this::addressesOfNow, names))
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
        builder.addExecInterceptorBefore(ChainElement.CONNECT.name(), "terms", this::onTermsOfNow);
        builder.addExecInterceptorAfter(ChainElement.CONNECT.name(), "expect", Expectation::ask);
        builder.addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "unexpected", Expectation::withoutAsking);
    }

    /** A connection is used again only as long as what it was made on still holds. */
    private ClassicHttpResponse onTermsOfNow(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        try {
            scope.clientContext.setUserToken(terms.now());
        } catch (KeyMaterialException unusable) {
            throw new IOException(unusable.getMessage(), unusable);
        }
        return chain.proceed(request, scope);
    }

    private AllowedAddresses addressesOfNow() {
        try {
            return terms.now().addresses();
        } catch (KeyMaterialException unusable) {
            return AllowedAddresses.NOWHERE; // the call has failed for that already
        }
    }

    private static SSLSocket upgrade(Socket socket, String host, int port, HttpContext context) throws IOException {
        context.setAttribute(NEW_CONNECTION, true);
        CallTerms now = (CallTerms) HttpClientContext.cast(context).getUserToken();
        ServerAddresses.check(socket.getInetAddress(), now.addresses());
        return now.tls().handshake(socket, host, port);
    }

    private static final class Connections extends PoolingHttpClientConnectionManagerBuilder {
        @Override
        protected HttpClientConnectionOperator createConnectionOperator(
                SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
            return new DefaultHttpClientConnectionOperator(
                    LastWord::new,
                    ports,
                    names,
                    RegistryBuilder.<TlsSocketStrategy>create()
                            .register(URIScheme.HTTPS.id, tls)
                            .build());
        }
    }
}
