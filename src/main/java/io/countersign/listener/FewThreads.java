package io.countersign.listener;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.util.thread.TryExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has what comes on connections done by a few threads of a pool that may have many: hundreds at once then take turns, in the
 * order in which they came, instead of having a stack each. Where tasks wait and the processors do not have enough to do, those
 * that run wait, too, for a disk, a name server, a partner's own route, and stand in nobody's way: little by little others begin
 * beside them. Nor does a task of which there is no end, such as a connection that always has another request.
 */
final class FewThreads implements TryExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(FewThreads.class);
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private static final long MOMENT_MILLIS = 50;

    /** Many times what a task takes that does not wait. */
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final double BUSY = 0.75;
    private static final int BEFORE_ONE = 3;

    private final Executor pool;
    private final int most;
    private final LongSupplier used;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final Queue<Runnable> interrupted = new ArrayDeque<>();
    /** Who have been running for the longest, first. */
    private final Set<Turn> running = new LinkedHashSet<>();

    private boolean looking;
    private int wentOn;

    /** @param most who run at the same time, unless they wait */
    FewThreads(Executor pool, int most) {
        this(pool, most, SYSTEM::getProcessCpuTime);
    }

    /** @param used what this process has had of all processors so far, in nanoseconds; negative where that is not known */
    FewThreads(Executor pool, int most, LongSupplier used) {
        this.pool = pool;
        this.most = most;
        this.used = used;
    }

    @Override
    public synchronized void execute(Runnable task) {
        if (running.size() < most) {
            begin(task);
            return;
        }
        waiting.add(task);
        lookWhileSomebodyWaits();
    }

    /** The rest of a task that has let others go first: three such come before one that only begins, so that something ends. */
    synchronized void goOn(Runnable rest) {
        interrupted.add(rest);
        lookWhileSomebodyWaits();
    }

    /** At once, or not at all. */
    @Override
    public synchronized boolean tryExecute(Runnable task) {
        try {
            boolean free = running.size() < most;
            if (free) {
                begin(task);
            }
            return free;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    private void begin(Runnable task) {
        Turn turn = new Turn(task);
        running.add(turn);
        try {
            pool.execute(turn);
        } catch (RejectedExecutionException stopping) {
            running.remove(turn);
            throw stopping;
        }
    }

    private @Nullable Runnable next() {
        boolean goesOn = !interrupted.isEmpty() && (waiting.isEmpty() || ++wentOn % (BEFORE_ONE + 1) != 0);
        return goesOn ? interrupted.poll() : waiting.poll();
    }

    private void lookWhileSomebodyWaits() {
        if (looking || (waiting.isEmpty() && interrupted.isEmpty())) {
            return;
        }
        looking = true;
        long before = used.getAsLong();
        long began = System.nanoTime();
        CompletableFuture.delayedExecutor(MOMENT_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> look(before, began));
    }

    /** While somebody waits. */
    private synchronized void look(long before, long began) {
        long now = System.nanoTime();
        running.removeIf(turn -> now - turn.began > LONG_NANOS);
        double passed = (double) (now - began) * Runtime.getRuntime().availableProcessors();
        if (before < 0 || used.getAsLong() - before < passed * BUSY) {
            for (int i = 0; i < Math.max(1, most / 4) && !running.isEmpty(); i++) {
                running.remove(running.iterator().next());
            }
        }
        for (Runnable next = first(); next != null; next = first()) {
            begin(next);
        }
        looking = false;
        lookWhileSomebodyWaits();
    }

    private @Nullable Runnable first() {
        return running.size() < most ? next() : null;
    }

    private synchronized @Nullable Runnable after(Turn turn) {
        running.remove(turn);
        Runnable next = first();
        if (next != null) {
            turn.began = System.nanoTime();
            running.add(turn);
        }
        return next;
    }

    /** A thread of the pool, for as long as there is something for it. */
    private final class Turn implements Runnable {
        private final Runnable first;
        private long began = System.nanoTime();

        Turn(Runnable first) {
            this.first = first;
        }

        @Override
        public void run() {
            for (Runnable task = first; task != null; task = after(this)) {
                try {
                    task.run();
                } catch (RuntimeException | Error failed) {
                    LOG.warn("what came on a connection was not done", failed);
                }
            }
        }
    }
}
