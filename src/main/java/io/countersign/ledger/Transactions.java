package io.countersign.ledger;

import io.countersign.ledger.Trouble.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The writer's transactions, on one connection that is opened when it is needed, and given up after every failure but that of
 * a work itself. For the writer's thread alone.
 */
final class Transactions {
    private final Database database;
    private final Pulse pulse;
    private final Runnable forget;
    private final LongAdder count = new LongAdder();
    private @Nullable Connection connection;
    /** Whether it has worked, so that it may have been cut since. */
    private boolean proven;

    /** @param forget ends all other connections, where the ledger is not the one any more that was opened */
    Transactions(Database database, Pulse pulse, Runnable forget) {
        this.database = database;
        this.pulse = pulse;
        this.forget = forget;
    }

    /** How many were committed; for any thread. */
    long count() {
        return count.sum();
    }

    /**
     * Does all of it, and tells those who wait, or does nothing of it. A connection that was cut while nobody used it is
     * nobody's failure.
     *
     * @return why it failed, or null
     */
    @Nullable
    Trouble attempt(List<Waiting<?>> batch) {
        boolean mayBeStale = connection != null && proven;
        Trouble trouble = transact(batch);
        if (trouble != null && trouble.kind() == Kind.CUT && mayBeStale) {
            trouble = transact(batch);
        }
        if (trouble == null) {
            pulse.works();
            batch.forEach(Waiting::done);
        } else if (trouble.isEverybodys()) {
            pulse.fails(trouble);
        }
        return trouble;
    }

    /** Whatever a work throws is its own failure, and the thread goes on. */
    private @Nullable Trouble transact(List<Waiting<?>> batch) {
        boolean committing = false;
        try {
            Connection writing = connected();
            database.begin(writing);
            for (Waiting<?> one : batch) {
                one.run(writing);
            }
            committing = true;
            database.commit(writing);
        } catch (Throwable failed) {
            Trouble trouble = database.trouble(failed);
            undo(trouble);
            return committing ? trouble.inDoubt() : trouble;
        }
        proven = true;
        count.increment();
        return null;
    }

    private Connection connected() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = database.connect();
            connection = open;
            proven = false;
        }
        return open;
    }

    private void undo(Trouble trouble) {
        if (trouble.kind() == Kind.GONE) {
            database.leave();
            forget.run();
        }
        Connection open = connection;
        if (open == null) {
            return;
        }
        if (!trouble.isEverybodys()) {
            try {
                database.rollback(open);
                return;
            } catch (SQLException broken) {
                // Then a new one is needed.
            }
        }
        drop();
    }

    void drop() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            database.drop(open);
        }
    }
}
