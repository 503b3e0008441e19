package io.countersign.testing;

import io.countersign.testing.Step.AtConnect;
import io.countersign.testing.Step.OnRequest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A partner's HTTPS server on loopback that does what a test tells it: each request, or connection, is dealt with by the next
 * {@link Step} of its script, and by {@link Step#accept} once there is none. Closing it fails if a step did.
 */
public final class ScriptedServer implements AutoCloseable {
    private final ServerTls tls;
    private final ServerSocket listening = new ServerSocket();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Step> script = new ArrayDeque<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<IOException> handshakeFailures = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<Void>> conversations = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> listener;
    private Step otherwise = Step.accept();
    private boolean forgetful;

    private ScriptedServer(ServerTls tls, String address, int port, int receiveBuffer) throws IOException {
        this.tls = tls;
        if (receiveBuffer > 0) {
            listening.setReceiveBufferSize(receiveBuffer);
        }
        listening.bind(new InetSocketAddress(InetAddress.getByName(address), port));
        listener = CompletableFuture.runAsync(this::listen, threads);
    }

    public static ScriptedServer start(ServerTls tls) {
        return start(tls, "127.0.0.1", 0, 0);
    }

    /** @param receiveBuffer in bytes; a small one lets a client notice sooner that nobody reads; 0 leaves it alone */
    public static ScriptedServer start(ServerTls tls, int receiveBuffer) {
        return start(tls, "127.0.0.1", 0, receiveBuffer);
    }

    /** @param address of this machine */
    public static ScriptedServer start(ServerTls tls, String address) {
        return start(tls, address, 0, 0);
    }

    /** Starts where nobody listened before. */
    public static ScriptedServer startAt(int port, ServerTls tls) {
        return start(tls, "127.0.0.1", port, 0);
    }

    private static ScriptedServer start(ServerTls tls, String address, int port, int receiveBuffer) {
        try {
            return new ScriptedServer(tls, address, port, receiveBuffer);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Adds to the script; what comes before a step for a connection closes its own, so that there will be another. */
    public synchronized ScriptedServer then(Step... steps) {
        script.addAll(List.of(steps));
        return this;
    }

    /** What is done once the script is at its end. */
    public synchronized ScriptedServer otherwise(Step step) {
        otherwise = step;
        return this;
    }

    /** Does without {@link #seen}, for a test whose requests do not fit into memory together. */
    public synchronized ScriptedServer forgetful() {
        forgetful = true;
        return this;
    }

    public int port() {
        return listening.getLocalPort();
    }

    public URI url(String path) {
        return URI.create("https://localhost:" + port() + path);
    }

    /** The requests so far, whose bodies may be still on their way. */
    public List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** How many connections there were so far, with and without a handshake. */
    public int connections() {
        return connections.size();
    }

    /** Without those that a step only played. */
    public List<IOException> handshakeFailures() {
        return List.copyOf(handshakeFailures);
    }

    /** Waits for the server's side of a failed handshake, which may come after the client's. */
    public IOException handshakeFailure() {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(10))
                .until(() -> !handshakeFailures.isEmpty());
        return handshakeFailures.get(0);
    }

    private void listen() {
        try {
            while (true) {
                Socket connection = listening.accept();
                connections.add(connection);
                conversations.add(CompletableFuture.runAsync(() -> converse(connection), threads));
            }
        } catch (IOException closed) {
            if (!listening.isClosed()) {
                throw new UncheckedIOException(closed);
            }
        }
    }

    private void converse(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            AtConnect instead = insteadOfHandshake();
            if (instead != null) {
                instead.play().with(connection);
                return;
            }
            SSLSocket secured = handshake(connection);
            BufferedInputStream in = new BufferedInputStream(secured.getInputStream());
            boolean open = true;
            while (open) {
                Seen request = new Seen(connection, secured, in);
                OnRequest step = next(request);
                if (step != null) {
                    step.play().with(request);
                }
                open = step != null && request.whole() && !request.last() && !connection.isClosed();
            }
            if (!connection.isClosed()) {
                secured.shutdownOutput();
            }
        } catch (IOException ended) {
            // By the client, a step or close(), as connections end.
        }
    }

    private synchronized @Nullable AtConnect insteadOfHandshake() {
        Step next = script.isEmpty() ? otherwise : script.element();
        if (next instanceof AtConnect instead) {
            script.poll();
            return instead;
        }
        return tls.isTooOld() ? Step.noCommonVersion() : null;
    }

    /** Null where the script goes on with a connection: then this one ends, as an idle one may at any time. */
    private synchronized @Nullable OnRequest next(Seen request) {
        if (!((script.isEmpty() ? otherwise : script.element()) instanceof OnRequest step)) {
            return null;
        }
        script.poll();
        if (!forgetful) {
            seen.add(request);
        }
        if (script.peek() instanceof AtConnect) {
            request.makeLast();
        }
        return step;
    }

    private SSLSocket handshake(Socket connection) throws IOException {
        try {
            return tls.handshake(connection);
        } catch (IOException failed) {
            handshakeFailures.add(failed);
            // Closing with anything unread would reset the connection, and could overtake the alert.
            connection.shutdownOutput();
            connection.getInputStream().transferTo(OutputStream.nullOutputStream());
            throw failed;
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
            listener.join();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            threads.shutdownNow();
        }
        CompletableFuture.allOf(conversations.toArray(CompletableFuture<?>[]::new))
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }
}
