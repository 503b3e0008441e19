package io.countersign.settings;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects everything that is wrong with what the operator wrote, so that it is reported at once. */
public final class Problems {
    private final List<String> found = new ArrayList<>();
    private final Set<String> warnings = new LinkedHashSet<>();

    /**
     * @param where the key, file or partner that is wrong
     * @param what what was seen there, and what is accepted instead
     */
    public void add(String where, String what) {
        add(where + ": " + what);
    }

    /** @param line says where, and what was seen and is accepted */
    public void add(String line) {
        if (!found.contains(line)) {
            found.add(line);
        }
    }

    /** Something that an operator should know and that stops nothing. */
    public void warn(String where, String what) {
        warnings.add(where + ": " + what);
    }

    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    public List<String> found() {
        return List.copyOf(found);
    }

    public void throwIfAny() throws InvalidSettingsException {
        if (!found.isEmpty()) {
            throw new InvalidSettingsException(found());
        }
    }

    /** The message of an exception as an operator should read it: the causes' messages where the first says nothing. */
    public static String reason(Throwable thrown) {
        Throwable innermost = thrown;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null
                ? innermost.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
