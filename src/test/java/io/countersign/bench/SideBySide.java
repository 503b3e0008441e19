package io.countersign.bench;

import io.countersign.bench.Load.Connections;
import io.countersign.bench.Load.Work;
import io.countersign.testing.Certified;
import io.countersign.testing.TestHome;
import io.countersign.tls.NativeCrypto;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The benchmark: nginx, a bare Jetty and Countersign in turn, the server on one core and its callers on the other, round after
 * round; then medians and ratios, and a plot. {@code mvn -Pbench -DskipTests verify}.
 */
final class SideBySide {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int FOR_EVER = Integer.MAX_VALUE;
    private static final double BUSY = 0.08;
    /** Of a core. */
    private static final double LIMIT = 0.9;

    private static final List<Work> WARMING = List.of(
            new Work("warming 1 KiB", 1024, 16, Connections.KEPT, Duration.ofSeconds(30), FOR_EVER),
            new Work("warming new", 1024, 16, Connections.NEW, Duration.ofSeconds(20), FOR_EVER),
            new Work("warming resumed", 1024, 16, Connections.RESUMED, Duration.ofSeconds(10), FOR_EVER),
            new Work("warming 64 KiB", 65_536, 16, Connections.KEPT, Duration.ofSeconds(10), FOR_EVER));

    private static final List<Work> WORKS = List.of(
            new Work("1 KiB kept alive, files/s", 1024, 16, Connections.KEPT, Duration.ofSeconds(5), FOR_EVER),
            new Work("64 KiB kept alive, files/s", 65_536, 16, Connections.KEPT, Duration.ofSeconds(5), FOR_EVER),
            new Work("full handshakes, files/s", 1024, 16, Connections.NEW, Duration.ofSeconds(5), FOR_EVER),
            new Work("resumed, files/s", 1024, 16, Connections.RESUMED, Duration.ofSeconds(5), FOR_EVER),
            new Work("1 GiB, MB/s", 1L << 30, 1, Connections.KEPT, LONG, 1),
            new Work("256 × 4 MiB, files/s", 4L << 20, 256, Connections.KEPT, LONG, 256));

    private final PrintStream out;
    private final Path folder;
    private final Map<String, Map<String, List<Double>>> measured = new LinkedHashMap<>();

    SideBySide(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    /** @param arguments a folder for all that is made, the distribution, how many rounds */
    public static void main(String[] arguments) throws Exception {
        useFirstCore();
        Path folder = Path.of(arguments[0]).toAbsolutePath();
        SideBySide all = new SideBySide(Files.createDirectories(folder), System.out);
        int rounds = Integer.parseInt(arguments[2]);
        Path distribution = Path.of(arguments[1]).toAbsolutePath();
        shareClasses(distribution);
        for (int round = 1; round <= rounds; round++) {
            all.round(round, rounds, distribution);
        }
        all.table();
        Files.writeString(folder.resolve("side-by-side.svg"), Plot.of(all.measured));
    }

    /** The callers have it to themselves; the servers have the second. */
    static void useFirstCore() throws IOException, InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        if (cores < 2) {
            throw new IllegalStateException("the server and its callers need a core each");
        }
        Process bound = new ProcessBuilder(
                        "taskset",
                        "-a",
                        "-c",
                        "-p",
                        "0",
                        Long.toString(ProcessHandle.current().pid()))
                .redirectErrorStream(true)
                .start();
        if (bound.waitFor() != 0) {
            throw new IllegalStateException(new String(bound.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        NativeCrypto.prefer();
    }

    /** As the README's "Install it" has it. */
    private static void shareClasses(Path distribution) throws IOException, InterruptedException {
        Process sharing = new ProcessBuilder(
                        distribution.resolve("bin/share-classes").toString())
                .inheritIO()
                .start();
        if (sharing.waitFor() != 0) {
            throw new IllegalStateException("share-classes has failed");
        }
    }

    private void round(int round, int rounds, Path distribution) throws Exception {
        for (String name : List.of("nginx", "Jetty", "Countersign")) {
            Path own = Files.createTempDirectory(folder, name.toLowerCase(Locale.ROOT));
            TestHome parties = new TestHome(own);
            Certified caller = parties.pinned("caller");
            Load load = new Load(parties.authority, caller);
            Contender contender = switch (name) {
                case "nginx" -> Contender.nginx(own, parties);
                case "Jetty" -> Contender.jetty(own, parties);
                default -> Contender.countersign(parties, distribution);
            };
            out.printf("round %d of %d: %s%n", round, rounds, name);
            measure(contender, load);
        }
    }

    private void measure(Contender contender, Load load) throws IOException, InterruptedException {
        awaitQuiet(out);
        Path log = folder.resolve(contender.name() + ".log");
        try (Running fresh = new Running(contender, load, 1, log)) {
            note(contender, "start to first answer, s", fresh.secondsToFirstAnswer());
        }
        awaitQuiet(out);
        try (Running running = new Running(contender, load, 1, log)) {
            note(contender, "the same, started again, s", running.secondsToFirstAnswer());
            Work cold = WARMING.get(0);
            double first = load.put(
                            contender.port(),
                            contender.path(),
                            new Work(
                                    cold.name(),
                                    cold.bytes(),
                                    cold.callers(),
                                    cold.connections(),
                                    Duration.ofSeconds(15),
                                    FOR_EVER))
                    .perSecond();
            for (Work work : WARMING) { // which warms the callers, too
                var unused = load.put(contender.port(), contender.path(), work);
            }
            for (Work work : WORKS) {
                awaitQuiet(out);
                running.forgetMost();
                double before = ownSeconds();
                Load.Result result = load.put(contender.port(), contender.path(), work);
                if (result.failed() > 0) {
                    out.printf("  %s: %d failed%n", work.name(), result.failed());
                }
                if ((ownSeconds() - before) / result.seconds() > LIMIT) {
                    out.printf("  %s: the callers are the limit%n", work.name());
                }
                boolean inBytes = work.name().endsWith("MB/s");
                double rate = result.perSecond() * (inBytes ? work.bytes() / 1e6 : 1);
                note(contender, work.name(), rate);
                if (work.callers() == 16 && work.bytes() == 1024 && work.connections() == Connections.KEPT) {
                    note(contender, "the same, 99th percentile, ms", result.percentile(99));
                    note(contender, "the same, first 15 s by warm rate", first / rate);
                }
                if (work.callers() == 256) {
                    note(contender, "most memory in that, MiB", running.mostMebibytes());
                }
                if (work.bytes() > 1 << 20) {
                    removeLarge(contender.received());
                }
            }
        }
    }

    private void note(Contender contender, String what, double value) {
        out.printf(Locale.ROOT, "  %-34s %10.2f%n", what, value);
        measured.computeIfAbsent(what, each -> new LinkedHashMap<>())
                .computeIfAbsent(contender.name(), each -> new ArrayList<>())
                .add(value);
    }

    private void table() {
        out.printf(
                "%n| medians | nginx, nothing flushed | Jetty, file flushed | Countersign | to nginx | to Jetty |%n");
        out.printf("|---|---|---|---|---|---|%n");
        measured.forEach((what, by) -> {
            double nginx = median(by.getOrDefault("nginx", List.of()));
            double jetty = median(by.getOrDefault("Jetty", List.of()));
            double ours = median(by.getOrDefault("Countersign", List.of()));
            out.printf(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
                    what,
                    nginx,
                    jetty,
                    ours,
                    ours / nginx,
                    ours / jetty);
        });
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    /** What others do meanwhile would be measured, too. */
    static void awaitQuiet(PrintStream out) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        double busy = 1;
        while (busy > BUSY && System.nanoTime() < end) {
            long[] before = times();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            long[] after = times();
            busy = (double) (after[0] - before[0]) / Math.max(1, after[1] - before[1]);
        }
        if (busy > BUSY) {
            out.printf(Locale.ROOT, "  the machine is not quiet: %.0f %% busy%n", busy * 100);
        }
    }

    private static double ownSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
    }

    /** Busy, and all, in ticks of all cores. */
    private static long[] times() throws IOException {
        String[] ticks = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
        long all = 0;
        for (int i = 1; i <= 8; i++) {
            all += Long.parseLong(ticks[i]);
        }
        return new long[] {all - Long.parseLong(ticks[4]) - Long.parseLong(ticks[5]), all};
    }

    /** Small ones stay: ext4 pays for removed names for minutes. */
    private static void removeLarge(Path folder) throws IOException {
        var unused = Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.size() > 1 << 20) {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
