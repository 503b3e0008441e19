package io.countersign.listener;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * A request's body, opened by whoever reads first: opening it is what makes Jetty send {@code 100 Continue}, and a caller
 * that is refused should not be asked for its payload before.
 */
final class Body extends InputStream {
    private static final Duration LINGER_TIME = Duration.ofSeconds(5);
    private static final long LINGER_BYTES = 256L << 20;

    private final HttpServletRequest request;
    private boolean opened;

    Body(HttpServletRequest request) {
        this.request = request;
    }

    @Override
    public int read() throws IOException {
        opened = true;
        return request.getInputStream().read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        opened = true;
        return request.getInputStream().read(buffer, offset, length);
    }

    /**
     * Takes and drops what a refused caller goes on sending, for a while, so that it gets to read its answer (RFC 9112,
     * 9.6): closing at once would reset the connection under a client that sends first and reads then. One that waits for
     * {@code 100 Continue} sends nothing, and is not kept.
     */
    void linger() {
        if (!opened && request.getHeader("Expect") != null) {
            return;
        }
        long end = System.nanoTime() + LINGER_TIME.toNanos();
        byte[] dropped = new byte[16 * 1024];
        try {
            long bytes = 0;
            int read = 0;
            while (read >= 0 && bytes < LINGER_BYTES && System.nanoTime() < end) {
                read = read(dropped, 0, dropped.length);
                bytes += read;
            }
        } catch (IOException gone) {
            // The caller has left; there is nobody to answer.
        }
    }
}
