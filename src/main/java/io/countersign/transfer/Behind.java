package io.countersign.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a file's disk does while more of the file comes, one thing at a time. Fails closed: what that has failed with is told when
 * it is waited for, since the system tells it only once. For one thread at a time.
 */
final class Behind {
    /** Of all files together, so that no block waits for another; where they are busy, there is time enough. */
    private static final int MOST = PastCache.BLOCKS;

    private static final ThreadPoolExecutor THREADS =
            new ThreadPoolExecutor(0, MOST, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "countersign-flush");
                thread.setDaemon(true);
                return thread;
            });

    private @Nullable CompletableFuture<Void> underWay;

    interface Step {
        void run() throws IOException;
    }

    boolean isIdle() {
        return underWay == null || underWay.isDone();
    }

    /**
     * Waits for what was begun before, and begins another.
     *
     * @return whether it was begun; not where as many files as may have something under way
     */
    boolean begin(Step step) throws IOException {
        await();
        try {
            underWay = CompletableFuture.runAsync(() -> run(step), THREADS);
            return true;
        } catch (RejectedExecutionException busy) {
            return false;
        }
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Also where it is interrupted. */
    void await() throws IOException {
        CompletableFuture<Void> last = underWay;
        underWay = null;
        try {
            if (last != null) {
                last.join();
            }
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof UncheckedIOException disk
                    ? disk.getCause()
                    : new IOException(failed.getCause());
        }
    }
}
