package io.countersign.operations;

import io.countersign.tls.Dated;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches what ends: certificates, authorities and revocation lists in force. Whatever is asked here, the set in force is
 * looked at anew. Each warning is logged once, and again after a restart: at 30, 14, 7 and 1 days before the end, and when
 * it has come.
 */
public final class Expiry {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.expiry");

    private final Supplier<List<Dated>> inForce;
    private final Clock clock;
    private Map<Key, Told> told = Map.of();
    private BiConsumer<String, String> observer = (owner, warning) -> {};

    private record Key(Dated.Kind kind, String owner, String fingerprint) {
        static Key of(Dated dated) {
            return new Key(dated.kind(), dated.owner(), dated.fingerprint());
        }
    }

    /** The last warning about something, and whether it said that there is a successor. */
    private record Told(int stage, boolean followed) {
        static final Told NOTHING = new Told(Integer.MAX_VALUE, true);

        boolean isLessThan(Ending now) {
            return now.stage() < stage || (followed && stage != Integer.MAX_VALUE && now.successor() == null);
        }
    }

    /** @param inForce everything that ends; asked at each look */
    public Expiry(Supplier<List<Dated>> inForce, Clock clock) {
        this.inForce = inForce;
        this.clock = clock;
    }

    /** @param observer is told whose it is, and each warning, as it is logged; it must neither wait nor fail */
    public synchronized void observe(BiConsumer<String, String> observer) {
        this.observer = observer;
    }

    /** Logs what is near its end, and what could not be renewed, as far as it was not logged before; to be called often. */
    public synchronized void look() {
        try {
            look(inForce());
        } catch (RuntimeException failed) {
            LOG.error("what expires could not be looked at", failed); // a scheduler would never look again
        }
    }

    private void look(List<Dated> now) {
        Map<Key, Ending> endings =
                endings(now).stream().collect(Collectors.toMap(ending -> Key.of(ending.what()), Function.identity()));
        Map<Key, Told> next = new HashMap<>();
        for (Dated dated : now) {
            Key key = Key.of(dated);
            Told before = told.get(key);
            if (before == null) {
                NotRenewable.advice(dated).ifPresent(LOG::warn);
            }
            Told last = Objects.requireNonNullElse(before, Told.NOTHING);
            Ending ending = endings.get(key);
            if (ending != null && last.isLessThan(ending)) {
                LOG.atLevel(ending.level()).log(ending::toString);
                observer.accept(dated.owner(), ending.toString());
                last = new Told(ending.stage(), ending.successor() != null);
            }
            next.put(key, last);
        }
        told = next;
    }

    /** What ends within 30 days or has ended, the next to end first. */
    public List<String> expiring() {
        return endings(inForce()).stream()
                .sorted(Comparator.comparing(ending -> ending.what().notAfter()))
                .map(Ending::toString)
                .toList();
    }

    /** The certificates shown by clients that could not be renewed as such, and what to do about it. */
    public List<String> notRenewable() {
        return inForce().stream()
                .map(NotRenewable::advice)
                .flatMap(Optional::stream)
                .toList();
    }

    /** All that ends and is in force, each once. */
    List<Dated> inForce() {
        return List.copyOf(inForce.get().stream()
                .collect(Collectors.toMap(Key::of, Function.identity(), (one, same) -> one, LinkedHashMap::new))
                .values());
    }

    private List<Ending> endings(List<Dated> all) {
        Instant now = clock.instant();
        Map<String, List<Dated>> byOwner = all.stream().collect(Collectors.groupingBy(Dated::owner));
        return all.stream()
                .filter(dated -> Ending.stage(dated, now) <= Ending.EARLIEST)
                .map(dated -> new Ending(
                        dated,
                        Ending.stage(dated, now),
                        Duration.between(now, dated.notAfter()),
                        byOwner.getOrDefault(dated.owner(), List.of()).stream()
                                .filter(other -> dated.isFollowedBy(other, now))
                                .max(Comparator.comparing(Dated::notAfter))
                                .orElse(null)))
                .toList();
    }
}
