package io.countersign.receive;

import io.countersign.testing.LedgerKind;

/** Keys that a PostgreSQL keeps. */
class KeysInPostgreSqlTest extends KeysTest {
    @Override
    LedgerKind ledger() {
        return LedgerKind.POSTGRESQL;
    }
}
