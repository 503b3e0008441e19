package io.countersign.ledger;

import java.sql.SQLException;

/** The ledger is not where it was, or is not the one that was opened. */
final class GoneException extends SQLException {
    GoneException(String message) {
        super(message);
    }
}
