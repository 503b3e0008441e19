package io.countersign.send;

import io.countersign.ledger.Entry;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.Transfers;
import io.countersign.settings.Problems;
import io.countersign.text.OneLine;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What came of attempts: written into the ledger at once, or, while that cannot be used, as soon as it can. */
final class Debts {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.sent");

    private final Map<String, Entry> owed = new ConcurrentHashMap<>();
    private final Rows rows;

    Debts(Rows rows) {
        this.rows = rows;
    }

    void keep(Entry row) {
        try {
            rows.write(row);
            owed.remove(row.id());
            told(row);
        } catch (LedgerException later) {
            if (later.isEverybodys()) {
                LOG.debug("{} is to be written later", row.id(), later);
            } else {
                LOG.error(
                        "what became of key={} cannot be written down: {}",
                        row.id(),
                        OneLine.of(Problems.reason(later)));
            }
            owed.put(row.id(), row);
        }
    }

    synchronized void pay() throws LedgerException {
        for (Entry row : List.copyOf(owed.values())) {
            try {
                rows.writeLate(row);
            } catch (LedgerException unusable) {
                if (unusable.isEverybodys()) {
                    throw unusable;
                }
                LOG.debug("{} cannot be written", row.id(), unusable);
                continue;
            }
            if (owed.remove(row.id(), row)) {
                told(row);
            }
        }
    }

    boolean include(String key) {
        return owed.containsKey(key);
    }

    private static void told(Entry row) {
        String step = switch (row.state()) {
            case WAITING -> "setback";
            case FAILED -> "gave-up";
            default -> Transfers.word(row.state());
        };
        Attempts.STEPS.trace("{} {}", step, row.id());
    }
}
