package io.countersign.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What is done within one transaction, in the ledger's own thread. It may be done again, where others in the same transaction
 * failed; so it changes nothing but what the connection reaches, and waits for nothing.
 */
@FunctionalInterface
public interface Work<T> {
    T in(Connection connection) throws SQLException;
}
