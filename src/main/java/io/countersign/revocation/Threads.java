package io.countersign.revocation;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A bounded number of daemon threads that end when they have had nothing to do for a while. */
final class Threads implements Executor, AutoCloseable {
    private static final int IDLE_SECONDS = 10;
    private static final int MOST_WAITING = 10_000;

    private final ThreadPoolExecutor pool;

    Threads(String name, int most) {
        AtomicInteger number = new AtomicInteger();
        pool = new ThreadPoolExecutor(
                most, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /** @throws java.util.concurrent.RejectedExecutionException where too much is waiting, or after the end */
    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
