package io.countersign.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What is wrong with a change, told of the files that must stay as they were for the rest of it to come into force. */
final class Blame {
    private final Map<String, List<String>> byLocation = new TreeMap<>();

    void add(String location, String why) {
        List<String> all = byLocation.computeIfAbsent(location, none -> new ArrayList<>());
        if (!all.contains(why)) {
            all.add(why);
        }
    }

    void add(Collection<String> locations, String why) {
        locations.forEach(location -> add(location, why));
    }

    void addAll(Blame other) {
        other.byLocation.forEach((location, all) -> all.forEach(why -> add(location, why)));
    }

    boolean isEmpty() {
        return byLocation.isEmpty();
    }

    Set<String> locations() {
        return byLocation.keySet();
    }

    List<String> all() {
        return byLocation.values().stream().flatMap(List::stream).distinct().toList();
    }

    List<String> of(String location) {
        return byLocation.getOrDefault(location, List.of());
    }
}
