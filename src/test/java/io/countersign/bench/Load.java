package io.countersign.bench;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** Callers who all send files of one size to one server, each as fast as it is answered. */
final class Load {
    private static final int CHUNK = 64 * 1024;
    private static final int PATIENCE_MILLIS = 120_000;

    private final KeyManager[] keys;
    private final TrustManager[] trust;

    /** How connections are used. */
    enum Connections {
        KEPT,
        NEW,
        RESUMED
    }

    /**
     * What is sent.
     *
     * @param bytes of each file
     * @param callers at the same time
     * @param time after which no other file is begun
     * @param most files in all
     */
    record Work(String name, long bytes, int callers, Connections connections, Duration time, int most) {}

    /**
     * What came of it.
     *
     * @param seconds in all
     * @param millis how long each took that succeeded, ascending
     */
    record Result(int failed, double seconds, List<Double> millis) {
        double perSecond() {
            return millis.size() / seconds;
        }

        double percentile(int percent) {
            return millis.isEmpty()
                    ? Double.NaN
                    : millis.get(Math.min(millis.size() - 1, millis.size() * percent / 100));
        }
    }

    Load(Certified authority, Certified caller) throws GeneralSecurityException, IOException {
        trust = Client.trust(authority.certificate());
        keys = caller.keyManagers();
    }

    Result put(int port, String path, Work work) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(work.callers());
        AtomicInteger left = new AtomicInteger(work.most());
        AtomicInteger failed = new AtomicInteger();
        long began = System.nanoTime();
        long end = began + work.time().toNanos();
        List<Future<List<Double>>> callers = new ArrayList<>();
        for (int i = 0; i < work.callers(); i++) {
            String name = path + Long.toString(began, Character.MAX_RADIX) + "-" + i;
            callers.add(threads.submit(() -> call(port, name, work, left, failed, end)));
        }
        List<Double> millis = new ArrayList<>();
        for (Future<List<Double>> caller : callers) {
            try {
                millis.addAll(caller.get());
            } catch (ExecutionException broken) {
                throw new IllegalStateException(broken);
            }
        }
        threads.shutdown();
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Result(failed.get(), seconds, millis.stream().sorted().toList());
    }

    private List<Double> call(int port, String name, Work work, AtomicInteger left, AtomicInteger failed, long end)
            throws GeneralSecurityException, IOException {
        List<Double> millis = new ArrayList<>();
        SSLContext context = context();
        SSLSocket socket = null;
        for (int i = 0; left.getAndDecrement() > 0 && System.nanoTime() < end; i++) {
            long began = System.nanoTime();
            try {
                if (socket == null) {
                    context = work.connections() == Connections.NEW ? context() : context;
                    socket = connect(context, port);
                }
                put(socket, name + "-" + i, work.bytes());
                millis.add((System.nanoTime() - began) / 1e6);
                if (work.connections() == Connections.KEPT) {
                    continue;
                }
            } catch (IOException broken) {
                failed.incrementAndGet();
            }
            close(socket);
            socket = null;
        }
        close(socket);
        return millis;
    }

    /** With its own memory of sessions. */
    private SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust, null);
        return context;
    }

    private static SSLSocket connect(SSLContext context, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void put(SSLSocket socket, String path, long bytes) throws IOException {
        String head = "PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes + "\r\n\r\n";
        byte[] first =
                Arrays.copyOf(head.getBytes(StandardCharsets.US_ASCII), head.length() + (int) Math.min(bytes, CHUNK));
        OutputStream out = socket.getOutputStream();
        out.write(first);
        byte[] chunk = new byte[(int) Math.min(bytes, CHUNK)];
        for (long left = bytes - (first.length - head.length()); left > 0; left -= Math.min(left, CHUNK)) {
            out.write(chunk, 0, (int) Math.min(left, CHUNK));
        }
        answer(socket.getInputStream());
    }

    private static void answer(InputStream in) throws IOException {
        BufferedInputStream answer = new BufferedInputStream(in);
        String status = line(answer);
        int length = 0;
        for (String field = line(answer); !field.isEmpty(); field = line(answer)) {
            if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        field.substring("content-length:".length()).strip());
            }
        }
        if (answer.readNBytes(length).length != length || !status.startsWith("HTTP/1.1 2")) {
            throw new IOException(status);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("ended in " + line);
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    private static void close(@Nullable SSLSocket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException gone) {
            // Nobody needs it any more.
        }
    }
}
