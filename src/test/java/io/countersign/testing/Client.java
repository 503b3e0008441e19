package io.countersign.testing;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A caller on a real socket: trusts one authority, shows one certificate or none. */
public final class Client {
    private final SSLContext context;

    private Client(SSLContext context) {
        this.context = context;
    }

    public static Client of(X509Certificate authority, @Nullable Certified own) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own == null ? null : own.keyManagers(), trust(authority), null);
            return new Client(context);
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** One that shows what it has as it is, in whatever order, with a key that need not fit. */
    public static Client showing(X509Certificate authority, Certified own) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new AsItIs(own)}, trust(authority), null);
            return new Client(context);
        } catch (IOException | GeneralSecurityException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public HttpClient http() {
        return HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    public HttpResponse<String> put(URI target, String content, String... headers)
            throws IOException, InterruptedException {
        return send(target, "PUT", BodyPublishers.ofString(content), headers);
    }

    public HttpResponse<String> get(URI target) throws IOException, InterruptedException {
        return send(target, "GET", BodyPublishers.noBody());
    }

    public HttpResponse<String> send(URI target, String method, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target).method(method, body).timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http().send(request.build(), BodyHandlers.ofString());
    }

    /** A TLS connection on which a test writes and reads whatever it likes; its handshake is done. */
    public SSLSocket connect(int port, String... protocols) throws IOException {
        return connect("127.0.0.1", port, protocols);
    }

    /** @param from the local address to call from, whose family decides which loopback is called */
    public SSLSocket connect(String from, int port, String... protocols) throws IOException {
        Socket plain = new Socket();
        plain.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        plain.connect(new InetSocketAddress(from.contains(":") ? "::1" : "127.0.0.1", port), 10_000);
        plain.setSoTimeout(20_000);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.startHandshake();
        return socket;
    }

    /**
     * The same behind a PROXY header, or whatever else goes before TLS.
     *
     * @param whole whether it goes out in one piece with the first of the handshake, else each byte alone
     */
    public SSLSocket connect(String from, int port, byte[] before, boolean whole, String... protocols)
            throws IOException {
        Socket plain = new Preceded(before, whole);
        plain.setTcpNoDelay(true);
        plain.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        plain.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
        plain.setSoTimeout(20_000);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        socket.startHandshake();
        return socket;
    }

    /** Writes something before the first that is written. */
    private static final class Preceded extends Socket {
        private final boolean whole;
        private byte[] before;

        Preceded(byte[] before, boolean whole) {
            this.before = before;
            this.whole = whole;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    byte[] first = before;
                    before = new byte[0];
                    if (whole) {
                        out.write(ProxyBytes.joined(first, Arrays.copyOfRange(bytes, offset, offset + length)));
                        return;
                    }
                    for (byte each : first) {
                        out.write(each);
                    }
                    out.write(bytes, offset, length);
                }
            };
        }
    }

    /** The same over a connection that there is, to a host of this name. */
    public SSLSocket over(Socket connected, String host) throws IOException {
        connected.setSoTimeout(20_000);
        return (SSLSocket) context.getSocketFactory().createSocket(connected, host, connected.getPort(), true);
    }

    /** A connection whose handshake a test sets up and starts itself. */
    public SSLSocket unconnected(int port) throws IOException {
        Socket plain = new Socket("127.0.0.1", port);
        plain.setSoTimeout(20_000);
        return (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
    }

    /** The authorities that a server names when it asks for a certificate. */
    public static List<Principal> authoritiesAskedFor(X509Certificate authority, int port) throws Exception {
        List<Principal> asked = new ArrayList<>();
        List<String> times = new ArrayList<>();
        X509ExtendedKeyManager listening = new X509ExtendedKeyManager() {
            @Override
            public @Nullable String chooseClientAlias(
                    String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
                times.add("asked");
                asked.addAll(issuers == null ? List.of() : List.of(issuers));
                return null;
            }

            @Override
            public String[] getClientAliases(String keyType, Principal[] issuers) {
                return new String[0];
            }

            @Override
            public String[] getServerAliases(String keyType, Principal[] issuers) {
                return new String[0];
            }

            @Override
            public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
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
        };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {listening}, trust(authority), null);
        try (SSLSocket socket = new Client(context).connect(port)) {
            socket.getInputStream().read();
        } catch (IOException refusedWithoutCertificate) {
            times.add("refused");
        }
        if (!times.contains("asked")) {
            throw new AssertionError("the server did not ask for a certificate: " + times);
        }
        return asked;
    }

    public static TrustManager[] trust(X509Certificate authority) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        return trust.getTrustManagers();
    }

    /** Writes a request as it stands and reads the answer to its end, as far as it comes. */
    public static Answer exchange(SSLSocket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return Answer.read(socket.getInputStream());
    }

    /** The first message of a handshake, as JSSE would send it. */
    public static byte[] hello() throws GeneralSecurityException, IOException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer offer = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), offer);
        return Arrays.copyOf(offer.array(), offer.position());
    }
}
