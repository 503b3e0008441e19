package io.countersign.tls;

import io.countersign.proxy.Proxies;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.camel.CamelContext;
import org.apache.camel.support.jsse.ClientAuthentication;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a listener, as a bean of a route file: who we are, whom we trust, and whether clients must authenticate. The
 * server is always authenticated; {@code clientAuthentication} is the listener's own choice:
 *
 * <ul>
 *   <li>{@code REQUIRE} (default): no handshake without a certificate that is genuine
 *   <li>{@code WANT}: a client may come without; one that shows a certificate must show a genuine one
 *   <li>{@code NONE}: nobody is asked
 * </ul>
 */
public final class ListenerTls extends SSLContextParameters {
    /** The versions spoken; JSSE has no renegotiation in 1.3, and the listener allows none in 1.2. */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** AEAD with forward secrecy only (RFC 9325, section 4.2). */
    public static final List<String> CIPHER_SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private final Handshakes handshakes = new Handshakes();
    private @Nullable CompanyIdentity identity;
    private @Nullable ClientTrust trust;
    private Proxies proxies = new Proxies();
    private ClientAuthentication clientAuthentication = ClientAuthentication.REQUIRE;

    public void setIdentity(CompanyIdentity identity) {
        this.identity = identity;
    }

    /** What decides whether a client's certificate is genuine. */
    public void setTrust(ClientTrust trust) {
        this.trust = trust;
    }

    /** Who stands in front of the listener, and may say who calls; nobody where it is not set. */
    public void setProxies(Proxies proxies) {
        this.proxies = proxies;
    }

    /** Those that are under way. */
    public Handshakes handshakes() {
        return handshakes;
    }

    public Proxies proxies() {
        return proxies;
    }

    /** Whether only proxies come in, which end the TLS of callers and say what certificates these have shown. */
    public boolean isForProxies() {
        return trust instanceof ProxyTrust && clientAuthentication == ClientAuthentication.REQUIRE;
    }

    /** Who alone comes in, where it is for those who run the service. */
    public @Nullable OperatorTrust operators() {
        return trust instanceof OperatorTrust operators ? operators : null;
    }

    /**
     * Where callers authenticate by TLS, it is spoken with us, and whoever stands in front cannot write into requests: what
     * stands there of addresses is the caller's own, and must not count.
     *
     * @throws GeneralSecurityException where it would
     */
    public void checkProxies() throws GeneralSecurityException {
        if (proxies.sayInRequests() && clientAuthentication != ClientAuthentication.NONE && !isForProxies()) {
            throw new GeneralSecurityException("its proxies say who calls by " + proxies.header()
                    + ", which callers can write themselves, since clientAuthentication: " + clientAuthentication
                    + " makes them speak TLS with us; accepted: proxy-protocol, templates/receive-behind-proxy.camel.yaml,"
                    + " or clientAuthentication: NONE");
        }
    }

    public void setClientAuthentication(ClientAuthentication clientAuthentication) {
        this.clientAuthentication = clientAuthentication;
    }

    public ClientAuthentication clientAuthentication() {
        return clientAuthentication;
    }

    /** Which names our certificate has, where it lacks that of the server that a caller wanted. */
    public Optional<String> lacksName(String server) {
        try {
            X509Certificate own = company().certificate();
            List<String> names = ServerName.names(own);
            return ServerName.isNamed(server, own)
                    ? Optional.empty()
                    : Optional.of(names.isEmpty() ? "no host at all" : String.join(", ", names));
        } catch (GeneralSecurityException unusable) {
            return Optional.empty();
        }
    }

    /** Whether it shows a sample certificate, whose key everybody has. */
    public boolean showsSample() throws GeneralSecurityException {
        return SampleCertificates.isSample(company().certificate());
    }

    @Override
    public SSLContext createSSLContext(CamelContext camelContext) throws GeneralSecurityException {
        checkProxies();
        company();
        Stapled.enable();
        SSLContext context = SSLContext.getInstance("TLS");
        ClientTrust clients = Objects.requireNonNull(trust, "trust is not set");
        prepare(clients);
        context.init(
                new KeyManager[] {
                    Stapled.over(
                            new ShownByListener(Objects.requireNonNull(identity, "identity is not set"), handshakes),
                            clients)
                },
                new TrustManager[] {new ClientTrustManager(clients, handshakes)},
                new SecureRandom());
        return context;
    }

    private static void prepare(ClientTrust clients) throws GeneralSecurityException {
        try {
            clients.prepare();
        } catch (KeyMaterialException unusable) {
            throw new GeneralSecurityException(unusable.getMessage(), unusable);
        }
    }

    private Identity company() throws GeneralSecurityException {
        try {
            return Objects.requireNonNull(identity, "identity is not set").inForce();
        } catch (KeyMaterialException unusable) {
            throw new GeneralSecurityException(unusable.getMessage(), unusable);
        }
    }

    /** Brings {@link ClientTrust} to JSSE; asked about servers, it refuses. */
    private static final class ClientTrustManager extends X509ExtendedTrustManager {
        private final ClientTrust trust;
        private final Handshakes handshakes;

        ClientTrustManager(ClientTrust trust, Handshakes handshakes) {
            this.trust = trust;
            this.handshakes = handshakes;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            trust.check(List.of(chain));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            trust.check(List.of(chain));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            handshakes.shown(engine, List.of(chain));
            trust.check(List.of(chain));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("a listener calls no servers");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            throw new CertificateException("a listener calls no servers");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("a listener calls no servers");
        }

        /**
         * Empty, so that the request for a certificate names no authorities (RFC 8446, 4.2.4): a list would tell strangers
         * who our partners trust, and would keep clients with pinned, self-signed certificates from showing them.
         */
        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
