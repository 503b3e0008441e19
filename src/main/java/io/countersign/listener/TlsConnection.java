package io.countersign.listener;

import io.countersign.tls.ListenerTls;
import io.countersign.tls.Strength;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.apache.camel.CamelContext;
import org.apache.camel.support.jsse.ClientAuthentication;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Jetty's side of a {@link ListenerTls}: versions, suites, signatures and client authentication on each connection; and that
 * another may take its place while the listener stays open.
 */
final class TlsConnection extends SslContextFactory.Server {
    /** A certificate with its chain, which a proxy passes on in headers, is longer than Jetty's usual limit of 8 KiB. */
    private static final int MOST_HEADER_BYTES = 64 * 1024;

    private final HttpConfiguration http;
    private final int usualHeaderBytes;
    private volatile ListenerTls spoken;

    /** @param http spoken over it */
    TlsConnection(ListenerTls tls, CamelContext context, HttpConfiguration http) throws GeneralSecurityException {
        this.http = http;
        usualHeaderBytes = http.getRequestHeaderSize();
        spoken = tls;
        take(tls, tls.createSSLContext(context));
        setIncludeProtocols(ListenerTls.PROTOCOLS.toArray(String[]::new));
        setExcludeProtocols();
        setIncludeCipherSuites(ListenerTls.CIPHER_SUITES.toArray(String[]::new));
        setExcludeCipherSuites();
        setRenegotiationAllowed(false);
    }

    /** New connections speak this one; those that are open go on as they are. */
    synchronized void speak(ListenerTls tls, CamelContext context) throws Exception {
        if (tls != spoken) {
            SSLContext made = tls.createSSLContext(context);
            reload(factory -> take(tls, made));
            spoken = tls;
        }
    }

    /** What new connections speak. */
    ListenerTls spoken() {
        return spoken;
    }

    private void take(ListenerTls tls, SSLContext context) {
        setSslContext(context);
        http.setRequestHeaderSize(
                tls.isForProxies() ? Math.max(MOST_HEADER_BYTES, usualHeaderBytes) : usualHeaderBytes);
        setWantClientAuth(tls.clientAuthentication() == ClientAuthentication.WANT);
        setNeedClientAuth(tls.clientAuthentication() == ClientAuthentication.REQUIRE);
    }

    @Override
    public SSLParameters customize(SSLParameters parameters) {
        SSLParameters customized = super.customize(parameters);
        customized.setAlgorithmConstraints(new Strength());
        return customized;
    }
}
