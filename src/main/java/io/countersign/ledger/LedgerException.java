package io.countersign.ledger;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The ledger cannot be read or written now. Nothing may be promised then; what was asked for may or may not be in it. The
 * message says which ledger, what was seen and what to do, never a password.
 */
public final class LedgerException extends IOException {
    private final boolean full;
    private final boolean everybodys;

    LedgerException(String message, boolean full, @Nullable Throwable cause) {
        super(message, cause);
        this.full = full;
        this.everybodys = true;
    }

    LedgerException(String message, Trouble trouble) {
        super(message, trouble.cause());
        this.full = trouble.kind() == Trouble.Kind.FULL;
        this.everybodys = trouble.isEverybodys();
    }

    /** Whether nothing else can be read or written either; not where only this is in the way. */
    public boolean isEverybodys() {
        return everybodys;
    }

    /** Whether it is for want of room on the ledger's disk; the message has the words "no space left" then. */
    public boolean isFull() {
        return full;
    }
}
