package io.countersign.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * What somebody would write in an afternoon: a Jetty that wants a client certificate of one authority, writes what it is sent to
 * a temporary file, flushes that and renames it. No identity, no digest, no receipt, no ledger; the folder is not flushed.
 */
final class BareJetty {
    static final String PASSWORD = "changeit";

    private BareJetty() {}

    /** @param arguments port, folder, key store, trust store */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        Server server = new Server(new QueuedThreadPool(300, 8));
        HttpConfiguration http = new HttpConfiguration();
        http.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(arguments[2]);
        tls.setKeyStorePassword(PASSWORD);
        tls.setTrustStorePath(arguments[3]);
        tls.setTrustStorePassword(PASSWORD);
        tls.setNeedClientAuth(true);
        ServerConnector connector = new ServerConnector(server, tls, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws IOException {
                String name = Objects.requireNonNull(
                                Path.of(request.getHttpURI().getPath()).getFileName())
                        .toString();
                new Pump(request, response, callback, folder.resolve(name)).run();
                return true;
            }
        });
        server.start();
        server.join();
    }

    /** From the network to the file, chunk by chunk, as they come. */
    private static final class Pump implements Runnable {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private final Path file;
        private final Path unfinished;
        private final FileChannel channel;

        Pump(Request request, Response response, Callback callback, Path file) throws IOException {
            this.request = request;
            this.response = response;
            this.callback = callback;
            this.file = file;
            this.unfinished = file.resolveSibling("." + file.getFileName());
            this.channel = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        public void run() {
            try {
                take();
            } catch (IOException failed) {
                callback.failed(failed);
            }
        }

        private void take() throws IOException {
            for (Content.Chunk chunk = request.read(); chunk != null; chunk = request.read()) {
                if (Content.Chunk.isFailure(chunk)) {
                    channel.close();
                    Files.deleteIfExists(unfinished);
                    throw new IOException(chunk.getFailure());
                }
                ByteBuffer bytes = chunk.getByteBuffer();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                boolean last = chunk.isLast();
                chunk.release();
                if (last) {
                    channel.force(false);
                    channel.close();
                    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
                    response.setStatus(201);
                    callback.succeeded();
                    return;
                }
            }
            request.demand(this);
        }
    }
}
