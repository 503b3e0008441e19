package io.countersign.abuse;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.TestHome;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLSocket;

/** Somebody who tries everything once, again and again: nothing of it may become a file. */
final class Mischief implements Callable<Integer> {
    private static final int HELD = 40;
    private static final List<String> REFUSED = List.of(
            "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "PUT /exchange/a HTTP/1.1\r\nHost : localhost\r\nContent-Length: 1\r\n\r\nx",
            "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nz\r\nx\r\n0\r\n\r\n",
            "PUT /exchange/..%2Fa HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx",
            "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Digest: sha-256=:AAAA:\r\nContent-Length: 1\r\n\r\nx",
            "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
            "DELETE /exchange/a HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n");
    private static final String BEGUN =
            "PUT /exchange/broken HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nbegun";

    private final int port;
    private final long until;
    private final Random random;
    private final Client own;
    private final Client stranger;
    private final TestHome home;
    private final Certified certified;
    /** Those that are left as they are, until others take their place. */
    private final Deque<Closeable> held = new ArrayDeque<>();

    Mischief(TestHome home, Certified certified, int port, long until, long seed) {
        this.home = home;
        this.certified = certified;
        this.port = port;
        this.until = until;
        this.random = new Random(seed);
        this.own = Client.of(home.authority.certificate(), certified);
        this.stranger = Client.showing(
                home.authority.certificate(), Issue.to("CN=stranger").selfSigned());
    }

    @Override
    public Integer call() throws IOException {
        int tried = 0;
        for (; System.nanoTime() < until; tried++) {
            try {
                someOf(random.nextInt(8));
            } catch (IOException refused) {
                // as it should be
            }
            while (held.size() > HELD) {
                held.remove().close();
            }
        }
        while (!held.isEmpty()) {
            held.remove().close();
        }
        return tried;
    }

    private void someOf(int which) throws IOException {
        switch (which) {
            case 0 -> held.add(plain());
            case 1 -> {
                Socket garbage = plain();
                held.add(garbage);
                byte[] bytes = new byte[1 + random.nextInt(2_000)];
                random.nextBytes(bytes);
                bytes[0] = random.nextBoolean() ? 22 : bytes[0];
                garbage.getOutputStream().write(bytes);
            }
            case 2 -> plain().close();
            case 3 -> ask(stranger, REFUSED.get(0));
            case 4 -> ask(Client.showing(home.authority.certificate(), Changed.of(certified, random)), REFUSED.get(0));
            case 5 -> {
                SSLSocket slow = own.connect(port);
                held.add(slow);
                slow.getOutputStream().write(BEGUN.getBytes(StandardCharsets.US_ASCII));
                slow.getOutputStream().flush();
            }
            case 6 -> {
                try (Socket plain = plain()) {
                    own.over(plain, "localhost").getOutputStream().write(BEGUN.getBytes(StandardCharsets.US_ASCII));
                    plain.setSoLinger(true, 0);
                }
            }
            default -> ask(own, REFUSED.get(random.nextInt(REFUSED.size())));
        }
    }

    private Socket plain() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private void ask(Client client, String request) throws IOException {
        try (SSLSocket socket = client.connect(port)) {
            int status = Client.exchange(socket, request).status();
            if (status < 400) {
                throw new IllegalStateException(status + " for " + request);
            }
        }
    }
}
