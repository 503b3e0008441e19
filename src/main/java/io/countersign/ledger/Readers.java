package io.countersign.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.countersign.ledger.Trouble.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The pool of connections that read. When one of them fails for a reason that is everybody's the whole pool goes, and the next
 * reader begins another: a pool that waits for a server by itself would come back late.
 */
final class Readers implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final long WAIT_MILLIS = 2_000;
    private static final long FAIL_AT_ONCE = 1;

    private final Database database;
    private final Set<Pool> ending = ConcurrentHashMap.newKeySet();
    private @Nullable Pool current;
    private boolean closed;

    /**
     * Some connections to one ledger.
     *
     * @param use shared by who reads: a connection must not be ended, nor another ledger opened, under one who does
     */
    private record Pool(Object ledger, CompletableFuture<HikariDataSource> source, ReentrantReadWriteLock use) {
        Pool(Object ledger) {
            this(ledger, new CompletableFuture<>(), new ReentrantReadWriteLock());
        }

        boolean isClosed() {
            return source.isDone()
                    && !source.isCompletedExceptionally()
                    && source.join().isClosed();
        }

        /** Ends it once nobody reads, or has it end once it is there. */
        void close() {
            use.writeLock().lock();
            try {
                var unused = source.thenAccept(HikariDataSource::close);
            } finally {
                use.writeLock().unlock();
            }
        }
    }

    Readers(Database database) {
        this.database = database;
    }

    /** Reads; once more, where the connection was cut meanwhile. */
    <T> T read(Work<T> work) throws TroubleException {
        try {
            return once(work);
        } catch (TroubleException failed) {
            if (failed.trouble().kind() != Kind.CUT) {
                throw failed;
            }
            return once(work);
        }
    }

    private <T> T once(Work<T> work) throws TroubleException {
        Pool pool;
        try {
            pool = pool();
        } catch (SQLException failed) {
            throw new TroubleException(database.trouble(failed));
        }
        pool.use().readLock().lock();
        try (Connection connection = pool.source().join().getConnection()) {
            return work.in(connection);
        } catch (SQLException | CompletionException failed) {
            Trouble trouble = database.trouble(failed);
            if (pool.isClosed()) {
                throw new TroubleException(trouble.ofEnded());
            }
            // One that is gone is the writer's to find again.
            if (trouble.isEverybodys() && trouble.kind() != Kind.GONE) {
                discard(pool);
            }
            throw new TroubleException(trouble);
        } finally {
            pool.use().readLock().unlock();
        }
    }

    private Pool pool() throws SQLException {
        Object ledger = database.present();
        Pool begun = new Pool(ledger);
        begun.use().readLock().lock();
        try {
            synchronized (this) {
                if (closed) {
                    throw new SQLException("it was closed");
                }
                Pool last = current;
                if (last != null && last.ledger().equals(ledger)) {
                    return last;
                }
                current = begun;
            }
            fill(begun);
            return begun;
        } finally {
            begun.use().readLock().unlock();
        }
    }

    private void fill(Pool begun) {
        try {
            begun.source().complete(connect());
        } catch (SQLException | RuntimeException | Error failed) {
            begun.source().completeExceptionally(failed); // whatever it is: others wait for it
            remove(begun);
            if (failed instanceof Error error) {
                throw error;
            }
        }
    }

    private HikariDataSource connect() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setPoolName("ledger-readers");
        database.readers(config);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(WAIT_MILLIS);
        config.setInitializationFailTimeout(FAIL_AT_ONCE);
        config.setAutoCommit(false);
        return new HikariDataSource(config);
    }

    private synchronized boolean remove(Pool pool) {
        boolean was = pool.equals(current);
        if (was) {
            current = null;
        }
        return was;
    }

    /** Not by the reader itself, who is in it; and to end connections to a server that is silent takes its time. */
    private void discard(Pool pool) {
        if (remove(pool)) {
            ending.add(pool);
            Thread closing = new Thread(() -> end(pool), "ledger-readers-closing");
            closing.setDaemon(true);
            closing.start();
        }
    }

    private void end(Pool pool) {
        pool.close();
        ending.remove(pool);
    }

    /** Ends all connections, and returns once nobody uses them any more. */
    void forget() {
        synchronized (this) {
            if (current != null) {
                ending.add(current);
                current = null;
            }
        }
        ending.forEach(this::end);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        forget();
    }
}
