package io.countersign.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A program of the machine, run as a person would. */
public record Command(int exitCode, String output) {
    public static Command run(Path folder, List<String> command) throws IOException, InterruptedException {
        return run(folder, "", command);
    }

    public static Command run(Path folder, String input, List<String> command)
            throws IOException, InterruptedException {
        return run(folder, input, command, Duration.ofSeconds(60));
    }

    /** @param atMost how long it may take */
    public static Command run(Path folder, String input, List<String> command, Duration atMost)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("command", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.ISO_8859_1));
            process.getOutputStream().close();
            if (!process.waitFor(atMost.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end: " + Files.readString(output));
            }
            return new Command(process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /** Skips the test, by name, where the program is not installed. */
    public static void assumeInstalled(String program) {
        Assumptions.assumeTrue(isInstalled(program), program + " is not installed");
    }

    public static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
