package io.countersign.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A contender's process, and what Linux says of it. */
final class Running implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Load.Work ONE = new Load.Work("one", 1, 1, Load.Connections.NEW, Duration.ofSeconds(5), 1);

    private final Process process;
    private final double secondsToFirstAnswer;

    /** @param core to which it is bound; none where it is negative */
    Running(Contender contender, Load load, int core, Path log) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (core >= 0) {
            command.addAll(List.of("taskset", "-c", Integer.toString(core)));
        }
        command.addAll(contender.command());
        long began = System.nanoTime();
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean answers = false;
        while (!answers) {
            if (!process.isAlive() || System.nanoTime() - began > PATIENCE.toNanos()) {
                close();
                throw new IOException(contender.name() + " does not answer: " + Files.readString(log));
            }
            answers = load.put(contender.port(), contender.path(), ONE).millis().size() == 1;
        }
        secondsToFirstAnswer = (System.nanoTime() - began) / 1e9;
    }

    double secondsToFirstAnswer() {
        return secondsToFirstAnswer;
    }

    /** Forgets the most memory so far. */
    void forgetMost() throws IOException {
        for (long id : ids()) {
            Files.writeString(Path.of("/proc/" + id + "/clear_refs"), "5");
        }
    }

    /** The most memory that it, and those that it started, have had resident, in MiB. */
    double mostMebibytes() throws IOException {
        long kibibytes = 0;
        for (long id : ids()) {
            for (String line : Files.readAllLines(Path.of("/proc/" + id + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    kibibytes += Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        }
        return kibibytes / 1024.0;
    }

    private List<Long> ids() {
        List<Long> ids = new ArrayList<>(List.of(process.pid()));
        process.descendants().forEach(one -> ids.add(one.pid()));
        return ids;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException impatient) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
