package io.countersign.transfer;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Something that many want at the same time, and that once serves all who wanted it before it began: whoever comes while it is
 * done waits for the next turn, which the first of them does for all. Nobody is woken for nothing.
 */
final class Turns {
    private @Nullable Turn running;
    private @Nullable Turn next;

    /** What is done in a turn. */
    interface Work {
        void run() throws IOException;
    }

    private static final class Turn {
        private final CountDownLatch begins = new CountDownLatch(1);
        private final CountDownLatch ends = new CountDownLatch(1);
        private volatile boolean succeeded;
    }

    /**
     * Returns once a turn that began after the call has succeeded. Whoever does one that fails gets its failure; the others then
     * try themselves.
     */
    void take(Work work) throws IOException {
        boolean served = false;
        while (!served) {
            Turn mine;
            boolean first;
            synchronized (this) {
                first = running == null || next == null;
                if (running == null) {
                    mine = new Turn();
                    mine.begins.countDown();
                    running = mine;
                } else {
                    mine = next == null ? new Turn() : next;
                    next = mine;
                }
            }
            if (first) {
                await(mine.begins);
                lead(mine, work);
                return;
            }
            await(mine.ends);
            served = mine.succeeded;
        }
    }

    private void lead(Turn turn, Work work) throws IOException {
        try {
            work.run();
            turn.succeeded = true;
        } finally {
            synchronized (this) {
                running = next;
                next = null;
                if (running != null) {
                    running.begins.countDown();
                }
            }
            turn.ends.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
