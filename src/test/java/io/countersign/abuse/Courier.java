package io.countersign.abuse;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A partner who hands over one file after the other, each under a key of its own and again until it has been accepted, whatever
 * the network does; now and then once more, or another under the same key.
 */
final class Courier implements Callable<Map<String, String>> {
    /** What is no refusal for good. */
    private static final Set<Integer> AGAIN = Set.of(0, 408, 409, 429, 503);

    private static final int MOST_BYTES = 60_000;

    private final String name;
    private final Client client;
    private final IntSupplier port;
    private final long until;
    private final Random random;
    /** What was accepted: SHA-256 by key. */
    private final Map<String, String> accepted = new LinkedHashMap<>();

    private @Nullable SSLSocket kept;

    /**
     * @param port by which way the next connection goes
     * @param until a {@link System#nanoTime}
     */
    Courier(String name, TestHome home, Certified own, IntSupplier port, long until) {
        this.name = name;
        this.client = Client.of(home.authority.certificate(), own);
        this.port = port;
        this.until = until;
        this.random = new Random(name.hashCode());
    }

    @Override
    public Map<String, String> call() {
        for (int n = 0; System.nanoTime() < until; n++) {
            String key = name + "-" + n;
            byte[] content = new byte[1 + random.nextInt(MOST_BYTES)];
            random.nextBytes(content);
            deliver(key, content, Set.of(200, 201));
            accepted.put(key, HexFormat.of().formatHex(sha256(content)));
            if (n % 10 == 3) {
                deliver(key, content, Set.of(200));
            }
            if (n % 10 == 7) {
                content[0]++;
                deliver(key, content, Set.of(422));
            }
            if (n % 5 == 0) {
                drop();
            }
        }
        drop();
        return accepted;
    }

    private void deliver(String key, byte[] content, Set<Integer> ends) {
        int status = attempt(key, content);
        while (AGAIN.contains(status)) {
            status = attempt(key, content);
        }
        if (!ends.contains(status)) {
            throw new IllegalStateException(key + " got " + status + " instead of " + ends);
        }
    }

    private int attempt(String key, byte[] content) {
        try {
            SSLSocket socket = kept == null ? client.connect(port.getAsInt()) : kept;
            kept = socket;
            OutputStream out = socket.getOutputStream();
            out.write(("PUT /exchange/" + key + ".bin HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: " + key
                            + "\r\nContent-Digest: sha-256=:"
                            + Base64.getEncoder().encodeToString(sha256(content)) + ":\r\nContent-Length: "
                            + content.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(content);
            out.flush();
            return status(socket.getInputStream());
        } catch (IOException broken) {
            drop();
            return 0;
        }
    }

    /** Of an answer that is read to its end; a connection that ends with it is not used again. */
    private int status(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended within " + head);
            }
            head.append((char) next);
        }
        List<String> lines = head.toString().toLowerCase(Locale.ROOT).lines().toList();
        int length = lines.stream()
                .filter(line -> line.startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        if (in.readNBytes(length).length < length) {
            throw new IOException("ended within its body");
        }
        int status = Integer.parseInt(lines.get(0).substring(9, 12));
        if (status >= 400) {
            drop();
        }
        return status;
    }

    private void drop() {
        SSLSocket over = kept;
        kept = null;
        if (over != null) {
            close(over);
        }
    }

    private static void close(SSLSocket over) {
        try {
            over.close();
        } catch (IOException gone) {
            // it is closed all the same
        }
    }

    static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
