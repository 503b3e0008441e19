package io.countersign.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a call: the identity that we show where the server asks for one, and which server is the right one. Every call
 * has a handshake of its own, without resumption, so that what is trusted now decides. Fails closed: no byte is sent to a
 * server that has not been verified.
 *
 * @param verifyHost whether the server's certificate must name the host that was dialled
 */
public record CallerTls(
        Identity identity, ServerTrust trust, boolean verifyHost, RevocationCheck revocation, Clock clock) {
    /**
     * Does the handshake on a connected socket, which closes with the returned one.
     *
     * @throws IOException where it fails; {@link ServerCertificateException} is the cause where the server's certificate is
     */
    public SSLSocket handshake(Socket connected, String host, int port) throws IOException {
        return handshake(connected, host, port, ListenerTls.PROTOCOLS);
    }

    /**
     * The same with only some of the versions that calls speak.
     *
     * @param versions of {@link ListenerTls#PROTOCOLS}
     */
    public SSLSocket handshake(Socket connected, String host, int port, List<String> versions) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new Shown(identity)},
                    new TrustManager[] {new Verified(verifyHost ? host : "")},
                    new SecureRandom());
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(connected, host, port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(versions.toArray(String[]::new));
            parameters.setCipherSuites(ListenerTls.CIPHER_SUITES.toArray(String[]::new));
            parameters.setAlgorithmConstraints(new Strength());
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /** Brings {@link ServerTrust} to JSSE; asked about clients, it refuses. */
    private final class Verified extends X509ExtendedTrustManager {
        private final String host;

        Verified(String host) {
            this.host = host;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain, null);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain, socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain, engine.getHandshakeSession());
        }

        private void check(X509Certificate[] chain, @Nullable SSLSession handshake) throws CertificateException {
            List<Issued> path = trust.check(chain, host, clock.instant());
            try {
                revocation.check(
                        path,
                        handshake instanceof ExtendedSSLSession session ? session.getStatusResponses() : List.of());
            } catch (RevocationException refused) {
                throw new ServerCertificateException(refused);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("a caller has no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            throw new CertificateException("a caller has no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("a caller has no clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /**
     * Shows the one identity whenever a server asks, whichever authorities it names: a server that pins our certificate
     * need not name its issuer, and one that does not want it says so better than a handshake without any.
     */
    private static final class Shown extends X509ExtendedKeyManager {
        private static final String ALIAS = "own";

        private final Identity identity;

        Shown(Identity identity) {
            this.identity = identity;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return Arrays.asList(keyTypes).contains(identity.key().getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return identity.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.key();
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
