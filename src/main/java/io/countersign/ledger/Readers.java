package io.countersign.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.countersign.ledger.Trouble.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
    private @Nullable Pool current;
    private boolean closed;

    private record Pool(Object ledger, CompletableFuture<HikariDataSource> source) {
        boolean isClosed() {
            return source.isDone()
                    && !source.isCompletedExceptionally()
                    && source.join().isClosed();
        }

        /** Ends it, or has it end once it is there. */
        void close() {
            var unused = source.thenAccept(HikariDataSource::close);
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
        Pool pool = null;
        try {
            pool = pool();
            try (Connection connection = pool.source().join().getConnection()) {
                return work.in(connection);
            }
        } catch (SQLException | CompletionException failed) {
            Trouble trouble = database.trouble(failed);
            if (pool != null && pool.isClosed()) {
                throw new TroubleException(trouble.ofConnection());
            }
            // One that is gone is the writer's to find again.
            if (pool != null && trouble.isEverybodys() && trouble.kind() != Kind.GONE) {
                discard(pool);
            }
            throw new TroubleException(trouble);
        }
    }

    private Pool pool() throws SQLException {
        Object ledger = database.present();
        Pool begun = new Pool(ledger, new CompletableFuture<>());
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
        try {
            begun.source().complete(connect());
        } catch (SQLException | RuntimeException failed) {
            begun.source().completeExceptionally(failed);
            remove(begun);
        }
        return begun;
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

    /** Not by the reader itself: to end connections to a server that is silent takes its time. */
    private void discard(Pool pool) {
        if (remove(pool)) {
            Thread closing = new Thread(pool::close, "ledger-readers-closing");
            closing.setDaemon(true);
            closing.start();
        }
    }

    /** Ends all connections, and returns once nobody uses them any more. */
    void forget() {
        Pool last;
        synchronized (this) {
            last = current;
            current = null;
        }
        if (last != null) {
            last.close();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        forget();
    }
}
