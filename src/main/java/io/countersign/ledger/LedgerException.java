package io.countersign.ledger;

import java.io.IOException;

/** The ledger cannot be read or written now. Nothing may be promised then; what was asked for may or may not be in it. */
public final class LedgerException extends IOException {
    LedgerException(String message, Throwable cause) {
        super(message, cause);
    }
}
