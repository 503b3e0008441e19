package io.countersign.ledger;

import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.testing.PostgresServer.Database;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Transfers to be written down, and a ledger for them. */
final class Entries {
    private Entries() {}

    static Ledger ledger(Database database) {
        return new Ledger(database.url(), database.user(), database.password(), "node");
    }

    static Ledger opened(Database database) throws LedgerException {
        Ledger ledger = ledger(database);
        ledger.open();
        return ledger;
    }

    /** Of a partner who gave no key. */
    static Entry entry() {
        return entry(null);
    }

    static Entry entry(@Nullable String claim) {
        Instant now = Instant.parse("2026-11-24T12:00:00Z");
        return new Entry(
                UUID.randomUUID().toString(),
                "node",
                Direction.IN,
                "acme",
                claim,
                claim,
                "order.xml",
                "order.xml",
                12,
                0,
                null,
                State.DELIVERING,
                now,
                now,
                1,
                null,
                null,
                null,
                null);
    }

    static boolean add(Ledger ledger, Entry entry) throws LedgerException {
        return ledger.commit(connection -> new Transfers(connection).add(entry));
    }

    static boolean has(Ledger ledger, Entry entry) throws LedgerException {
        return ledger.read(
                connection -> new Transfers(connection).find(entry.id()).isPresent());
    }

    static List<Entry> all(Ledger ledger) throws LedgerException {
        return ledger.read(connection -> new Transfers(connection).select("1 = 1"));
    }
}
