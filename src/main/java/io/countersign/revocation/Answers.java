package io.countersign.revocation;

import io.countersign.kept.Kept;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Answers that come from elsewhere, kept by what was asked. Each question is under way once at a time, is asked again after
 * an hour or when the answer ends, in the background where it is near that, and not for a while where it failed. What fails
 * to be replaced stays; whether it still proves something is its own matter. A newer answer is never replaced by an older.
 */
final class Answers<K, V> {
    static final String SILENCE = "did not answer in time";

    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final Clock clock;
    private final Executor threads;
    private final Dates<V> dates;
    private final Kept<K, Entry> kept;

    /** Which answer is the newer one, and when it ends to be fresh. */
    interface Dates<V> {
        boolean replaces(V loaded, V before);

        Instant until(V answer);
    }

    interface Loading<V> {
        /** @throws IOException where nothing comes that counts; the message says why */
        V load() throws IOException;
    }

    /**
     * @param answer the newest, however old; none where there never was any
     * @param failure why there is no newer one; empty where none is needed
     */
    record Told<V>(@Nullable V answer, String failure) {}

    private final class Entry {
        private @Nullable V answer;
        private Instant refresh = Instant.MIN;
        private Instant again = Instant.MIN;
        private Instant retry = Instant.MIN;
        private String failure = "";
        private @Nullable CompletableFuture<Void> underWay;

        synchronized Told<V> told() {
            return new Told<>(answer, clock.instant().isBefore(again) ? "" : failure);
        }

        synchronized void take(V loaded) {
            if (answer == null || dates.replaces(loaded, answer)) {
                answer = loaded;
            }
            Instant now = clock.instant();
            Instant end = earlier(dates.until(answer), now.plus(LONGEST));
            // What has ended when it comes is all that there is, for a while.
            again = end.isAfter(now) ? end : now.plus(Fetching.AGAIN);
            refresh = now.plus(Duration.between(now, again).multipliedBy(3).dividedBy(4));
            failure = "";
        }

        synchronized void fail(String why) {
            failure = why;
            retry = clock.instant().plus(Fetching.AGAIN);
        }
    }

    Answers(Clock clock, Executor threads, Dates<V> dates, int most, long heaviest, ToLongFunction<V> weight) {
        this.clock = clock;
        this.threads = threads;
        this.dates = dates;
        this.kept = new Kept<>(most, heaviest, entry -> {
            V answer = entry.told().answer();
            return answer == null ? 0 : weight.applyAsLong(answer);
        });
    }

    /** Sees to it that it is asked, where that is needed, without waiting. */
    void ask(K question, Loading<V> loading) {
        var unused = ask(kept.get(question, Entry::new), question, loading);
    }

    /** Asks where that is needed, and waits for at most so long. */
    Told<V> get(K question, Loading<V> loading, long nanos) {
        Entry entry = kept.get(question, Entry::new);
        try {
            ask(entry, question, loading).get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            return entry.told();
        } catch (TimeoutException slow) {
            return new Told<>(entry.told().answer(), SILENCE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Told<>(entry.told().answer(), "was not waited for");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What to wait for, which never fails. */
    private CompletableFuture<Void> ask(Entry entry, K question, Loading<V> loading) {
        synchronized (entry) {
            Instant now = clock.instant();
            if (now.isBefore(entry.refresh)) {
                return DONE;
            }
            if (entry.underWay == null && !now.isBefore(entry.retry)) {
                entry.underWay = start(question, entry, loading);
            }
            return entry.underWay == null || now.isBefore(entry.again) ? DONE : entry.underWay;
        }
    }

    int size() {
        return kept.size();
    }

    private @Nullable CompletableFuture<Void> start(K question, Entry entry, Loading<V> loading) {
        CompletableFuture<Void> underWay = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    entry.take(loading.load());
                    kept.put(question, entry);
                } catch (IOException failed) {
                    entry.fail(String.valueOf(failed.getMessage()));
                } catch (RuntimeException unexpected) {
                    entry.fail("cannot be asked: " + unexpected);
                } finally {
                    synchronized (entry) {
                        entry.underWay = null;
                    }
                    underWay.complete(null);
                }
            });
        } catch (RejectedExecutionException tooMuch) {
            entry.fail("is not asked, since too much is being asked");
            return null;
        }
        return underWay;
    }

    private static Instant earlier(Instant one, Instant another) {
        return one.isBefore(another) ? one : another;
    }
}
