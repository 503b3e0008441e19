package io.countersign.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * The one thread that writes. It takes all who wait at once, does what they want in one transaction on its one connection, and
 * tells them when that is durable: one flush of the disk, however many they are. Nobody is made to wait for others to come.
 * With nothing to do it looks now and then whether the ledger still works, and more often while it does not.
 */
final class Writer implements AutoCloseable {
    private static final int MOST = 256;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    private static final Work<String> READING = connection -> Database.ask(connection, Database.TABLES);

    private final Database database;
    private final Pulse pulse;
    private final Transactions transactions;
    private final Work<Boolean> writing;
    private final Waiting<?> end = new Waiting<>(READING);
    private final BlockingQueue<Waiting<?>> queue = new LinkedBlockingQueue<>();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final LongAdder commits = new LongAdder();
    private final Thread thread = new Thread(this::run, "ledger-writer");
    private boolean closed;

    /**
     * @param forget ends all other connections, where the ledger is not the one any more that was opened
     * @param writing something small, to see whether it can be written
     */
    Writer(Database database, Pulse pulse, Runnable forget, Work<Boolean> writing) {
        this.database = database;
        this.pulse = pulse;
        this.transactions = new Transactions(database, pulse, forget);
        this.writing = writing;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    <T> T commit(Work<T> work) throws LedgerException {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("a commit within a commit would wait for itself");
        }
        Waiting<T> waiting = new Waiting<>(work);
        synchronized (queue) {
            if (closed || !thread.isAlive()) {
                throw new LedgerException(database.name() + " cannot be written: it is closed", false, null);
            }
            queue.add(waiting);
        }
        T result = waiting.outcome(PATIENCE, database);
        commits.increment();
        return result;
    }

    /** Looks soon whether it works. */
    void look() {
        if (!asked.getAndSet(true)) {
            queue.add(new Waiting<>(writing));
        }
    }

    /** What callers were told is durable. */
    long commits() {
        return commits.sum();
    }

    /** Transactions that took. */
    long batches() {
        return transactions.count();
    }

    int waiting() {
        return queue.size();
    }

    private void run() {
        boolean ended = false;
        List<Waiting<?>> batch = new ArrayList<>();
        while (!ended) {
            batch.clear();
            take(batch);
            asked.set(false);
            ended = batch.remove(end);
            batch.removeIf(Waiting::isOver);
            if (!batch.isEmpty()) {
                serve(batch);
            }
        }
        transactions.drop();
    }

    private void take(List<Waiting<?>> batch) {
        boolean works = pulse.trouble() == null;
        try {
            Waiting<?> first = queue.poll((works ? LOOK : LOOK_AGAIN).toMillis(), TimeUnit.MILLISECONDS);
            Waiting<?> look = works ? new Waiting<>(READING) : new Waiting<>(writing);
            batch.add(first == null ? look : first);
            queue.drainTo(batch, MOST - 1);
        } catch (InterruptedException nobodys) {
            // Nobody is meant to; it ends at the end of the queue.
        }
    }

    private void serve(List<Waiting<?>> batch) {
        Trouble trouble = transactions.attempt(batch);
        if (trouble == null) {
            return;
        }
        if (batch.size() == 1 || trouble.isEverybodys()) {
            fail(batch, trouble);
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            List<Waiting<?>> alone = batch.subList(i, i + 1);
            Trouble own = transactions.attempt(alone);
            if (own != null && own.isEverybodys()) {
                fail(batch.subList(i, batch.size()), own);
                return;
            }
            if (own != null) {
                fail(alone, own);
            }
        }
    }

    private static void fail(List<Waiting<?>> batch, Trouble trouble) {
        batch.forEach(one -> one.fail(trouble));
    }

    /** Finishes what waits. */
    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            queue.add(end);
        }
        boolean interrupted = false;
        for (long left = PATIENCE.toMillis(), from = now(); left > 0 && thread.isAlive(); ) {
            try {
                thread.join(left);
            } catch (InterruptedException again) {
                interrupted = true;
            }
            left = PATIENCE.toMillis() - (now() - from);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
