package io.countersign.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Command lines for programs of this project in a JVM of their own: the tests' Java, with their class path. It starts quickly,
 * which is most of what such a JVM has to do.
 */
public final class Jvm {
    /** The option for one that moves much: what is called often is compiled well. */
    public static final String FOR_BULK = "-XX:TieredStopAtLevel=4";

    private Jvm() {}

    /**
     * @param options of the JVM
     * @param program the main class and its arguments
     */
    public static List<String> command(List<String> options, String... program) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(ClassArchive.options());
        command.addAll(options);
        command.addAll(List.of("-cp", ClassArchive.CLASS_PATH));
        command.addAll(List.of(program));
        return command;
    }

    /** {@code countersign ARGUMENTS}. */
    public static List<String> countersign(String... arguments) {
        List<String> command = command(List.of(), "io.countersign.Countersign");
        command.addAll(List.of(arguments));
        return command;
    }
}
