package io.countersign.abuse;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/** A partner who goes on sending while others misbehave, also over new connections, and remembers how long each answer took. */
final class Bystander implements AutoCloseable {
    private static final String FILE = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";
    private static final int WARM = 50;
    private static final int EACH = 10;

    private static final int TRIES = 3;

    private final Client client;
    private final int port;
    private final List<Long> nanos = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final long calm;
    private volatile boolean over;

    /** Sends a few files first, which do not count. */
    Bystander(TestHome home, Certified partner, int port) throws IOException {
        this.client = Client.of(home.authority.certificate(), partner);
        this.port = port;
        try (SSLSocket warm = client.connect(port)) {
            for (int i = 0; i < WARM; i++) {
                send(warm);
            }
        }
        calm = p99();
        nanos.clear();
        Thread thread = new Thread(this::run, "bystander");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            int sent = WARM;
            while (!over) {
                long began = System.nanoTime();
                try (SSLSocket socket = opened()) {
                    nanos.set(nanos.size() - 1, System.nanoTime() - began);
                    sent++;
                    for (int i = 1; i < EACH && !over; i++, sent++) {
                        send(socket);
                    }
                }
            }
            end.complete(sent);
        } catch (IOException | RuntimeException failed) {
            end.completeExceptionally(failed);
        }
    }

    /** As partners do, it tries again where a new connection has given way to others; what that takes counts. */
    private SSLSocket opened() throws IOException {
        for (int tries = 1; ; tries++) {
            SSLSocket socket = null;
            try {
                socket = client.connect(port);
                send(socket);
                return socket;
            } catch (IOException gaveWay) {
                if (socket != null) {
                    socket.close();
                }
                if (tries == TRIES) {
                    throw gaveWay;
                }
            }
        }
    }

    private void send(SSLSocket socket) throws IOException {
        long began = System.nanoTime();
        Answer answer = Client.exchange(socket, FILE);
        if (answer.status() != 201) {
            throw new IllegalStateException(answer.toString());
        }
        nanos.add(System.nanoTime() - began);
    }

    /** How many were accepted so far; fails where one was not. */
    int measured() {
        if (end.isCompletedExceptionally()) {
            end.join();
        }
        return nanos.size();
    }

    /** Milliseconds that no answer should take longer than, on a machine that may be busy with other things. */
    long bearable() {
        return Math.max(500, 4 * calm);
    }

    /** Milliseconds within which 99 of 100 had their answer, over new connections too. */
    long p99() {
        List<Long> sorted = nanos.stream().sorted().toList();
        return TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() * 99 / 100));
    }

    /** Ends, and says how many files were accepted in all; fails where one was not. */
    int sent() throws Exception {
        over = true;
        return end.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        over = true;
    }
}
