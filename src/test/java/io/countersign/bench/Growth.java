package io.countersign.bench;

import io.countersign.bench.Load.Connections;
import io.countersign.bench.Load.Work;
import io.countersign.ledger.Entry;
import io.countersign.ledger.Transfers;
import io.countersign.settings.Problems;
import io.countersign.testing.LedgerRows;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How cost grows with what there is: two services, one that has little and one that has much, on one core, of which one at a time
 * is used, in turns. {@code mvn -Pbench -DskipTests -Dbench=Growth verify}.
 */
final class Growth {
    private static final int FOR_EVER = Integer.MAX_VALUE;
    private static final int AT_ONCE = 10_000;
    private static final int LONG_RUN = 12_000;
    private static final int SKIPPED = 500;
    private static final int PATIENCE = 600;
    private static final Duration TURN = Duration.ofSeconds(5);
    private static final List<Work> WORKS = List.of(
            new Work("1 KiB kept alive, files/s", 1024, 16, Connections.KEPT, TURN, FOR_EVER),
            new Work("full handshakes, files/s", 1024, 16, Connections.NEW, TURN, FOR_EVER));

    private final Path folder;
    private final Path distribution;
    private final int turns;
    private final PrintStream out;

    Growth(Path folder, Path distribution, int turns, PrintStream out) {
        this.folder = folder;
        this.distribution = distribution;
        this.turns = turns;
        this.out = out;
    }

    /** @param arguments a folder for all that is made, the distribution, how many rounds, of four turns each */
    public static void main(String[] arguments) throws Exception {
        SideBySide.useFirstCore();
        Path folder = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
        Growth growth = new Growth(
                folder, Path.of(arguments[1]).toAbsolutePath(), 4 * Integer.parseInt(arguments[2]), System.out);
        growth.partners(10, 10_000);
        growth.transfers(1_000, 1_000_000);
        growth.outbox(3_000, 100_000);
        System.exit(0); // whatever still serves
    }

    private record Side(TestHome home, Contender service, Load load) {}

    void partners(int few, int many) throws Exception {
        compare(few + " and " + many + " partners", side("few", few), side("many", many));
    }

    void transfers(int few, int many) throws Exception {
        Side little = side("short", 10);
        Side much = side("long", 10);
        for (Side each : List.of(little, much)) {
            start(each, "filling").close(); // after one file
        }
        fill(little.home(), few);
        fill(much.home(), many);
        compare(few + " and " + many + " transfers", little, much);
    }

    /** Each with as many more as are sent while it warms, and without those that are sent while the last ones are looked for. */
    void outbox(int few, int many) throws Exception {
        out.println(few + " and " + many + " files in an outbox");
        double little = sent(side("idle", 10), few);
        double much = sent(side("busy", 10), many);
        out.printf(Locale.ROOT, "  %-28s %8.1f %8.1f   %.2f%n", "1 KiB sent, files/s", little, much, much / little);
    }

    private double sent(Side side, int files) throws Exception {
        try (Taking taking = new Taking(side.home().authority, side.home().company)) {
            Outbox outbox = new Outbox(side.home(), taking);
            try (Running running = start(side, "outbox")) {
                out.printf(Locale.ROOT, "  %.1f s to the first answer%n", running.secondsToFirstAnswer());
                List<Double> rates = new ArrayList<>();
                for (int turn = -1; turn < 3; turn++) {
                    Path batch = outbox.batch(turn < 0 || files < LONG_RUN ? Math.min(files, LONG_RUN) : files, 1024);
                    SideBySide.awaitQuiet(out);
                    taking.forget();
                    outbox.drop(batch);
                    double rate = taking.rate(SKIPPED, Math.min(files, LONG_RUN), PATIENCE);
                    if (turn >= 0) {
                        rates.add(rate);
                    }
                    if (files > LONG_RUN && turn >= 0) {
                        break; // there are many left
                    }
                }
                return SideBySide.median(rates);
            }
        }
    }

    /** Whoever calls is called "caller", and is known by a certificate that is pinned, as all are. */
    private Side side(String name, int partners) throws IOException, GeneralSecurityException {
        TestHome home = new TestHome(Files.createTempDirectory(folder, name));
        Load load = new Load(home.authority, home.pinned("caller"));
        for (int i = 1; i < partners; i++) {
            var unused = home.pinned("partner" + i);
        }
        return new Side(home, Contender.countersign(home, distribution), load);
    }

    /** With rows like the one of a real transfer, of the last thirty days. */
    static void fill(TestHome home, int rows) throws SQLException {
        Entry real = LedgerRows.of(home).get(0);
        try (Connection connection =
                DriverManager.getConnection(home.settings(new Problems()).get("countersign.ledger-url"))) {
            connection.setAutoCommit(false);
            for (int begin = 1; begin < rows; begin += AT_ONCE) {
                for (int i = begin; i < Math.min(rows, begin + AT_ONCE); i++) {
                    add(
                            connection,
                            real,
                            i,
                            real.began()
                                    .minus(Duration.ofDays(30).multipliedBy(i).dividedBy(rows)));
                }
                connection.commit();
            }
        }
    }

    private static void add(Connection connection, Entry real, int number, Instant began) throws SQLException {
        long millis = began.toEpochMilli();
        String id =
                "%08x-%04x-7%03x-8000-%012x".formatted(millis >>> 16, millis & 0xffff, number & 0xfff, (long) number);
        boolean added = new Transfers(connection)
                .add(new Entry(
                        id,
                        real.node(),
                        real.direction(),
                        real.partner(),
                        "key-" + number,
                        "key-" + number,
                        real.name() + number,
                        real.path() + number,
                        real.size(),
                        0,
                        real.sha256(),
                        real.state(),
                        began,
                        began.plusMillis(5),
                        1,
                        null,
                        null,
                        String.valueOf(real.receipt()).replace(real.id(), id),
                        real.filed() + number));
        if (!added) {
            throw new SQLException("there is a row " + id);
        }
    }

    private Running start(Side side, String log) throws IOException, InterruptedException {
        return new Running(side.service(), side.load(), 1, folder.resolve(log + ".log"));
    }

    private void compare(String what, Side little, Side much) throws IOException, InterruptedException {
        out.println(what);
        try (Running one = start(little, "little");
                Running other = start(much, "much")) {
            out.printf(
                    Locale.ROOT,
                    "  %-28s %8.1f %8.1f%n",
                    "start to first answer, s",
                    one.secondsToFirstAnswer(),
                    other.secondsToFirstAnswer());
            for (Work work : WORKS) {
                turns(work, List.of(little, much));
            }
        }
    }

    private void turns(Work work, List<Side> sides) throws IOException, InterruptedException {
        List<List<Double>> rates = List.of(new ArrayList<>(), new ArrayList<>());
        for (int turn = -2; turn < turns; turn++) { // the first ones warm
            for (int i = 0; i < 2; i++) {
                int which = (turn & 1) == 0 ? i : 1 - i;
                Side side = sides.get(which);
                SideBySide.awaitQuiet(out);
                double rate = side.load()
                        .put(side.service().port(), side.service().path(), work)
                        .perSecond();
                if (turn >= 0) {
                    rates.get(which).add(rate);
                }
            }
        }
        double little = SideBySide.median(rates.get(0));
        double much = SideBySide.median(rates.get(1));
        out.printf(Locale.ROOT, "  %-28s %8.1f %8.1f   %.2f%n", work.name(), little, much, much / little);
    }
}
