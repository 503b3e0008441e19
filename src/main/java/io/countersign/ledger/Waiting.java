package io.countersign.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What one caller wants to be done, and what became of it. */
final class Waiting<T> {
    private final Work<T> work;
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private @Nullable T result;

    Waiting(Work<T> work) {
        this.work = work;
    }

    void run(Connection connection) throws SQLException {
        result = work.in(connection);
    }

    /** That what was run is durable now. */
    void done() {
        outcome.complete(result);
    }

    void fail(Trouble trouble) {
        outcome.completeExceptionally(new TroubleException(trouble));
    }

    /** Whether its caller has been told already. */
    boolean isOver() {
        return outcome.isDone();
    }

    /** Waits through interruptions, which are left to the caller. */
    T outcome(Duration longest, Database database) throws LedgerException {
        long end = System.nanoTime() + longest.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return outcome.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof TroubleException told) {
                throw failure(told.trouble(), database);
            }
            throw new IllegalStateException(failed);
        } catch (TimeoutException late) {
            outcome.cancel(false);
            throw new LedgerException(
                    database.name() + " has not said for " + longest.toSeconds()
                            + " s whether it was written; the outcome is unknown",
                    false,
                    late);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What the caller's own work threw is the caller's, as it was thrown. */
    private static LedgerException failure(Trouble trouble, Database database) {
        if (trouble.cause() instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (trouble.cause() instanceof Error thrown) {
            throw thrown;
        }
        return trouble.exception(database, "cannot be written");
    }
}
