package io.countersign.ledger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the ledger works, as was last seen; the log has it when that changes. */
final class Pulse {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.ledger");

    private final Database database;
    private boolean worked;
    private @Nullable Trouble trouble;

    Pulse(Database database) {
        this.database = database;
    }

    synchronized void works() {
        if (trouble != null && worked) {
            LOG.info("{} works again", database.name());
        }
        worked = true;
        trouble = null;
    }

    /** At the start nothing is logged: who starts it is told. */
    synchronized void fails(Trouble why) {
        if (worked && (trouble == null || trouble.kind() != why.kind())) {
            LOG.error("{}", why.text(database, "does not work"));
        }
        trouble = why;
    }

    synchronized @Nullable Trouble trouble() {
        return trouble;
    }
}
