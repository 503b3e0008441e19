package io.countersign.bench;

import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What lies in an outbox, sent by Countersign, and the same files sent by curl, to somebody who takes them and keeps nothing;
 * the senders in turn on one core. {@code mvn -Pbench -DskipTests -Dbench=Sending verify}.
 */
final class Sending {
    private static final int FILES = Integer.getInteger("files", 3_000);
    private static final int FIRST = FILES / 10;
    private static final int PROCESSES = 100;
    private static final int PATIENCE = 300;

    private final Path folder;
    private final PrintStream out;
    private final TestHome home;
    private final Contender service;
    private final Load load;
    private final Taking taking;
    private final Outbox outbox;
    private final Map<String, List<Double>> measured = new LinkedHashMap<>();

    Sending(Path folder, Path distribution, PrintStream out) throws Exception {
        this.folder = folder;
        this.out = out;
        home = new TestHome(Files.createTempDirectory(folder, "sending"));
        load = new Load(home.authority, home.pinned("caller"));
        taking = new Taking(home.authority, home.company);
        outbox = new Outbox(home, taking);
        service = Contender.countersign(home, distribution);
    }

    /** @param arguments a folder for all that is made, the distribution, how many rounds */
    public static void main(String[] arguments) throws Exception {
        SideBySide.useFirstCore();
        Path folder = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        Sending sending = new Sending(folder, Path.of(arguments[1]).toAbsolutePath(), System.out);
        sending.run(Integer.parseInt(arguments[2]));
        System.exit(0);
    }

    private void run(int rounds) throws Exception {
        try (Running running = new Running(service, load, 1, folder.resolve("sending.log"))) {
            out.printf(Locale.ROOT, "%.1f s to the first answer%n", running.secondsToFirstAnswer());
            for (int round = 0; round <= rounds; round++) { // the first one warms
                out.println(round == 0 ? "warming" : "round " + round + " of " + rounds);
                Path batch = outbox.batch(FILES, 1024);
                note(round, "1 KiB, curl, one connection, files/s", curl(batch));
                note(round, "1 KiB, curl, a process each, files/s", processes(batch));
                note(round, "1 KiB, Countersign, files/s", sent(batch));
                Path large = outbox.batch(1, 1 << 30);
                note(round, "1 GiB, curl, MB/s", curlLarge(large));
                double[] ours = sentLarge(large);
                note(round, "1 GiB, Countersign, its request, MB/s", ours[0]);
                note(round, "1 GiB, Countersign, since it may go, MB/s", ours[1]);
            }
        }
        taking.close();
        measured.forEach((what, values) -> out.printf(Locale.ROOT, "%-44s %10.1f%n", what, SideBySide.median(values)));
    }

    private void note(int round, String what, double value) {
        out.printf(Locale.ROOT, "  %-42s %10.1f%n", what, value);
        if (round > 0) {
            measured.computeIfAbsent(what, each -> new ArrayList<>()).add(value);
        }
    }

    private double sent(Path batch) throws Exception {
        taking.forget();
        outbox.drop(batch);
        return taking.rate(FIRST, FILES, PATIENCE);
    }

    private double[] sentLarge(Path batch) throws Exception {
        taking.forget();
        long dropped = System.nanoTime();
        outbox.drop(batch);
        Taking.Came came = taking.await(1, PATIENCE).get(0);
        return new double[] {megabytes((came.ended() - came.began()) / 1e9), megabytes((came.ended() - dropped) / 1e9)};
    }

    private static double megabytes(double seconds) {
        return (1 << 30) / 1e6 / seconds;
    }

    private double curl(Path batch) throws Exception {
        taking.forget();
        curl(batch + "/[1-" + FILES + "]");
        return taking.rate(FIRST, FILES, 1);
    }

    private double processes(Path batch) throws Exception {
        long began = System.nanoTime();
        for (int i = 1; i <= PROCESSES; i++) {
            curl(batch + "/" + i);
        }
        return PROCESSES / ((System.nanoTime() - began) / 1e9);
    }

    private double curlLarge(Path batch) throws Exception {
        long began = System.nanoTime();
        curl(batch + "/1");
        return megabytes((System.nanoTime() - began) / 1e9);
    }

    private void curl(String files) throws IOException, InterruptedException {
        Process curl = new ProcessBuilder(
                        "taskset",
                        "-c",
                        "1",
                        "curl",
                        "-sS",
                        "--cacert",
                        home.certificates().resolve("ca.crt").toString(),
                        "--cert",
                        home.certificates().resolve("company.crt").toString(),
                        "--key",
                        home.certificates().resolve("company.key").toString(),
                        "-T",
                        files,
                        "https://localhost:" + taking.port() + "/in/")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (curl.waitFor() != 0) {
            throw new IOException("curl ended with " + curl.exitValue());
        }
    }
}
