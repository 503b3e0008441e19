package io.countersign.cli;

import io.countersign.log.JsonLines;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.settings.LogTerms;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.settings.ShutdownTerms;
import io.countersign.version.Standing;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** {@code countersign run}. */
final class Run implements Callable<Integer> {
    static final String NAME = "run";
    private static final String HOME = "--home";

    /** Beyond the time in which what is on its way may end; what does not stop by then never will. */
    private static final long GRACE_MILLIS = 5_000;

    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    private Run() {}

    /** Without annotations, since to look through them would be a fortieth of a service's start. */
    static CommandLine commandLine() {
        return new CommandLine(new Run().described());
    }

    private CommandSpec described() {
        spec.name(NAME).version(Commands.VERSION);
        spec.usageMessage()
                .description(
                        "Runs the service with the routes and settings of a home folder, until it is stopped (SIGTERM).")
                .exitCodeListHeading("Exit codes:%n")
                .exitCodeList(UsageMessageSpec.keyValuesMap(
                        "0:stopped as asked",
                        "1:something in the settings or route files must be mended",
                        "2:wrong usage"));
        return spec.addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help message and exit.")
                        .build())
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Print version information and exit.")
                        .build())
                .addOption(OptionSpec.builder(HOME)
                        .paramLabel("DIR")
                        .type(Path.class)
                        .description(
                                "The folder with routes/ and countersign.properties (default: the working directory).")
                        .build());
    }

    @Override
    public Integer call() throws InterruptedException {
        Problems problems = new Problems();
        Path home = spec.commandLine().getParseResult().matchedOptionValue(HOME, Path.of(""));
        Settings settings = Settings.gather(home, System.getenv(), System.getProperties(), problems);
        boolean json = LogTerms.of(settings).json();
        if (json) {
            JsonLines.begin();
        }
        Service service = new Service(settings, Clock.systemUTC());
        Thread end = new Thread(() -> end(service, settings), "end");
        Runtime.getRuntime().addShutdownHook(end);
        try {
            service.start(problems);
            // Only now: it is quick once every archive is open.
            Standing.here().tell(LoggerFactory.getLogger("countersign"));
            if (!json) {
                FirstFile.invite(service, settings, spec.commandLine().getOut());
            }
        } catch (InvalidSettingsException wrong) {
            spec.commandLine().getErr().println(wrong.getMessage());
            if (isStillMeantToRun(end)) {
                return 1;
            }
        } catch (CancellationException asked) {
            LoggerFactory.getLogger(Run.class).debug("not started", asked);
        }
        new CountDownLatch(1).await();
        return 0;
    }

    /** Ends the process, which thereby has ended well; a JVM by itself would report the signal as its exit code. */
    private static void end(Service service, Settings settings) {
        Thread closing = new Thread(service::close, "close");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(ShutdownTerms.of(settings).longestWait().toMillis() + GRACE_MILLIS);
            if (closing.isAlive()) {
                LoggerFactory.getLogger("countersign").warn("stopped, although something has not come to its end");
            }
        } catch (InterruptedException asWell) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(0);
    }

    private static boolean isStillMeantToRun(Thread end) {
        try {
            return Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException isEnding) {
            return false;
        }
    }
}
