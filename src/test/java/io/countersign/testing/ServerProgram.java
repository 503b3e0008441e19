package io.countersign.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A server of the machine, in the foreground until it is closed. It ends with the tests, also where they are killed. */
public final class ServerProgram implements AutoCloseable {
    /** The input ends when this process does, whatever it dies of; background processes of a shell do not have it. */
    private static final String UNTIL_INPUT_ENDS = "\"$@\" & read nothing; kill $!; wait $!";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process shell;
    private final Path log;

    private ServerProgram(Process shell, Path log) {
        this.shell = shell;
        this.log = log;
    }

    /** Starts it and waits until it accepts at all of these addresses. */
    public static ServerProgram start(Path folder, List<String> command, List<InetSocketAddress> accepting)
            throws IOException {
        List<String> kept = new ArrayList<>(List.of("sh", "-c", UNTIL_INPUT_ENDS, "sh"));
        kept.addAll(command);
        Path log = Files.createTempFile(folder, "server", ".log");
        ServerProgram program = new ServerProgram(
                new ProcessBuilder(kept)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                log);
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> accepting.stream().allMatch(ServerProgram::accepts));
            return program;
        } catch (ConditionTimeoutException late) {
            program.close();
            throw new AssertionError(command + " does not accept at " + accepting + ": " + program.output(), late);
        }
    }

    private static boolean accepts(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What it has printed so far. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> all = shell.descendants().toList();
        shell.getOutputStream().close();
        try {
            if (!shell.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end: " + output());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            all.forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
    }
}
