package io.countersign.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One turn serves all who came before it began, and none of those who came later. */
@Timeout(30)
class TurnsTest {
    private static final int MANY = 20;

    private final Turns turns = new Turns();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final CountDownLatch firstMayEnd = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void whoComesWhileItIsDoneIsServedByTheNext() throws Exception {
        Future<?> first = threads.submit(() -> take(this::untilReleased));
        List<Future<?>> later = whileItRuns(done::incrementAndGet);
        firstMayEnd.countDown();
        first.get(10, TimeUnit.SECONDS);
        for (Future<?> one : later) {
            one.get(10, TimeUnit.SECONDS);
        }
        assertThat(done)
                .as("the first turn, and one for all who came meanwhile")
                .hasValue(2);
        take(done::incrementAndGet);
        assertThat(done).as("who comes alone is served at once").hasValue(3);
    }

    @Test
    void ofAFailureOnlyItsOwnerIsTold() throws Exception {
        Future<?> first = threads.submit(() -> take(this::untilReleased));
        AtomicInteger left = new AtomicInteger(3);
        List<Future<?>> later = whileItRuns(() -> {
            if (left.getAndDecrement() > 0) {
                throw new IOException("no room");
            }
        });
        firstMayEnd.countDown();
        first.get(10, TimeUnit.SECONDS);
        int failed = 0;
        for (Future<?> one : later) {
            try {
                one.get(10, TimeUnit.SECONDS);
            } catch (java.util.concurrent.ExecutionException told) {
                assertThat(told).hasRootCauseMessage("no room");
                failed++;
            }
        }
        assertThat(failed).isEqualTo(3);
        assertThatThrownBy(() -> turns.take(() -> {
                    throw new IOException("again");
                }))
                .hasMessage("again");
    }

    private void untilReleased() throws IOException {
        done.incrementAndGet();
        try {
            firstMayEnd.await();
        } catch (InterruptedException ended) {
            throw new IOException(ended);
        }
    }

    /** Those who come while the first turn is done: each waits in it, as far as can be seen from outside. */
    private List<Future<?>> whileItRuns(Turns.Work work) {
        Awaitility.await().until(() -> done.get() == 1);
        List<Thread> callers = new ArrayList<>();
        List<Future<?>> later = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            later.add(threads.submit(() -> {
                synchronized (callers) {
                    callers.add(Thread.currentThread());
                }
                waiting.incrementAndGet();
                return take(work);
            }));
        }
        Awaitility.await().until(() -> {
            synchronized (callers) {
                return waiting.get() == MANY
                        && callers.stream().allMatch(caller -> caller.getState() == Thread.State.WAITING);
            }
        });
        return later;
    }

    private boolean take(Turns.Work work) throws IOException {
        turns.take(work);
        return true;
    }
}
