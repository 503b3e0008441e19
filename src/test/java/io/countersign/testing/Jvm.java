package io.countersign.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines for programs of this project in a JVM of their own: the tests' Java, with their class path. */
public final class Jvm {
    private Jvm() {}

    /**
     * @param options of the JVM
     * @param program the main class and its arguments
     */
    public static List<String> command(List<String> options, String... program) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(
                List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.addAll(List.of(program));
        return command;
    }

    /** {@code countersign ARGUMENTS}, started quickly. */
    public static List<String> countersign(String... arguments) {
        List<String> command = command(List.of("-XX:TieredStopAtLevel=1"), "io.countersign.Countersign");
        command.addAll(List.of(arguments));
        return command;
    }
}
