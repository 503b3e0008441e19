package io.countersign.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FewThreadsTest {
    private static final int MOST = 2;

    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Integer> begun = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong looks = new AtomicLong();

    @AfterEach
    void end() {
        over.countDown();
        pool.shutdownNow();
    }

    @Test
    void whereTheProcessorsAreBusyTheNextWaitsForItsTurn() {
        FewThreads threads = new FewThreads(pool, MOST, this::busy);
        for (int i = 0; i < 10; i++) {
            threads.execute(waiting(i));
        }
        Awaitility.await().until(() -> looks.get() > 4);
        assertThat(begun).containsExactlyInAnyOrder(0, 1);
        over.countDown();
        Awaitility.await().until(() -> begun.size() == 10);
        assertThat(begun.subList(0, MOST)).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void oneAfterTheOtherTheyComeInTheOrderOfTheirComing() {
        FewThreads threads = new FewThreads(pool, 1, this::busy);
        for (int i = 0; i < 100; i++) {
            threads.execute(waiting(i));
        }
        over.countDown();
        Awaitility.await().until(() -> begun.size() == 100);
        assertThat(begun).isSorted();
    }

    /**
     * They would otherwise hold up everybody else.
     *
     * @param used nothing, or not known
     */
    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void whereTheProcessorsHaveNothingToDoNobodyWaitsForThoseWhoWait(long used) {
        FewThreads threads = new FewThreads(pool, MOST, () -> used);
        for (int i = 0; i < 10; i++) {
            threads.execute(waiting(i));
        }
        Awaitility.await().until(() -> begun.size() == 10);
        assertThat(over.getCount()).isOne();
    }

    /** Its caller may see to it that it has none. */
    @Test
    void nobodyWaitsForATaskWithoutAnEnd() {
        FewThreads threads = new FewThreads(pool, MOST, this::busy);
        for (int i = 0; i < 3; i++) {
            threads.execute(waiting(i));
        }
        Awaitility.await().until(() -> begun.contains(2));
        assertThat(over.getCount()).isOne();
    }

    @Test
    void oneThatFailsKeepsNoPlace() {
        FewThreads threads = new FewThreads(pool, MOST, this::busy);
        for (int i = 0; i < 10; i++) {
            threads.execute(() -> {
                throw new IllegalStateException("as it should");
            });
        }
        threads.execute(waiting(10));
        Awaitility.await().until(() -> begun.contains(10));
    }

    /** Else all would have begun before the first ends. */
    @Test
    void ofThoseWhoLetOthersGoFirstThreeComeBeforeOneThatBegins() {
        FewThreads threads = new FewThreads(pool, 1, this::busy);
        threads.execute(waiting(0));
        for (int i = 0; i < 4; i++) {
            threads.execute(waiting(10 + i));
            threads.goOn(waiting(20 + i));
        }
        over.countDown();
        Awaitility.await().until(() -> begun.size() == 9);
        assertThat(begun).containsExactly(0, 20, 21, 22, 10, 23, 11, 12, 13);
    }

    @Test
    void whoeverTriesDoesNotWaitForATurn() {
        FewThreads threads = new FewThreads(pool, MOST, this::busy);
        assertThat(threads.tryExecute(waiting(0))).isTrue();
        assertThat(threads.tryExecute(waiting(1))).isTrue();
        assertThat(threads.tryExecute(waiting(2))).isFalse();
        Awaitility.await().until(() -> begun.size() == MOST);
        over.countDown();
        Awaitility.await().until(() -> threads.tryExecute(waiting(3)));
        Awaitility.await().until(() -> begun.contains(3));
        assertThat(begun).doesNotContain(2);
    }

    private Runnable waiting(int number) {
        return () -> {
            begun.add(number);
            try {
                over.await();
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** Every processor, all the time. */
    private long busy() {
        looks.incrementAndGet();
        return System.nanoTime() * Runtime.getRuntime().availableProcessors();
    }
}
