package io.countersign.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** {@code countersign run} in a JVM of its own, as an operator runs it. */
public final class ServiceProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on .*https://[^:/]+:(\\d+)/exchange");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private ServiceProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it without waiting for anything. */
    public static ServiceProcess launch(TestHome home, String... jvmOptions) throws IOException {
        home.saveSettings();
        return launch(home.folder, jvmOptions);
    }

    private static ServiceProcess launch(Path home, String... jvmOptions) throws IOException {
        return launch(Jvm.command(List.of(jvmOptions), "io.countersign.Countersign", "run", "--home", home.toString()));
    }

    /** Starts it with so many files that it may open, and waits until it listens. */
    public static ServiceProcess startWithFiles(int most, TestHome home) throws IOException {
        home.saveSettings();
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + most + "; exec \"$@\"", "sh"));
        command.addAll(Jvm.command(List.of(), "io.countersign.Countersign", "run", "--home", home.folder.toString()));
        return launch(command).awaitListening();
    }

    private static ServiceProcess launch(List<String> command) throws IOException {
        Path output = Files.createTempFile("countersign", ".log");
        output.toFile().deleteOnExit();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new ServiceProcess(process, output);
    }

    /** Starts it and waits until it listens. */
    public static ServiceProcess start(TestHome home, String... jvmOptions) throws IOException {
        home.saveSettings();
        return start(home.folder, jvmOptions);
    }

    /** Starts it in any folder that has routes, and waits until it listens. */
    public static ServiceProcess start(Path home, String... jvmOptions) throws IOException {
        return launch(home, jvmOptions).awaitListening();
    }

    public ServiceProcess awaitListening() {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !process.isAlive() || LISTENING.matcher(output()).find());
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended: " + output());
        }
        return this;
    }

    /** @return whether it has ended by itself within that time */
    public boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    public int port() {
        Matcher listening = LISTENING.matcher(output());
        if (!listening.find()) {
            throw new IllegalStateException(output());
        }
        return Integer.parseInt(listening.group(1));
    }

    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    public int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it still runs: " + output());
        }
        return process.exitValue();
    }

    public void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
