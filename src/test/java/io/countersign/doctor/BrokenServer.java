package io.countersign.doctor;

import io.countersign.testing.Certified;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** A server on loopback that is set up wrongly in one way; right in all others, with TLS 1.3 and 1.2. */
final class BrokenServer implements AutoCloseable {
    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    /** What it does with a connection. */
    interface Conversation {
        void with(Socket connection) throws IOException;
    }

    private BrokenServer(Conversation conversation) {
        try {
            listening = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        threads.execute(() -> {
            while (!listening.isClosed()) {
                try {
                    Socket connection = listening.accept();
                    connections.add(connection);
                    threads.execute(() -> converse(conversation, connection));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    static BrokenServer start(Conversation conversation) {
        return new BrokenServer(conversation);
    }

    private static void converse(Conversation conversation, Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            conversation.with(connection);
            if (!connection.isClosed()) {
                // Closing with anything unread would reset the connection, and could overtake what was said last.
                connection.shutdownOutput();
                connection.setSoTimeout(1000);
                connection.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
        } catch (IOException ended) {
            // As connections end.
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Says something before or instead of reading. */
    static Conversation says(String text) {
        return connection -> connection.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static Conversation silent() {
        return connection -> connection.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    /** With the first of TLS; sooner, and it may come while the connection is being made. */
    static Conversation resets() {
        return connection -> {
            hello(connection);
            connection.setSoLinger(true, 0);
            connection.close();
        };
    }

    /** The first record, header included. */
    static byte[] hello(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        byte[] head = in.readNBytes(5);
        record.writeBytes(head);
        record.writeBytes(in.readNBytes(((head[3] & 0xff) << 8) | (head[4] & 0xff)));
        return record.toByteArray();
    }

    static void alert(Socket connection, int description) throws IOException {
        connection.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, (byte) description});
    }

    static Conversation alerts(int description) {
        return connection -> {
            hello(connection);
            alert(connection, description);
        };
    }

    /** The TLS of a server, and what it answers; each method changes one thing. */
    static final class Tls implements Conversation {
        private final List<X509Certificate> chain;
        private PrivateKey key;
        private String[] protocols = {"TLSv1.3", "TLSv1.2"};
        private boolean asks = true;
        private X509Certificate[] authorities = {};
        private Judge judge = (shown, tls, raw) -> {};
        private @Nullable String onlyName;
        private String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

        /** Throws where it does not accept what a client has shown. */
        interface Judge {
            void check(X509Certificate[] shown, SSLSocket tls, Socket raw) throws CertificateException;
        }

        private Tls(PrivateKey key, List<X509Certificate> chain) {
            this.key = key;
            this.chain = chain;
        }

        static Tls of(Certified identity) {
            return new Tls(identity.keys().getPrivate(), identity.chain());
        }

        /** The same key, with its certificates as they are given. */
        static Tls of(Certified identity, X509Certificate... chain) {
            return new Tls(identity.keys().getPrivate(), List.of(chain));
        }

        Tls key(Certified other) {
            key = other.keys().getPrivate();
            return this;
        }

        Tls only(String protocol) {
            protocols = new String[] {protocol};
            return this;
        }

        Tls asksNobody() {
            asks = false;
            return this;
        }

        Tls asksFor(Certified... these) {
            authorities = List.of(these).stream().map(Certified::certificate).toArray(X509Certificate[]::new);
            return this;
        }

        Tls judge(Judge by) {
            judge = by;
            return this;
        }

        /** Turns our certificate away with an alert, which is not encrypted under TLS 1.2; under 1.3, JSSE chooses it. */
        Tls alertsUnder12(int description) {
            return only("TLSv1.2").judge((shown, tls, raw) -> {
                try {
                    alert(raw, description);
                    raw.shutdownOutput();
                } catch (IOException broken) {
                    throw new CertificateException(broken);
                }
                throw new CertificateException("refused");
            });
        }

        Tls serves(String name) {
            onlyName = name;
            return this;
        }

        Tls answers(String text) {
            answer = text;
            return this;
        }

        @Override
        public void with(Socket connection) throws IOException {
            with(connection, new byte[0]);
        }

        /** @param read of the connection already */
        void with(Socket connection, byte[] read) throws IOException {
            SSLSocket tls;
            try {
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(
                        new X509ExtendedKeyManager[] {new Shown()}, new TrustManager[] {new Clients(connection)}, null);
                tls = (SSLSocket)
                        context.getSocketFactory().createSocket(connection, new ByteArrayInputStream(read), false);
            } catch (GeneralSecurityException failed) {
                throw new IllegalStateException(failed);
            }
            tls.setUseClientMode(false);
            tls.setEnabledProtocols(protocols);
            if (onlyName != null) {
                SSLParameters parameters = tls.getSSLParameters();
                SNIMatcher matcher = SNIHostName.createSNIMatcher(onlyName.replace(".", "\\."));
                parameters.setSNIMatchers(List.of(matcher));
                tls.setSSLParameters(parameters);
            }
            tls.setNeedClientAuth(asks);
            tls.startHandshake();
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                int next = tls.getInputStream().read();
                if (next < 0) {
                    return;
                }
                head.append((char) next);
            }
            if (answer.equals(SILENT)) {
                connection.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
            tls.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
            tls.shutdownOutput();
        }

        static final String SILENT = "silent";

        private final class Shown extends X509ExtendedKeyManager {
            @Override
            public @Nullable String chooseServerAlias(
                    String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
                return keyType.equals(key.getAlgorithm()) ? "own" : null;
            }

            @Override
            public X509Certificate[] getCertificateChain(String alias) {
                return chain.toArray(X509Certificate[]::new);
            }

            @Override
            public PrivateKey getPrivateKey(String alias) {
                return key;
            }

            @Override
            public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
                return new String[] {"own"};
            }

            @Override
            public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
                return new String[0];
            }

            @Override
            public @Nullable String chooseClientAlias(
                    String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
                return null;
            }
        }

        private final class Clients extends X509ExtendedTrustManager {
            private final Socket raw;

            Clients(Socket raw) {
                this.raw = raw;
            }

            @Override
            public void checkClientTrusted(X509Certificate[] shown, String authType, Socket socket)
                    throws CertificateException {
                judge.check(shown, (SSLSocket) socket, raw);
            }

            @Override
            public void checkClientTrusted(X509Certificate[] shown, String authType) throws CertificateException {
                throw new CertificateException("without a connection");
            }

            @Override
            public void checkClientTrusted(X509Certificate[] shown, String authType, SSLEngine engine)
                    throws CertificateException {
                throw new CertificateException("without a connection");
            }

            @Override
            public void checkServerTrusted(X509Certificate[] shown, String authType) throws CertificateException {
                throw new CertificateException("calls no servers");
            }

            @Override
            public void checkServerTrusted(X509Certificate[] shown, String authType, Socket socket)
                    throws CertificateException {
                throw new CertificateException("calls no servers");
            }

            @Override
            public void checkServerTrusted(X509Certificate[] shown, String authType, SSLEngine engine)
                    throws CertificateException {
                throw new CertificateException("calls no servers");
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return authorities.clone();
            }
        }
    }
}
