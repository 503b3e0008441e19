package io.countersign.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
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
    private static final int MOST_KEPT = 10_000;
    private static final int MOST_UNDER_WAY = 1_000;
    private static final Duration LONGEST = Duration.ofSeconds(5);
    /** Of the life of an answer that is in use, the part at whose end it is asked for again. */
    private static final double FRESH = 0.8;

    private static final Duration FAILURE_FRESH = Duration.ofSeconds(1);

    private final NameServers servers;
    private final Duration wait;
    private final LongSupplier nanos;
    private final ExecutorService reading;
    private final Map<Question, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Question, CompletableFuture<Answer>> underWay = new LinkedHashMap<>();

    /** Until when an answer counts, and from when it is to be asked for again, in nanoseconds of the clock. */
    private record Kept(Answer answer, long stale, long until) {}

    /**
     * @param servers none for those of the machine
     * @param wait the longest that anybody waits for an answer
     */
    public Names(List<InetSocketAddress> servers, Duration wait) {
        this(servers, wait, System::nanoTime);
    }

    Names(List<InetSocketAddress> servers, Duration wait, LongSupplier nanos) {
        ThreadPoolExecutor one =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), runnable -> {
                    Thread thread = new Thread(runnable, "names");
                    thread.setDaemon(true);
                    return thread;
                });
        one.allowCoreThreadTimeOut(true);
        this.reading = one;
        this.servers = new NameServers(servers, one);
        this.wait = wait;
        this.nanos = nanos;
    }

    /** The longest that anybody waits for an answer. */
    public Duration longestWait() {
        return wait;
    }

    /** The answer that still counts; none where name servers must be asked. */
    @Nullable
    Answer known(Question question) {
        synchronized (kept) {
            long now = nanos.getAsLong();
            Kept found = kept.get(question);
            if (found == null || now >= found.until()) {
                return null;
            }
            if (now >= found.stale() && !underWay.containsKey(question)) {
                var unused = begin(question);
            }
            return found.answer();
        }
    }

    /** The answer, at once where it is known; one that takes longer than the set time is undetermined. */
    public CompletableFuture<Answer> ask(Question question) {
        synchronized (kept) {
            Answer known = known(question);
            CompletableFuture<Answer> joined = underWay.get(question);
            return known != null ? CompletableFuture.completedFuture(known) : joined != null ? joined : begin(question);
        }
    }

    private CompletableFuture<Answer> begin(Question question) {
        if (underWay.size() >= MOST_UNDER_WAY || reading.isShutdown()) {
            return CompletableFuture.completedFuture(Answer.undetermined(
                    "too many look-ups are under way to ask about " + question.words(), Duration.ZERO));
        }
        CompletableFuture<Answer> inTime = new CompletableFuture<>();
        underWay.put(question, inTime);
        var unused = inTime.completeOnTimeout(Answer.late(question, wait), wait.toMillis(), TimeUnit.MILLISECONDS);
        // Not on this thread, which holds the lock and may not wait for the system to send.
        reading.execute(() -> {
            var unusedEither = asked(question)
                    .completeOnTimeout(Answer.late(question, LONGEST), LONGEST.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((answer, failure) -> end(question, inTime, answer, failure));
        });
        return inTime;
    }

    private CompletableFuture<Answer> asked(Question question) {
        try {
            return servers.ask(question);
        } catch (RuntimeException unexpected) {
            return CompletableFuture.failedFuture(unexpected);
        }
    }

    private void end(
            Question question, CompletableFuture<Answer> inTime, @Nullable Answer answer, @Nullable Throwable failure) {
        Answer known = answer != null
                ? answer
                : Answer.undetermined("asking about " + question.words() + " failed: " + failure, NameServers.FAILURE);
        synchronized (kept) {
            underWay.remove(question);
            keep(question, known);
        }
        inTime.complete(known);
    }

    private void keep(Question question, Answer answer) {
        long now = nanos.getAsLong();
        long life = answer.life().toNanos();
        long fresh = answer.undetermined() ? FAILURE_FRESH.toNanos() : (long) (life * FRESH);
        Kept before = kept.get(question);
        if (answer.undetermined() && before != null && before.answer().isFound() && now < before.until()) {
            // Asked for early: what is known still counts, and is asked for again soon.
            kept.put(question, new Kept(before.answer(), now + FAILURE_FRESH.toNanos(), before.until()));
            return;
        }
        kept.put(question, new Kept(answer, now + fresh, now + life));
        if (kept.size() > MOST_KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    int kept() {
        synchronized (kept) {
            return kept.size();
        }
    }

    @Override
    public void close() {
        reading.shutdownNow();
    }
}
