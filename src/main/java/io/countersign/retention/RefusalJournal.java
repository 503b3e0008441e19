package io.countersign.retention;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.RefusalRow;
import io.countersign.ledger.RefusalRows;
import io.countersign.ledger.RefusalRows.Crowd;
import io.countersign.refusal.Event;
import io.countersign.refusal.Nearest;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusals.Caller;
import io.countersign.refusal.ShownCertificate;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was refused into the ledger, many things at once and after the callers have been answered. A caller never waits
 * for it and never notices when it fails: what cannot be written is written later, and what has gone by then is counted and
 * told.
 */
public final class RefusalJournal implements AutoCloseable {
    /** How long to wait between two times of writing. */
    public static final Duration PAUSE = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger("countersign.retention");
    private static final int AT_ONCE = 500;
    /** More than it must go at a time, so that not each time something has to. */
    private static final int ROOM = 1_000;

    private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

    private final Ledger ledger;
    private final Refusals refusals;
    private final Map<Crowd, Integer> most;
    private final Map<Crowd, Integer> rows = new EnumMap<>(Crowd.class);
    private long lost;
    private @Nullable String why;
    private @Nullable Long lastLine;

    public RefusalJournal(Ledger ledger, Refusals refusals) {
        this(
                ledger,
                refusals,
                Map.of(
                        Crowd.PARTNER, 50_000,
                        Crowd.NEARLY_PARTNER, 20_000,
                        Crowd.CERTIFICATE, 10_000,
                        Crowd.HANDSHAKE, 10_000,
                        Crowd.NOISE, 10_000));
    }

    /** @param most how many rows this node may have in the ledger; the oldest go */
    RefusalJournal(Ledger ledger, Refusals refusals, Map<Crowd, Integer> most) {
        this.ledger = ledger;
        this.refusals = refusals;
        this.most = most;
    }

    /** Writes what is new; to be called again and again. */
    public synchronized void write() {
        boolean more = true;
        while (more) {
            List<Event> next = refusals.changed(AT_ONCE);
            more = !next.isEmpty() && written(next);
        }
        lost += refusals.forgotten();
        tell(BETWEEN_LINES);
    }

    private boolean written(List<Event> events) {
        try {
            List<RefusalRow> next = events.stream().map(this::row).toList();
            for (Crowd crowd : Crowd.values()) {
                makeRoom(crowd, (int)
                        next.stream().filter(row -> Crowd.of(row) == crowd).count());
            }
            ledger.commit(connection -> {
                new RefusalRows(connection).put(next);
                return next.size();
            });
            why = null;
            return true;
        } catch (LedgerException | RuntimeException unwritable) {
            refusals.changedStill(events);
            why = String.valueOf(unwritable.getMessage());
            rows.clear();
            return false;
        }
    }

    /** What only happens again needs no room; that it is counted as if it did costs a look at the ledger now and then. */
    private void makeRoom(Crowd crowd, int more) throws LedgerException {
        int limit = most.getOrDefault(crowd, 0);
        Integer known = rows.get(crowd);
        if (known == null || known + more > limit) {
            known = ledger.read(connection -> new RefusalRows(connection).count(ledger.node(), crowd));
        }
        int excess = known + more - limit;
        if (excess > 0) {
            int oldest = Math.min(known, excess + Math.min(ROOM, limit / 2));
            known -=
                    ledger.commit(connection -> new RefusalRows(connection).deleteOldest(ledger.node(), crowd, oldest));
        }
        rows.put(crowd, known + more);
    }

    private RefusalRow row(Event event) {
        Nearest nearest = event.nearest();
        return new RefusalRow(
                event.id(),
                ledger.node(),
                event.first(),
                event.last(),
                event.count(),
                event.code(),
                known(event.caller().partner()),
                known(event.caller().address()),
                known(event.caller().certificate()),
                storable(event.reason()),
                event.tls(),
                event.server() == null ? null : storable(event.server()),
                event.chain().isEmpty() ? null : storable(chain(event.chain())),
                event.approval(),
                nearest == null ? null : nearest.partner(),
                nearest == null ? null : storable(nearest.difference()));
    }

    private static String chain(List<ShownCertificate> shown) {
        JsonArray chain = new JsonArray();
        for (ShownCertificate certificate : shown) {
            JsonObject json = new JsonObject();
            json.put("fingerprint", certificate.fingerprint());
            json.put("subject", certificate.subject());
            json.put("issuer", certificate.issuer());
            json.put("serial", certificate.serial());
            json.put("notBefore", certificate.notBefore().toString());
            json.put("notAfter", certificate.notAfter().toString());
            chain.add(json);
        }
        return chain.toJson();
    }

    private static @Nullable String known(String text) {
        return text.equals(Caller.UNKNOWN) ? null : storable(text);
    }

    /** PostgreSQL's text has any character but this one, and a stranger may have put it into a name. */
    private static String storable(String text) {
        return text.replace('\0', '?');
    }

    private void tell(Duration since) {
        long now = System.nanoTime();
        if ((lost == 0 && why == null) || (lastLine != null && now - lastLine < since.toNanos())) {
            return;
        }
        if (why != null) {
            LOG.warn("refusals are not in the ledger now, but in the log: {}", why);
        }
        if (lost > 0) {
            LOG.warn("{} things that were refused never got into the ledger; they are in the log", lost);
            lost = 0;
        }
        lastLine = now;
    }

    /** Writes what is left. */
    @Override
    public void close() {
        write();
        tell(Duration.ZERO);
    }
}
