package io.countersign.limbo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The cases on which we deliberately say otherwise, one a line: the case, what is expected, what we say, and why. */
final class Disagreements {
    private final Map<String, Boolean> ours = new HashMap<>();

    private Disagreements() {}

    /** Fails where a line is not of its form, has no reason, or is no disagreement. */
    static Disagreements read() {
        try (InputStream in = Objects.requireNonNull(Disagreements.class.getResourceAsStream("disagreements.txt"))) {
            Disagreements all = new Disagreements();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(all::add);
            return all;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void add(String line) {
        String[] parts = line.split(" [|] ", -1);
        if (parts.length != 4
                || parts[3].isBlank()
                || !Set.of("accepted", "refused").equals(Set.of(parts[1], parts[2].strip()))
                || ours.put(parts[0], parts[2].equals("accepted")) != null) {
            throw new IllegalStateException("not a disagreement with its reason: " + line);
        }
    }

    Set<String> ids() {
        return ours.keySet();
    }

    /** Whether we are to accept a case. */
    boolean expected(Case it) {
        Boolean listed = ours.get(it.id());
        if (listed != null && listed == it.isGood()) {
            throw new IllegalStateException("listed, and no disagreement: " + it.id());
        }
        return listed == null ? it.isGood() : listed;
    }
}
