package io.countersign.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/** What is done within one transaction. It may be done again, where others in the same transaction failed. */
@FunctionalInterface
public interface Work<T> {
    T in(Connection connection) throws SQLException;
}
