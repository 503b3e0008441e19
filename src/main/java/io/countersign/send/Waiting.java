package io.countersign.send;

import io.countersign.ledger.LedgerException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The files that wait, as they were last seen in the ledger, since an outbox asks about each of them twice a second. */
final class Waiting {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final Map<String, Map<String, Pending>> byPartner = new ConcurrentHashMap<>();
    private final Map<String, Instant> looked = new ConcurrentHashMap<>();
    private final Rows rows;
    private final Debts debts;
    private volatile boolean loaded;

    Waiting(Rows rows) {
        this.rows = rows;
        this.debts = new Debts(rows);
    }

    Rows rows() {
        return rows;
    }

    Debts debts() {
        return debts;
    }

    @Nullable
    Pending find(String partner, String path) throws LedgerException {
        return of(partner).get(path);
    }

    /** Also what another process has written, if a second or more ago. */
    @Nullable
    Pending findAnew(String partner, String path) throws LedgerException {
        Instant now = Clock.systemUTC().instant();
        if (find(partner, path) == null
                && !looked.getOrDefault(partner, Instant.MIN)
                        .plus(BETWEEN_LOOKS)
                        .isAfter(now)) {
            looked.put(partner, now);
            load(partner::equals);
        }
        return find(partner, path);
    }

    Collection<Pending> allOf(String partner) throws LedgerException {
        return of(partner).values();
    }

    /** Of those that were seen. */
    Collection<Pending> all() {
        return byPartner.values().stream()
                .flatMap(known -> known.values().stream())
                .toList();
    }

    /** @see Rows#open */
    Pending open(Pending fresh) throws LedgerException {
        Pending opened = rows.open(fresh);
        of(fresh.partner()).put(fresh.path(), opened);
        return opened;
    }

    /** Keeps when the next attempt is due. */
    void setBack(Pending again) {
        seen(again.partner()).put(again.path(), again);
        debts.keep(rows.row(again));
    }

    /** Keeps what has become of a file for good. */
    void end(Pending pending, Ending ending) {
        forget(pending);
        debts.keep(ending.of(rows.row(pending)));
    }

    void makeDue(String partner, String path) throws LedgerException {
        of(partner)
                .computeIfPresent(
                        path, (same, pending) -> pending.dueAt(Clock.systemUTC().instant()));
    }

    boolean contains(Pending pending) {
        Pending known = seen(pending.partner()).get(pending.path());
        return known != null && known.key().equals(pending.key());
    }

    void forget(Pending pending) {
        seen(pending.partner())
                .computeIfPresent(pending.path(), (path, known) -> known.key().equals(pending.key()) ? null : known);
    }

    private Map<String, Pending> of(String partner) throws LedgerException {
        if (!loaded) {
            load(any -> true);
            loaded = true;
        }
        return seen(partner);
    }

    private Map<String, Pending> seen(String partner) {
        return byPartner.computeIfAbsent(partner, name -> new ConcurrentHashMap<>());
    }

    private synchronized void load(Predicate<String> partners) throws LedgerException {
        for (Pending pending : rows.waiting()) {
            if (partners.test(pending.partner()) && !debts.include(pending.key())) {
                seen(pending.partner()).putIfAbsent(pending.path(), pending);
            }
        }
    }
}
