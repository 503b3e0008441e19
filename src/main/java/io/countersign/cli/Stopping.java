package io.countersign.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long a service that was asked to stop waits for what is on its way, and what the log says of that. */
final class Stopping {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");
    private static final long LOOK_MILLIS = 20;
    private static final Duration BETWEEN_WORDS = Duration.ofSeconds(5);

    private final Duration most;
    private final Supplier<List<String>> requests;
    private final Supplier<List<String>> sendings;
    private final long began = System.nanoTime();

    /**
     * The time begins.
     *
     * @param most of it
     * @param requests where those call from who are on their way
     * @param sendings the files that are on their way out
     */
    Stopping(Duration most, Supplier<List<String>> requests, Supplier<List<String>> sendings) {
        this.most = most;
        this.requests = requests;
        this.sendings = sendings;
    }

    /** Waits until everything has ended, or the time has; what is cut off then is told. */
    void await() {
        LOG.info("stopping: {}, at most {} s", onTheirWay(), most.toSeconds());
        Duration told = Duration.ZERO;
        while (isSomething() && !left().isZero() && pause()) {
            if (taken().minus(told).compareTo(BETWEEN_WORDS) >= 0) {
                told = taken();
                LOG.info("stopping: still {}, {} s left", onTheirWay(), left().toSeconds());
            }
        }
        if (isSomething()) {
            LOG.warn(
                    "stopping: {} after {} s, cut off: requests from {}, sendings of {}",
                    onTheirWay(),
                    taken().toSeconds(),
                    requests.get(),
                    sendings.get());
        }
    }

    /** Waits while something holds, and no longer than this. */
    void await(BooleanSupplier something, Duration longest) {
        Duration end = taken().plus(longest);
        while (something.getAsBoolean() && taken().compareTo(end) < 0 && pause()) {
            Thread.onSpinWait();
        }
    }

    /** Of the time; zero once it is over. */
    Duration left() {
        Duration left = most.minus(taken());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** No more of the time than a share. */
    Duration left(Duration share) {
        return left().compareTo(share) < 0 ? left() : share;
    }

    private Duration taken() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Whether anything is on its way. */
    boolean isSomething() {
        return !requests.get().isEmpty() || !sendings.get().isEmpty();
    }

    private String onTheirWay() {
        return requests.get().size() + " requests and " + sendings.get().size() + " sendings on their way";
    }

    /** @return false where the thread is to end */
    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            return true;
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
