package io.countersign.cli;

import io.countersign.ledger.Ledger;
import io.countersign.settings.Settings;

/** The ledger that the settings name. */
final class Ledgers {
    private Ledgers() {}

    /** @param node whose data folder it is for */
    static Ledger of(Settings settings, String node) {
        return new Ledger(
                settings.get("countersign.ledger-url"),
                settings.get("countersign.ledger-user"),
                settings.get("countersign.ledger-password"),
                node);
    }
}
