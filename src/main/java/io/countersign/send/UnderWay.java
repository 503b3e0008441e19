package io.countersign.send;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What is known of the files that are being sent for as long as this process lives, and no longer. */
final class UnderWay {
    private static final int MOST_VERDICTS = 1_000;

    /** Since when, by the clock that only goes forward. */
    private final Map<Place, Long> running = new ConcurrentHashMap<>();

    private final Set<Place> attempted = ConcurrentHashMap.newKeySet();
    private final Map<Place, Instant> postponed = new ConcurrentHashMap<>();
    private final Map<Place, String> troubles = new ConcurrentHashMap<>();
    private final Map<String, Verdict> verdicts = new ConcurrentHashMap<>();

    private record Place(String partner, String path) {}

    /**
     * Begins an attempt.
     *
     * @param once for the first time only
     * @return whether nobody else is sending the file, a route that is being replaced included
     */
    boolean begin(String partner, String path, boolean once) {
        Place place = new Place(partner, path);
        return (!once || attempted.add(place)) && running.putIfAbsent(place, System.nanoTime()) == null;
    }

    void end(String partner, String path) {
        running.remove(new Place(partner, path));
    }

    List<String> running() {
        return running.keySet().stream()
                .map(place -> "outbox/" + place.partner() + "/" + place.path())
                .sorted()
                .toList();
    }

    /** How long the attempt has lasted that is on its way; none where there is none. */
    @Nullable
    Duration lasted(String partner, String path) {
        Long began = running.get(new Place(partner, path));
        return began == null ? null : Duration.ofNanos(System.nanoTime() - began);
    }

    boolean isIdle() {
        return running.isEmpty();
    }

    boolean contains(String partner, String path) {
        return running.containsKey(new Place(partner, path));
    }

    /** Leaves a file alone for a while. */
    void postpone(String partner, String path, Instant until) {
        postponed.put(new Place(partner, path), until);
    }

    boolean isPostponed(String partner, String path, Instant now) {
        Instant until = postponed.get(new Place(partner, path));
        if (until != null && !until.isAfter(now)) {
            postponed.remove(new Place(partner, path));
            return false;
        }
        return until != null;
    }

    /** @return whether this is news */
    boolean trouble(String partner, String path, String what) {
        return !what.equals(troubles.put(new Place(partner, path), what));
    }

    void mended(String partner, String path) {
        if (!troubles.isEmpty()) {
            troubles.remove(new Place(partner, path));
        }
    }

    /** What lies in outboxes and cannot be sent as it is. */
    List<String> troubles() {
        return troubles.entrySet().stream()
                .map(entry -> "outbox/" + entry.getKey().partner() + "/"
                        + entry.getKey().path() + " " + entry.getValue())
                .sorted()
                .toList();
    }

    /** What the partner has decided about the hand-over with this key, where its file could not be put away. */
    @Nullable
    Verdict verdict(String key) {
        return verdicts.get(key);
    }

    boolean isAccepted(String key) {
        Verdict verdict = verdicts.get(key);
        return verdict != null && verdict.accepted() != null;
    }

    /** Of more than can be remembered, the partner is asked again, under the same key. */
    void decided(Verdict verdict) {
        if (verdicts.size() < MOST_VERDICTS) {
            verdicts.put(verdict.sent().pending().key(), verdict);
        }
    }

    void putAway(String key) {
        verdicts.remove(key);
    }
}
