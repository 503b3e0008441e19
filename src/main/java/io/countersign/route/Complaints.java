package io.countersign.route;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong with what was changed and is not in force, file by file; each is logged once, and once when it is mended. */
final class Complaints {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.changes");

    private final Map<String, List<String>> byFile = new TreeMap<>();
    private final List<BiConsumer<String, List<String>>> observers = new CopyOnWriteArrayList<>();

    /** @see Following#observe */
    void observe(BiConsumer<String, List<String>> told) {
        observers.add(told);
    }

    /** @param why with the file's name in each; nothing where all is well */
    void set(String file, List<String> why) {
        List<String> before = replace(file, why);
        if (why.isEmpty() && before != null) {
            LOG.info("{} is in force as it is now", file);
        } else if (!why.isEmpty() && !Objects.equals(before, why)) {
            LOG.error("changed and not in force; what was before stays: {}", String.join("; ", why));
            observers.forEach(each -> each.accept(file, why));
        }
    }

    private synchronized @Nullable List<String> replace(String file, List<String> why) {
        return why.isEmpty() ? byFile.remove(file) : byFile.put(file, List.copyOf(why));
    }

    synchronized boolean has(String file) {
        return byFile.containsKey(file);
    }

    synchronized List<String> all() {
        return byFile.values().stream().flatMap(List::stream).distinct().toList();
    }
}
