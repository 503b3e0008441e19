package io.countersign.doctor;

import io.countersign.tls.ListenerTls;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
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
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A handshake that only looks: it takes whatever certificate the server shows, to be judged afterwards, shows none of ours,
 * and sends no request. Nothing but an explanation may be built on it.
 */
final class Look {
    private final String version;
    private String suite = "";
    private List<X509Certificate> chain = List.of();
    private List<byte[]> stapled = List.of();
    private @Nullable Request request;
    private @Nullable IOException failure;

    /** That the server asks for a certificate, and for which. */
    record Request(Set<String> keyTypes, List<X500Principal> authorities) {}

    private Look(String version) {
        this.version = version;
    }

    /** @param version the only one that is offered */
    static Look at(Network network, String host, int port, String version) {
        Look look = new Look(version);
        Duration wait = network.patience().handshake();
        try (Socket connected = network.connect(wait);
                TimeLimit limit = TimeLimit.on(connected, wait)) {
            try {
                look.handshake(connected, host, port);
            } catch (IOException failed) {
                look.failure = limit.isOver() ? new java.net.SocketTimeoutException("time is over") : failed;
            }
        } catch (IOException failed) {
            look.failure = failed;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
        return look;
    }

    private void handshake(Socket connected, String host, int port) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new Nothing()}, new TrustManager[] {new Anybody()}, new SecureRandom());
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(connected, host, port, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setCipherSuites(ListenerTls.CIPHER_SUITES.toArray(String[]::new));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            suite = socket.getSession().getCipherSuite();
        }
    }

    /** Whether the server has proved to have the key of what it has shown; it may have turned us away after that. */
    boolean worked() {
        return !chain.isEmpty() && (failure == null || request != null);
    }

    String version() {
        return version.replace("TLSv", "TLS ");
    }

    String suite() {
        return suite;
    }

    List<X509Certificate> chain() {
        return chain;
    }

    List<byte[]> stapled() {
        return stapled;
    }

    @Nullable
    Request request() {
        return request;
    }

    @Nullable
    IOException failure() {
        return failure;
    }

    private void saw(X509Certificate[] shown, @Nullable SSLSession handshake) {
        chain = List.of(shown);
        if (handshake instanceof ExtendedSSLSession session) {
            suite = session.getCipherSuite();
            stapled = session.getStatusResponses();
        }
    }

    private final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] shown, String authType) {
            saw(shown, null);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String authType, Socket socket) {
            saw(shown, socket instanceof SSLSocket tls ? tls.getHandshakeSession() : null);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String authType, SSLEngine engine) {
            saw(shown, engine.getHandshakeSession());
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String authType) {
            throw new IllegalStateException("a caller has no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String authType, Socket socket) {
            throw new IllegalStateException("a caller has no clients");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String authType, SSLEngine engine) {
            throw new IllegalStateException("a caller has no clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private final class Nothing extends X509ExtendedKeyManager {
        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            Set<String> types = new LinkedHashSet<>();
            List<X500Principal> authorities = new ArrayList<>();
            if (request != null) {
                types.addAll(request.keyTypes());
                authorities.addAll(request.authorities());
            }
            types.addAll(List.of(keyTypes));
            Stream.of(issuers == null ? new Principal[0] : issuers)
                    .map(issuer -> issuer instanceof X500Principal name ? name : new X500Principal(issuer.getName()))
                    .filter(name -> !authorities.contains(name))
                    .forEach(authorities::add);
            request = new Request(types, authorities);
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
