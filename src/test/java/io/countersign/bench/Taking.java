package io.countersign.bench;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Somebody who takes whatever is sent, with a client certificate, keeps nothing, and knows when each file had come. */
final class Taking implements AutoCloseable {
    private final Server server = new Server();
    private final ServerConnector connector;
    private final List<Came> came = new ArrayList<>();

    /**
     * One file.
     *
     * @param began when the first of it was read, as {@link System#nanoTime}
     * @param ended when all of it was
     */
    record Came(long began, long ended) {}

    Taking(Certified authority, Certified company) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(company.keyManagers(), Client.trust(authority.certificate()), null);
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(context);
        tls.setNeedClientAuth(true);
        connector = new ServerConnector(server, tls, new HttpConnectionFactory());
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                long began = System.nanoTime();
                Content.Source.consumeAll(
                        request,
                        Callback.from(
                                () -> {
                                    came(new Came(began, System.nanoTime()));
                                    response.setStatus(201);
                                    callback.succeeded();
                                },
                                callback::failed));
                return true;
            }
        });
        server.start();
    }

    int port() {
        return connector.getLocalPort();
    }

    private synchronized void came(Came one) {
        came.add(one);
        notifyAll();
    }

    synchronized void forget() {
        came.clear();
    }

    /** Waits until so many have come since it forgot. */
    synchronized List<Came> await(int many, long seconds) throws InterruptedException, TimeoutException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (came.size() < many) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                throw new TimeoutException(came.size() + " of " + many + " have come");
            }
            wait(millis);
        }
        return List.copyOf(came);
    }

    /** Files per second, between the {@code first}th and the {@code last}th. */
    double rate(int first, int last, long seconds) throws InterruptedException, TimeoutException {
        List<Came> all = await(last, seconds);
        return (last - first) / ((all.get(last - 1).ended() - all.get(first - 1).ended()) / 1e9);
    }

    @Override
    public void close() {
        LifeCycle.stop(server);
    }
}
