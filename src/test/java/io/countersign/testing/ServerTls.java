package io.countersign.testing;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.camel.support.jsse.ClientAuthentication;

/** The TLS of a {@link ScriptedServer}: 1.3 and 1.2, and any client that shows a certificate, unless said otherwise. */
public final class ServerTls {
    private static final List<String> SPOKEN = List.of("TLSv1.3", "TLSv1.2");

    private final SSLContext context;
    private List<String> protocols = SPOKEN;
    private ClientAuthentication clients = ClientAuthentication.REQUIRE;
    private volatile Predicate<X509Certificate> accepted = certificate -> true;

    private ServerTls(KeyManager... identity) {
        try {
            context = SSLContext.getInstance("TLS");
            context.init(identity, new TrustManager[] {new Judge()}, null);
        } catch (GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public static ServerTls of(Certified identity) {
        return new ServerTls(identity.keyManagers());
    }

    /** Shows what it has as it is, in whatever order. */
    public static ServerTls showing(Certified identity) {
        return new ServerTls(new AsItIs(identity));
    }

    /** Brings along what the responder says that the certificate names; its issuer's must be behind it. */
    public static ServerTls stapling(Certified identity) {
        System.setProperty("jdk.tls.server.enableStatusRequestExtension", "true"); // looked at by each new context
        return new ServerTls(identity.keyManagers());
    }

    /** Speaks only these; with none that JSSE still speaks, every client meets {@link Step#noCommonVersion}. */
    public ServerTls protocols(String... these) {
        protocols = List.of(these);
        return this;
    }

    /** Whether clients are asked for a certificate. */
    public ServerTls clients(ClientAuthentication these) {
        clients = these;
        return this;
    }

    /** Which certificates are good, from now on; a session that is resumed is not asked about again. */
    public ServerTls accepting(Predicate<X509Certificate> these) {
        accepted = these;
        return this;
    }

    boolean isTooOld() {
        return protocols.stream().noneMatch(SPOKEN::contains);
    }

    SSLSocket handshake(Socket connection) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(connection, null, false);
        tls.setEnabledProtocols(protocols.toArray(String[]::new));
        tls.setWantClientAuth(clients == ClientAuthentication.WANT);
        if (clients == ClientAuthentication.REQUIRE) {
            tls.setNeedClientAuth(true);
        }
        tls.startHandshake();
        return tls;
    }

    private final class Judge extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            if (!accepted.test(chain[0])) {
                throw new CertificateException("not accepted: " + chain[0].getSubjectX500Principal());
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("calls no servers");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
