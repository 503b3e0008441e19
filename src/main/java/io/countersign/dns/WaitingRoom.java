package io.countersign.dns;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where requests wait for what name servers say. It has room for so many of one partner, and for so many in all, that the
 * threads of those who wait are never those that others need; who finds no room does not wait.
 */
public final class WaitingRoom {
    /** In all; a listener has as many threads more than it needs otherwise. */
    public static final int PLACES = 256;

    private static final int PLACES_OF_ONE = 64;

    private final Map<String, Integer> waiting = new HashMap<>();
    private int all;

    /**
     * Waits for a result.
     *
     * @param whose the place is
     * @return nothing where there is no room, or no result after that time
     */
    public <T> Optional<T> await(CompletableFuture<T> result, String whose, Duration longest)
            throws ExecutionException, InterruptedException {
        if (result.isDone()) {
            return Optional.of(result.get());
        }
        if (!enter(whose)) {
            return Optional.empty();
        }
        try {
            return Optional.of(result.get(longest.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException late) {
            return Optional.empty();
        } finally {
            leave(whose);
        }
    }

    private synchronized boolean enter(String whose) {
        int of = waiting.getOrDefault(whose, 0);
        if (all >= PLACES || of >= PLACES_OF_ONE) {
            return false;
        }
        waiting.put(whose, of + 1);
        all++;
        return true;
    }

    private synchronized void leave(String whose) {
        all--;
        waiting.computeIfPresent(whose, (same, of) -> of == 1 ? null : of - 1);
    }
}
