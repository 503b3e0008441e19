package io.countersign.change;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;

/** Clients that send all the time, on connections that they keep, some requests each, and note whatever goes wrong. */
final class SteadyClients implements AutoCloseable {
    private static final int REQUESTS_PER_CONNECTION = 200;

    private final ExecutorService threads;
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    private SteadyClients(int clients) {
        threads = Executors.newFixedThreadPool(clients);
    }

    static SteadyClients start(int clients, int port, X509Certificate authority, List<Certified> partners) {
        SteadyClients steady = new SteadyClients(clients);
        for (int i = 0; i < clients; i++) {
            Client client = Client.of(authority, partners.get(i % partners.size()));
            String protocol = i % 2 == 0 ? "TLSv1.3" : "TLSv1.2";
            String name = "file-" + i;
            steady.threads.execute(() -> steady.send(client, port, protocol, name));
        }
        return steady;
    }

    int accepted() {
        return accepted.get();
    }

    int connections() {
        return connections.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    private void send(Client client, int port, String protocol, String name) {
        String request = "PUT /exchange/" + name + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
                + "x".repeat(1000);
        while (!over) {
            try (SSLSocket connection = client.connect(port, protocol)) {
                connections.incrementAndGet();
                for (int i = 0; i < REQUESTS_PER_CONNECTION && !over; i++) {
                    Answer answer = Client.exchange(connection, request);
                    if (answer.status() == 201) {
                        accepted.incrementAndGet();
                    } else {
                        failures.add(answer.status() + " " + answer.body());
                    }
                }
            } catch (IOException dropped) {
                failures.add(dropped.toString());
            }
        }
    }

    @Override
    public void close() {
        over = true;
        threads.shutdown();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(threads::isTerminated);
    }
}
