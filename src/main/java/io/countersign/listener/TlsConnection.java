package io.countersign.listener;

import io.countersign.tls.ListenerTls;
import io.countersign.tls.Strength;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.apache.camel.support.jsse.ClientAuthentication;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Jetty's side of a {@link ListenerTls}: versions, suites, signatures and client authentication on each connection. */
final class TlsConnection extends SslContextFactory.Server {
    TlsConnection(SSLContext context, ClientAuthentication clientAuthentication) {
        setSslContext(context);
        setIncludeProtocols(ListenerTls.PROTOCOLS.toArray(String[]::new));
        setExcludeProtocols();
        setIncludeCipherSuites(ListenerTls.CIPHER_SUITES.toArray(String[]::new));
        setExcludeCipherSuites();
        setRenegotiationAllowed(false);
        setWantClientAuth(clientAuthentication == ClientAuthentication.WANT);
        setNeedClientAuth(clientAuthentication == ClientAuthentication.REQUIRE);
    }

    @Override
    public SSLParameters customize(SSLParameters parameters) {
        SSLParameters customized = super.customize(parameters);
        customized.setAlgorithmConstraints(new Strength());
        return customized;
    }
}
