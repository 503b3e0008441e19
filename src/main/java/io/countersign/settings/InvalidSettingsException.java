package io.countersign.settings;

import java.util.List;

/** Thrown at start with every problem that was found; nothing listens after it. */
public final class InvalidSettingsException extends Exception {
    private final List<String> problems;

    public InvalidSettingsException(List<String> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }

    private static String message(List<String> problems) {
        return (problems.size() == 1 ? "1 problem" : problems.size() + " problems")
                + " to mend before Countersign can start:\n  - " + String.join("\n  - ", problems);
    }
}
