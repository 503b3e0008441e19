package io.countersign.ledger;

import java.sql.SQLTransientException;
import org.jspecify.annotations.Nullable;

/**
 * Why the ledger could not do something.
 *
 * @param seen what happened
 * @param remedy what an operator should do
 */
record Trouble(
        Kind kind, String seen, String remedy, @Nullable Throwable cause) {
    /** Whom it concerns. */
    enum Kind {
        /** What was to be done, alone: others may succeed. */
        WORK,
        /** The connection: a new one may succeed at once. */
        CUT,
        /** The ledger is not where it was, or no longer what it was; nothing of what is open may be used again. */
        GONE,
        /** There is no room for more. */
        FULL,
        /** Everybody, for another reason. */
        DOWN
    }

    /** Something that no database said. */
    static Trouble ofWork(Throwable failed) {
        if (failed instanceof SQLTransientException) {
            return new Trouble(Kind.WORK, "all its connections are in use", "", failed);
        }
        return new Trouble(
                Kind.WORK, "that cannot be done (" + failed.getClass().getSimpleName() + ")", "", failed);
    }

    /** At a commit, which must not be tried again then: it may have been done. */
    Trouble inDoubt() {
        boolean sure = kind == Kind.FULL || kind == Kind.GONE;
        return new Trouble(sure ? kind : Kind.DOWN, seen, remedy, cause);
    }

    /** All connections were ended by ourselves meanwhile. */
    Trouble ofEnded() {
        return new Trouble(Kind.CUT, "it was being opened again", "", cause);
    }

    boolean isEverybodys() {
        return kind != Kind.WORK;
    }

    /** @param did such as "cannot be written" */
    LedgerException exception(Database database, String did) {
        return new LedgerException(text(database, did), this);
    }

    String text(Database database, String did) {
        return database.name() + " " + did + ": " + seen + (remedy.isEmpty() ? "" : "; " + remedy);
    }
}
