package io.countersign.ledger;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where every transfer is written down. What {@link #commit} has returned from is on disk. Fails closed: while the ledger
 * cannot be reached, is full, locked, or not the one any more that was opened, every call fails, and each new call tries again;
 * nothing is created but by {@link #open}.
 *
 * <p>A ledger that is new knows nothing of the data folder, which is right for a new folder alone. So who opens it asks {@link
 * #isBuilt} before anything is written: where that is not so, the folder must have nothing that the ledger should know of, or
 * all of that is written into the ledger first; and then it is {@link #markBuilt}, once. Each data folder has its own mark.
 */
public final class Ledger implements AutoCloseable {
    private final Database database;
    private final String node;
    private volatile @Nullable Open open;

    /** What there is of it while it is open. */
    private record Open(Writer writer, Readers readers, Pulse pulse) {}

    /**
     * Does not connect yet.
     *
     * @param url {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql:…}
     * @param node whose data folder its own transfers concern
     */
    public Ledger(String url, String user, String password, String node) {
        this.database = Database.at(url, user, password);
        this.node = node;
    }

    /** Connects, creates what is missing or brings the tables up to date, and sees that they can be written. */
    public void open() throws LedgerException {
        if (open != null) {
            throw new IllegalStateException(database.name() + " is open");
        }
        try {
            database.prepare();
        } catch (SQLException failed) {
            throw database.trouble(failed).exception(database, "cannot be opened");
        }
        Pulse pulse = new Pulse(database);
        Readers readers = new Readers(database);
        Writer writer = new Writer(database, pulse, readers::forget, connection -> Nodes.seen(connection, node));
        writer.start();
        open = new Open(writer, readers, pulse);
        try {
            boolean unused = commit(connection -> Nodes.seen(connection, node));
        } catch (LedgerException failed) {
            close();
            throw failed;
        }
    }

    /** Whose data folder our own transfers concern. */
    public String node() {
        return node;
    }

    /**
     * Does it within a transaction, together with what others want at the same time, and returns once that is durable. The work
     * runs in another thread, and may run twice; it must wait for nothing. The caller waits for 30 s at the longest, and does not
     * stop when it is interrupted.
     *
     * @throws LedgerException where it is not in, or nobody knows; what the work itself throws unchecked is thrown as it is
     */
    public <T> T commit(Work<T> work) throws LedgerException {
        return opened().writer().commit(work);
    }

    /** Does what only reads. The work may run twice, and must not commit. */
    public <T> T read(Work<T> work) throws LedgerException {
        Open now = opened();
        try {
            return now.readers().read(work);
        } catch (TroubleException failed) {
            Trouble trouble = failed.trouble();
            if (trouble.isEverybodys()) {
                now.pulse().fails(trouble);
                now.writer().look();
            }
            throw trouble.exception(database, "cannot be read");
        }
    }

    /** Whether it has all that our data folder should have in it. */
    public boolean isBuilt() throws LedgerException {
        return read(connection -> Nodes.isBuilt(connection, node));
    }

    /** That it has. */
    public void markBuilt() throws LedgerException {
        boolean unused = commit(connection -> Nodes.built(connection, node));
    }

    /** Why it does not work, as was last seen: by whoever used it, or by itself, every few seconds. */
    public Optional<String> trouble() {
        Open now = open;
        if (now == null) {
            return Optional.of(database.name() + " is not open");
        }
        Trouble trouble = now.pulse().trouble();
        return trouble == null ? Optional.empty() : Optional.of(trouble.text(database, "does not work"));
    }

    /** How many calls of {@link #commit} were told that it is durable. */
    public long commits() {
        Open now = open;
        return now == null ? 0 : now.writer().commits();
    }

    /** How many transactions that took, and therefore flushes of the disk. */
    public long batches() {
        Open now = open;
        return now == null ? 0 : now.writer().batches();
    }

    /** How many wait for a commit to begin. */
    int waiting() {
        Open now = open;
        return now == null ? 0 : now.writer().waiting();
    }

    /** Without passwords. */
    @Override
    public String toString() {
        return database.name();
    }

    private Open opened() throws LedgerException {
        Open now = open;
        if (now == null) {
            throw new LedgerException(database.name() + " is not open", false, null);
        }
        return now;
    }

    /** Finishes the commits that wait. */
    @Override
    public void close() {
        Open now = open;
        open = null;
        if (now != null) {
            now.readers().close();
            now.writer().close();
        }
    }
}
