package io.countersign.send;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.Transfers;
import io.countersign.ledger.Work;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is sent, as the ledger has it: one row for each hand-over, over all attempts at it. */
final class Rows {
    /** Whose files they are: the outboxes', or those of the command, which never meet. */
    enum Owner {
        OUTBOX,
        COMMAND
    }

    /**
     * In words that lead to the index of withdrawn rows. Only what goes out is withdrawn: the direction, or an order, would tempt
     * SQLite to take another one.
     */
    static final String AS_WITHDRAWN =
            "state = 'withdrawn' AND node = ? AND partner = ? AND path = ? AND size = ? AND modified = ?";

    private final Outage outage = new Outage();
    private final Ledger ledger;
    private final String claims;

    Rows(Ledger ledger, Owner owner) {
        this.ledger = ledger;
        this.claims = ledger.node() + "/" + Transfers.word(owner) + "/";
    }

    Outage outage() {
        return outage;
    }

    /** Ends an outage that is over, also where nothing has to be written. */
    void tryAgain() throws LedgerException {
        if (outage.why() != null) {
            commit(connection -> true);
        }
    }

    List<Pending> waiting() throws LedgerException {
        String node = ledger.node();
        List<Entry> rows = read(connection -> new Transfers(connection).in(node, Direction.OUT, State.WAITING));
        return rows.stream()
                .filter(row -> String.valueOf(row.claim()).startsWith(claims))
                .map(Pending::of)
                .toList();
    }

    boolean isWaiting(Pending pending) throws LedgerException {
        return read(connection -> isWaiting(new Transfers(connection), pending));
    }

    /**
     * Has a row for a file before its first byte goes out.
     *
     * @param fresh what it is where nothing is known of it
     * @return the same file's earlier one, where it waits or was withdrawn
     */
    Pending open(Pending fresh) throws LedgerException {
        return Pending.of(commit(connection -> {
            Transfers transfers = new Transfers(connection);
            Optional<Entry> there = transfers.claimed(Direction.OUT, fresh.partner(), claims + fresh.path());
            if (there.isPresent() && fresh.isOf(there.get().size(), there.get().modified())) {
                return there.get();
            }
            if (there.isPresent()) {
                transfers.replace(Ending.withdrawn(Ending.REPLACED).of(there.get()));
            }
            Optional<Pending> before = withdrawn(transfers, fresh);
            Entry row = row(before.map(same -> same.again(fresh)).orElse(fresh));
            if (before.isPresent() ? !transfers.replace(row) : !transfers.add(row)) {
                throw new SQLException("there is another row for " + row.id() + " or its place");
            }
            return row;
        }));
    }

    /**
     * Lets a file wait, whatever waits at its place, in the row that has its key where there is one.
     *
     * @return not where the service is still putting it away
     */
    boolean putBack(Pending pending) throws LedgerException {
        return commit(connection -> {
            Transfers transfers = new Transfers(connection);
            if (transfers
                    .find(pending.key())
                    .filter(row -> row.state() == State.WAITING && !Failures.PUT_BACK.equals(row.reason()))
                    .isPresent()) {
                return false;
            }
            Optional<Entry> there = transfers.claimed(Direction.OUT, pending.partner(), claims + pending.path());
            if (there.isPresent() && !there.get().id().equals(pending.key())) {
                transfers.replace(Ending.withdrawn(Ending.REPLACED).of(there.get()));
            }
            return put(transfers, row(pending));
        });
    }

    /** When its hand-over began, where there is a row with this key. */
    Optional<Instant> began(String key) throws LedgerException {
        return read(connection -> new Transfers(connection).find(key)).map(Entry::began);
    }

    Entry row(Pending pending) {
        return pending.row(ledger.node(), claims + pending.path());
    }

    /** What was sent stays so, whatever came of another attempt at it. */
    void write(Entry row) throws LedgerException {
        commit(connection -> {
            Transfers transfers = new Transfers(connection);
            boolean wasSent = row.state() == State.WAITING
                    && transfers
                            .find(row.id())
                            .filter(there -> there.state() == State.SENT)
                            .isPresent();
            return wasSent || put(transfers, row);
        });
    }

    /** Writes what could not be written in time; where another process has written since, that stays. */
    void writeLate(Entry row) throws LedgerException {
        commit(connection -> {
            Transfers transfers = new Transfers(connection);
            Optional<Entry> there = transfers.find(row.id());
            return (there.isEmpty() || !there.get().changed().isAfter(row.changed()))
                    && put(
                            transfers,
                            isFree(transfers, row)
                                    ? row
                                    : Ending.withdrawn(Ending.REPLACED).of(row));
        });
    }

    /** @return not where it does not wait any more */
    boolean endIfWaiting(Pending pending, Ending ending) throws LedgerException {
        return commit(connection -> {
            Transfers transfers = new Transfers(connection);
            return isWaiting(transfers, pending) && transfers.replace(ending.of(row(pending)));
        });
    }

    private static boolean put(Transfers transfers, Entry row) throws SQLException {
        return transfers.replace(row) || transfers.add(row);
    }

    private static boolean isWaiting(Transfers transfers, Pending pending) throws SQLException {
        return transfers
                .find(pending.key())
                .filter(row -> row.state() == State.WAITING)
                .isPresent();
    }

    private static boolean isFree(Transfers transfers, Entry row) throws SQLException {
        String claim = row.claim();
        return claim == null
                || transfers
                        .claimed(Direction.OUT, row.partner(), claim)
                        .filter(other -> !other.id().equals(row.id()))
                        .isEmpty();
    }

    private Optional<Pending> withdrawn(Transfers transfers, Pending fresh) throws SQLException {
        return transfers
                .select(AS_WITHDRAWN, ledger.node(), fresh.partner(), fresh.path(), fresh.size(), fresh.modified())
                .stream()
                .max(Comparator.comparing(Entry::changed))
                .map(Pending::of);
    }

    private <T> T commit(Work<T> work) throws LedgerException {
        try {
            T result = ledger.commit(work);
            outage.end();
            return result;
        } catch (LedgerException unusable) {
            throw begin(unusable);
        }
    }

    private LedgerException begin(LedgerException unusable) {
        return unusable.isEverybodys() ? outage.begin(unusable) : unusable;
    }

    private <T> T read(Work<T> work) throws LedgerException {
        try {
            return ledger.read(work);
        } catch (LedgerException unusable) {
            throw begin(unusable);
        }
    }
}
