package io.countersign.kept;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What was found out, up to a number of entries and a weight; what was not asked for the longest goes first. */
public final class Kept<K, V> {
    private final int most;
    private final long heaviest;
    private final ToLongFunction<V> weight;
    private final Map<K, Weighed<V>> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long total;

    private record Weighed<V>(V value, long weight) {}

    public Kept(int most) {
        this(most, Long.MAX_VALUE, value -> 0);
    }

    /** @param heaviest in the unit of the weights; a single entry may weigh more */
    public Kept(int most, long heaviest, ToLongFunction<V> weight) {
        this.most = most;
        this.heaviest = heaviest;
        this.weight = weight;
    }

    public synchronized @Nullable V get(K key) {
        Weighed<V> found = entries.get(key);
        return found == null ? null : found.value();
    }

    public synchronized V get(K key, Supplier<V> otherwise) {
        V found = get(key);
        if (found == null) {
            found = otherwise.get();
            put(key, found);
        }
        return found;
    }

    public synchronized void put(K key, V value) {
        remove(key);
        Weighed<V> weighed = new Weighed<>(value, weight.applyAsLong(value));
        entries.put(key, weighed);
        total += weighed.weight();
        Iterator<Weighed<V>> eldest = entries.values().iterator();
        while (entries.size() > 1 && (entries.size() > most || total > heaviest)) {
            total -= eldest.next().weight();
            eldest.remove();
        }
    }

    public synchronized void remove(K key) {
        Weighed<V> gone = entries.remove(key);
        total -= gone == null ? 0 : gone.weight();
    }

    public synchronized int size() {
        return entries.size();
    }
}
