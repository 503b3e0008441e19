package io.countersign.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** An authority's web server on loopback: OCSP answers and revocation lists, or whatever else a test tells it to do. */
public final class Responder implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Play> plays = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** What is done with a question. */
    public interface Play {
        void with(HttpExchange exchange) throws IOException;
    }

    private Responder() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::play);
        server.start();
    }

    public static Responder start() {
        try {
            return new Responder();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** From now on, at this path. */
    public Responder at(String path, Play play) {
        plays.put(path, play);
        return this;
    }

    /** Answers by what a supplier gives, made anew each time. */
    public Responder says(String path, Supplier<byte[]> content) {
        return at(path, exchange -> answer(exchange, 200, content.get()));
    }

    public Responder silentAt(String path) {
        return at(path, exchange -> awaitEnd(Long.MAX_VALUE));
    }

    /** Begins an answer at once and goes on with it for ever, a byte now and then. */
    public Responder tricklesAt(String path) {
        return at(path, exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            OutputStream out = exchange.getResponseBody();
            while (!awaitEnd(50)) {
                out.write('x');
                out.flush();
            }
        });
    }

    public Responder closesAt(String path) {
        return at(path, HttpExchange::close);
    }

    /** An answer without an announced length. */
    public Responder oversizedAt(String path, long bytes) {
        return at(path, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] some = new byte[8 * 1024];
            for (long sent = 0; sent < bytes; sent += some.length) {
                exchange.getResponseBody().write(some);
            }
            exchange.close();
        });
    }

    public Responder answersAt(String path, int status, String... location) {
        return at(path, exchange -> {
            if (location.length > 0) {
                exchange.getResponseHeaders().set("Location", location[0]);
            }
            answer(exchange, status, new byte[0]);
        });
    }

    /** How often something was asked for at this path so far. */
    public int asked(String path) {
        AtomicInteger times = asked.get(path);
        return times == null ? 0 : times.get();
    }

    /** A path goes on with the question where that is short enough for it (RFC 6960, appendix A.1). */
    private void play(HttpExchange exchange) throws IOException {
        String whole = exchange.getRequestURI().getPath();
        String path = plays.keySet().stream()
                .filter(known -> whole.startsWith(known + "/"))
                .findFirst()
                .orElse(whole);
        asked.computeIfAbsent(path, key -> new AtomicInteger()).incrementAndGet();
        plays.getOrDefault(path, unknown -> answer(unknown, 404, new byte[0])).with(exchange);
    }

    private static void answer(HttpExchange exchange, int status, byte[] content) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
        exchange.close();
    }

    private boolean awaitEnd(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException ended) {
            return true;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
