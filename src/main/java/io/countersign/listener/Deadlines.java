package io.countersign.listener;

import io.countersign.settings.LimitTerms;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all connections of a listener once a second, and ends those that take too long: for their handshake, the header of a
 * request, its body, the whole of it, or between two. A single byte now and then keeps none of them open.
 */
final class Deadlines extends AbstractLifeCycle implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final long MOST_MILLIS = 1_000;
    private static final long LEAST_MILLIS = 20;

    private final Room room;
    private final LimitTerms terms;
    private final Scheduler scheduler;
    private final long millis;
    private Scheduler.@Nullable Task next;

    Deadlines(Room room, LimitTerms terms, Scheduler scheduler) {
        this.room = room;
        this.terms = terms;
        this.scheduler = scheduler;
        long shortest = LongStream.of(
                        terms.handshake().toMillis(),
                        terms.header().toMillis(),
                        terms.request().toMillis(),
                        terms.idle().toMillis())
                .min()
                .orElse(MOST_MILLIS);
        this.millis = Math.max(LEAST_MILLIS, Math.min(MOST_MILLIS, shortest / 4));
    }

    @Override
    protected void doStart() {
        again();
    }

    @Override
    protected synchronized void doStop() {
        if (next != null) {
            next.cancel();
        }
    }

    private synchronized void again() {
        next = scheduler.schedule(this, millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void run() {
        try {
            for (LimitedEndPoint connection : room.all()) {
                try {
                    look(connection, System.nanoTime());
                } catch (RuntimeException failed) {
                    LOG.warn("a connection was not looked at", failed);
                }
            }
        } finally {
            if (!isStopping() && !isStopped()) {
                again();
            }
        }
    }

    private void look(LimitedEndPoint connection, long now) {
        if (!connection.isSettled()) {
            if (connection.age(now) > terms.handshake().toNanos()) {
                Ending.ofHandshake(
                        connection,
                        terms.handshake().toMillis() / 1e3 + " s have passed (countersign.handshake-timeout)");
            }
            return;
        }
        HttpConnection http = Ending.http(connection);
        if (http == null) {
            return;
        }
        boolean waits = http.getEndPoint().isFillInterested();
        switch (connection.pace().look(http, waits, terms, now)) {
            case NONE -> {}
            case IDLE -> Ending.ofIdle(connection);
            case HEADER ->
                Ending.ofHeader(
                        http,
                        "its header was not whole after " + terms.header().toMillis() / 1e3
                                + " s (countersign.header-timeout)");
            case BODY -> Ending.ofBody(http, connection.pace().told(terms) + " (countersign.min-data-rate)");
            case REQUEST -> {
                String why =
                        "it was not whole after " + terms.request().toSeconds() + " s (countersign.request-timeout)";
                connection.endedBecause(why);
                Ending.ofBody(http, why);
            }
        }
    }
}
