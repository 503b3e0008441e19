package io.countersign.cli;

import io.countersign.listener.Gate;
import io.countersign.route.Following;
import io.countersign.send.Attempts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.http.common.HttpConsumer;
import org.apache.camel.spi.ShutdownStrategy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a service that runs comes to its end: nothing new begins, what is on its way ends, and what has not ended when the time
 * is over is cut off, as by a crash. Says in the log what it waits for.
 */
final class Stopping {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");
    private static final long LOOK_MILLIS = 20;
    private static final Duration BETWEEN_WORDS = Duration.ofSeconds(5);
    /** For a change of route files that is under way. */
    private static final Duration TO_CHANGE = Duration.ofSeconds(5);
    /** For who was turned away at the very end, and is still sending. */
    private static final Duration TO_BE_TOLD = Duration.ofSeconds(2);
    /** For what was cut off, to notice that and tidy up. */
    private static final Duration TO_TIDY_UP = Duration.ofSeconds(2);

    private final Duration most;
    private final Gate gate;
    private final Optional<Attempts> attempts;
    private final long began = System.nanoTime();

    /**
     * The time begins.
     *
     * @param most of it
     * @param gate is closed already
     * @param attempts at sending
     */
    Stopping(Duration most, Gate gate, Optional<Attempts> attempts) {
        this.most = most;
        this.gate = gate;
        this.attempts = attempts;
    }

    void stop(LiveMain main, @Nullable Following following) {
        attempts.ifPresent(Attempts::beginNoMore);
        if (following != null && !following.stop(left().compareTo(TO_CHANGE) < 0 ? left() : TO_CHANGE)) {
            LOG.warn("stopping, although a change of the route files has not come to its end");
        }
        main.live().suspendSources(consumer -> consumer instanceof HttpConsumer);
        waitForAll();
        waitWhile(gate::isBeingTold, TO_BE_TOLD);
        gate.cutOff();
        ShutdownStrategy rest = main.live().getShutdownStrategy(); // sees to what is neither a request nor a sending
        rest.setTimeUnit(TimeUnit.MILLISECONDS);
        rest.setTimeout(left().plus(TO_TIDY_UP).toMillis());
        main.stop();
        waitWhile(this::isSomething, TO_TIDY_UP);
    }

    private void waitForAll() {
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
                    gate.inside(),
                    sendings());
        }
    }

    private void waitWhile(BooleanSupplier something, Duration longest) {
        Duration end = taken().plus(longest);
        while (something.getAsBoolean() && taken().compareTo(end) < 0 && pause()) {
            Thread.onSpinWait();
        }
    }

    private Duration left() {
        Duration left = most.minus(taken());
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Duration taken() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private boolean isSomething() {
        return !gate.inside().isEmpty() || !sendings().isEmpty();
    }

    private List<String> sendings() {
        return attempts.map(Attempts::onTheirWay).orElse(List.of());
    }

    private String onTheirWay() {
        return gate.inside().size() + " requests and " + sendings().size() + " sendings on their way";
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
