package io.countersign.doctor;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Closes a connection that takes too long as a whole; a socket's own timeout holds for a single read. */
final class TimeLimit implements AutoCloseable {
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CompletableFuture<Void> end;
    private volatile boolean over;

    private TimeLimit(Socket connection, Duration limit) {
        end = CompletableFuture.runAsync(
                () -> {
                    if (ended.compareAndSet(false, true)) {
                        over = true;
                        close(connection);
                    }
                },
                CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
    }

    static TimeLimit on(Socket connection, Duration limit) {
        return new TimeLimit(connection, limit);
    }

    boolean isOver() {
        return over;
    }

    private static void close(Socket connection) {
        try {
            connection.close();
        } catch (IOException broken) {
            // It is given up anyway.
        }
    }

    @Override
    public void close() {
        ended.set(true);
        end.cancel(false);
    }
}
