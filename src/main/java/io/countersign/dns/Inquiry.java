package io.countersign.dns;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What one request asks name servers, all of it within one set time. From the first question whose answer is not known, and
 * to its end, it has a place in the waiting room; without one it asks nobody.
 */
public final class Inquiry implements AutoCloseable {
    /** Every question ends in time by itself, and says then what it was about. */
    private static final Duration MORE = Duration.ofMillis(500);

    private final @Nullable Names names;
    private final WaitingRoom room;
    private final String whose;
    private final long deadline;
    private boolean inside;
    private boolean closed;

    Inquiry(@Nullable Names names, WaitingRoom room, String whose) {
        this.names = names;
        this.room = room;
        this.whose = whose;
        this.deadline =
                System.nanoTime() + (names == null ? 0 : names.longestWait().toNanos());
    }

    /** The answer, at once where it is known; one that does not come in time is undetermined. */
    public CompletableFuture<Answer> ask(Question question) {
        Names asked = names;
        if (asked == null) {
            return unanswered("nobody can be asked about " + question.words() + ": the bean that admits has no names");
        }
        Answer known = asked.known(question, whose);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        if (!enter()) {
            return unanswered("too many requests wait for name servers to ask about " + question.words());
        }
        return asked.ask(question, whose)
                .copy()
                .completeOnTimeout(
                        Answer.late(question, asked.longestWait()), deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Waits for what is made of answers; nothing where it does not come. */
    public <T> Optional<T> await(CompletableFuture<T> result) throws ExecutionException, InterruptedException {
        if (result.isDone()) {
            return Optional.of(result.get());
        }
        try {
            return Optional.of(result.get(deadline - System.nanoTime() + MORE.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException late) {
            return Optional.empty();
        }
    }

    private synchronized boolean enter() {
        if (!inside && !closed) {
            inside = room.enter(whose);
        }
        return inside && !closed;
    }

    private static CompletableFuture<Answer> unanswered(String why) {
        return CompletableFuture.completedFuture(Answer.undetermined(why, Duration.ZERO));
    }

    /** Leaves the waiting room; what comes later asks nobody any more. */
    @Override
    public synchronized void close() {
        if (inside) {
            room.leave(whose);
        }
        inside = false;
        closed = true;
    }
}
