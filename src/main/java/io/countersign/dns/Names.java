package io.countersign.dns;

import io.countersign.kept.Kept;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What name servers say, asked once for all who want to know the same, and kept for as long as it counts: as long as its
 * records say, between a second and an hour. What is in use is asked for again before it ends, so that nobody waits for it.
 * What has ended is never used. Nobody is told later than a set time; a name server that is silent longer is no answer.
 */
public final class Names implements AutoCloseable {
    /** The longest that name servers are asked about one thing, whoever still waits for it. */
    public static final Duration LONGEST = Duration.ofSeconds(5);

    private static final int MOST_KEPT = 10_000;
    /** Addresses and hosts in all that is kept. */
    private static final int HEAVIEST_KEPT = 100_000;

    private static final int MOST_UNDER_WAY = 1_000;
    private static final int MOST_UNDER_WAY_FOR_ONE = 200;
    /** Of the life of an answer that is in use, the part at whose end it is asked for again. */
    private static final double FRESH = 0.8;

    private static final Duration FAILURE_FRESH = Duration.ofSeconds(1);

    private final Resolution resolution;
    private final Duration wait;
    private final LongSupplier nanos;
    private final ExecutorService reading;
    private final Kept<Question, Counted> kept =
            new Kept<>(MOST_KEPT, HEAVIEST_KEPT, counted -> counted.answer().size());
    private final Map<Question, UnderWay> underWay = new HashMap<>();
    private final Map<String, Integer> forOne = new HashMap<>();

    /** Until when an answer counts, and from when it is to be asked for again, in nanoseconds of the clock. */
    private record Counted(Answer answer, long stale, long until) {}

    private record UnderWay(CompletableFuture<Answer> inTime, String whose) {}

    /**
     * @param servers none for those of the machine
     * @param wait the longest that anybody waits for an answer
     */
    public Names(List<InetSocketAddress> servers, Duration wait) {
        this(servers, HostsFile.ofTheMachine(), wait, System::nanoTime);
    }

    Names(List<InetSocketAddress> servers, HostsFile hostsFile, Duration wait, LongSupplier nanos) {
        ThreadPoolExecutor one =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), runnable -> {
                    Thread thread = new Thread(runnable, "names");
                    thread.setDaemon(true);
                    return thread;
                });
        one.allowCoreThreadTimeOut(true);
        this.reading = one;
        this.resolution = new Resolution(hostsFile, new NameServers(servers, one));
        this.wait = wait;
        this.nanos = nanos;
    }

    /** The longest that anybody waits for an answer. */
    public Duration longestWait() {
        return wait;
    }

    /** The answer that still counts; none where name servers must be asked. */
    @Nullable
    Answer known(Question question, String whose) {
        synchronized (underWay) {
            long now = nanos.getAsLong();
            Counted found = kept.get(question);
            if (found == null || now >= found.until()) {
                return null;
            }
            if (now >= found.stale() && !underWay.containsKey(question) && underWay.size() < 2 * MOST_UNDER_WAY) {
                var unused = begin(question, whose);
            }
            return found.answer();
        }
    }

    /**
     * The answer, at once where it is known; one that takes longer than the set time is undetermined.
     *
     * @param whose question it is; who has asked too many that are still open asks no others
     */
    public CompletableFuture<Answer> ask(Question question, String whose) {
        synchronized (underWay) {
            Answer known = known(question, whose);
            UnderWay joined = underWay.get(question);
            if (known != null) {
                return CompletableFuture.completedFuture(known);
            }
            if (joined != null) {
                return joined.inTime();
            }
            boolean tooMany = underWay.size() >= MOST_UNDER_WAY
                    || forOne.getOrDefault(whose, 0) >= MOST_UNDER_WAY_FOR_ONE
                    || reading.isShutdown();
            return tooMany
                    ? CompletableFuture.completedFuture(Answer.undetermined(
                            "too many look-ups are under way to ask about " + question.words(), Duration.ZERO))
                    : begin(question, whose);
        }
    }

    private CompletableFuture<Answer> begin(Question question, String whose) {
        CompletableFuture<Answer> inTime = new CompletableFuture<>();
        underWay.put(question, new UnderWay(inTime, whose));
        forOne.merge(whose, 1, Integer::sum);
        var unused = inTime.completeOnTimeout(Answer.late(question, wait), wait.toMillis(), TimeUnit.MILLISECONDS);
        try {
            // Not on this thread, which holds the lock and may not wait for the system to send.
            reading.execute(() -> {
                var unusedEither = asked(question)
                        .completeOnTimeout(Answer.late(question, LONGEST), LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                        .whenComplete((answer, failure) -> end(question, answer, failure));
            });
        } catch (RejectedExecutionException closed) {
            end(question, null, closed);
        }
        return inTime;
    }

    /** An error must not leave the question open for ever. */
    private CompletableFuture<Answer> asked(Question question) {
        try {
            return resolution.ask(question, LONGEST);
        } catch (RuntimeException | Error unexpected) {
            return CompletableFuture.failedFuture(unexpected);
        }
    }

    private void end(Question question, @Nullable Answer answer, @Nullable Throwable failure) {
        Answer known = answer != null
                ? answer
                : Answer.undetermined("asking about " + question.words() + " failed: " + failure, Resolution.FAILURE);
        UnderWay ended;
        synchronized (underWay) {
            ended = underWay.remove(question);
            if (ended != null) {
                forOne.computeIfPresent(ended.whose(), (same, many) -> many == 1 ? null : many - 1);
            }
            keep(question, known);
        }
        if (ended != null) {
            ended.inTime().complete(known);
        }
    }

    private void keep(Question question, Answer answer) {
        long now = nanos.getAsLong();
        long life = answer.life().toNanos();
        long fresh = answer.undetermined() ? FAILURE_FRESH.toNanos() : (long) (life * FRESH);
        Counted before = kept.get(question);
        if (answer.undetermined() && before != null && before.answer().isFound() && now < before.until()) {
            // Asked for early: what is known still counts, and is asked for again soon.
            kept.put(question, new Counted(before.answer(), now + FAILURE_FRESH.toNanos(), before.until()));
        } else {
            kept.put(question, new Counted(answer, now + fresh, now + life));
        }
    }

    int kept() {
        return kept.size();
    }

    @Override
    public void close() {
        reading.shutdownNow();
    }
}
