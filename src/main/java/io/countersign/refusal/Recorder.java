package io.countersign.refusal;

import io.countersign.address.Addresses;
import io.countersign.kept.Rates;
import io.countersign.refusal.Refusals.Caller;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was refused, each thing once with the number of its repetitions. However much is refused, it stays small: of each {@link
 * Crowd} as many things, the ones that were not repeated for the longest going first, and new ones only so many in a minute, of
 * one source and of all; the rest is counted as one.
 */
final class Recorder {
    static final int KEPT = 1_000;
    private static final int SOURCES = 10_000;
    private static final int COMPARED_A_MINUTE = 120;
    private static final int CERTIFICATES = 5;
    private static final Duration SAME_FOR = Duration.ofDays(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String MANY = "more different refusals in a minute than are listed one by one";

    private final Map<Crowd, Map<Key, Entry>> crowds = new EnumMap<>(Crowd.class);
    private final Map<String, Entry> byId = new HashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();
    private final Rates rates = new Rates(SOURCES);
    private long forgotten;

    private record Key(String code, Caller caller, String reason) {}

    private static final class Entry {
        private Event event;
        private Instant logged;
        private long unlogged;

        Entry(Event event) {
            this.event = event;
            this.logged = event.first();
        }
    }

    /**
     * What has become of it.
     *
     * @param news how often it has happened since it was last worth a line in the log; 0 where it is not worth one now
     */
    record Recorded(Event event, long news) {}

    Recorder() {
        for (Crowd crowd : Crowd.values()) {
            crowds.put(crowd, new LinkedHashMap<>(16, 0.75f, true));
        }
    }

    /** @param compare finds the nearest partner; asked only about what is new, and outside of any lock */
    Recorded record(
            String code,
            Caller caller,
            Shown shown,
            String reason,
            Instant now,
            Function<List<X509Certificate>, Optional<Nearest>> compare) {
        Key key = new Key(code, caller, reason);
        Recorded again = again(key, now);
        if (again != null) {
            return again;
        }
        Nearest nearest = caller.partner().equals(Caller.UNKNOWN)
                        && !shown.certificates().isEmpty()
                        && rates.isWithin("compare", COMPARED_A_MINUTE, now)
                ? compare.apply(shown.certificates()).orElse(null)
                : null;
        Crowd crowd = Crowd.of(caller, shown, nearest);
        Key listed = listed(crowd, key, now);
        return listed.equals(key)
                ? add(crowd, key, event(key, shown, nearest, now))
                : add(crowd, listed, event(listed, Shown.NOTHING, null, now));
    }

    /** All of them, the last one first. */
    synchronized List<Event> events() {
        return crowds.values().stream()
                .flatMap(entries -> entries.values().stream())
                .map(entry -> entry.event)
                .sorted(Comparator.comparing(Event::last).reversed())
                .toList();
    }

    /** Those that have changed since they were last asked for. */
    synchronized List<Event> changed(int most) {
        List<Event> found = new ArrayList<>();
        Iterator<String> ids = changed.iterator();
        while (ids.hasNext() && found.size() < most) {
            Entry entry = byId.get(ids.next());
            ids.remove();
            if (entry != null) {
                found.add(entry.event);
            }
        }
        return found;
    }

    /** They are asked for again. */
    synchronized void changedStill(List<Event> events) {
        for (Event event : events) {
            if (byId.containsKey(event.id())) {
                changed.add(event.id());
            } else {
                forgotten++;
            }
        }
    }

    /** How many had to go before anybody has asked for them, since this was last asked. */
    synchronized long forgotten() {
        long count = forgotten;
        forgotten = 0;
        return count;
    }

    private synchronized @Nullable Recorded again(Key key, Instant now) {
        Entry entry = find(key);
        if (entry == null || now.isAfter(entry.event.last().plus(SAME_FOR))) {
            return null;
        }
        entry.event = entry.event.again(now);
        changed.add(entry.event.id());
        entry.unlogged++;
        boolean soon = !now.isBefore(entry.logged) && now.isBefore(entry.logged.plus(MINUTE));
        long news = soon ? 0 : entry.unlogged;
        if (news > 0) {
            entry.logged = now;
            entry.unlogged = 0;
        }
        return new Recorded(entry.event, news);
    }

    private synchronized Recorded add(Crowd crowd, Key key, Event event) {
        Recorded meanwhile = again(key, event.first());
        if (meanwhile != null) {
            return meanwhile;
        }
        Map<Key, Entry> entries = Objects.requireNonNull(crowds.get(crowd));
        Entry before = entries.put(key, new Entry(event));
        if (before != null) {
            forget(before);
        }
        byId.put(event.id(), entries.get(key));
        changed.add(event.id());
        if (entries.size() > KEPT) {
            Iterator<Entry> eldest = entries.values().iterator();
            forget(eldest.next());
            eldest.remove();
        }
        return new Recorded(event, 1);
    }

    private void forget(Entry entry) {
        byId.remove(entry.event.id());
        if (changed.remove(entry.event.id())) {
            forgotten++;
        }
    }

    private @Nullable Entry find(Key key) {
        return crowds.values().stream()
                .map(entries -> entries.get(key))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Itself, or what it is counted with. */
    private synchronized Key listed(Crowd crowd, Key key, Instant now) {
        Caller caller = key.caller();
        boolean known = crowd == Crowd.PARTNER;
        String source = known ? caller.partner() : Addresses.source(caller.address());
        Key listed = rates.isWithin(crowd + " " + source, crowd.ofOne(), now)
                ? key
                : new Key(
                        key.code(),
                        known ? Caller.of(caller.partner(), null, null) : Caller.of(null, source, null),
                        MANY);
        return find(listed) != null || rates.isWithin(crowd.toString(), crowd.ofAll(), now)
                ? listed
                : new Key(
                        key.code(),
                        Caller.of(null, null, null),
                        MANY + ", " + crowd.toString().toLowerCase(Locale.ROOT));
    }

    private static Event event(Key key, Shown shown, @Nullable Nearest nearest, Instant now) {
        return new Event(
                UUID.randomUUID().toString(),
                now,
                now,
                1,
                key.code(),
                key.caller(),
                key.reason(),
                shown.tls(),
                shown.server(),
                shown.certificates().stream()
                        .limit(CERTIFICATES)
                        .map(ShownCertificate::of)
                        .toList(),
                shown.unknown(),
                nearest);
    }
}
