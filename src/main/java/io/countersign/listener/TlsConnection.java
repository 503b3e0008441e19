package io.countersign.listener;

import io.countersign.tls.ListenerTls;
import io.countersign.tls.Strength;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.apache.camel.CamelContext;
import org.apache.camel.support.jsse.ClientAuthentication;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * Jetty's side of a {@link ListenerTls}: versions, suites, signatures and client authentication on each connection; and that
 * another may take its place while the listener stays open.
 */
final class TlsConnection extends SslContextFactory.Server {
    private ListenerTls spoken;

    TlsConnection(ListenerTls tls, CamelContext context) throws GeneralSecurityException {
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

    private void take(ListenerTls tls, SSLContext context) {
        setSslContext(context);
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
