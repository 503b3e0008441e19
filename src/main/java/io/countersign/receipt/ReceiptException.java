package io.countersign.receipt;

import org.jspecify.annotations.Nullable;

/** A signed receipt that cannot be made, or does not prove what it should; the message says why, for the operator. */
public final class ReceiptException extends Exception {
    private final boolean passing;

    ReceiptException(String message) {
        this(message, null);
    }

    ReceiptException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    ReceiptException(String message, @Nullable Throwable cause, boolean passing) {
        super(message, cause);
        this.passing = passing;
    }

    /** Whether it may be good later: nobody could say whether its signer's certificate is revoked. */
    public boolean isPassing() {
        return passing;
    }
}
