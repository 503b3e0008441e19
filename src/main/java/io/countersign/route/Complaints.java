package io.countersign.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong with what was changed and is not in force, file by file; each is logged once, and once when it is mended. */
final class Complaints {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.changes");

    private final Map<String, List<String>> byFile = new TreeMap<>();
    private final List<BiConsumer<String, List<String>>> observers = new ArrayList<>();

    /** @see Following#observe */
    synchronized void observe(BiConsumer<String, List<String>> told) {
        observers.add(told);
    }

    /** @param why with the file's name in each; nothing where all is well */
    synchronized void set(String file, List<String> why) {
        List<String> before = why.isEmpty() ? byFile.remove(file) : byFile.put(file, List.copyOf(why));
        if (why.isEmpty() && before != null) {
            LOG.info("{} is in force as it is now", file);
        } else if (!why.isEmpty() && !Objects.equals(before, why)) {
            LOG.error("changed and not in force; what was before stays: {}", String.join("; ", why));
            observers.forEach(each -> each.accept(file, why));
        }
    }

    synchronized boolean has(String file) {
        return byFile.containsKey(file);
    }

    synchronized List<String> all() {
        return byFile.values().stream().flatMap(List::stream).distinct().toList();
    }
}
