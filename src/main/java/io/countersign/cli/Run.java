package io.countersign.cli;

import io.countersign.settings.InvalidSettingsException;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersign run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the service with the routes and settings of a home folder, until it is stopped (SIGTERM).",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:stopped as asked",
            "1:something in the settings or route files must be mended",
            "2:wrong usage"
        })
final class Run implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The folder with routes/ and countersign.properties (default: the working directory).")
    private Path home = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
        Problems problems = new Problems();
        Settings settings = Settings.gather(home, System.getenv(), System.getProperties(), problems);
        Service service = new Service(settings, Clock.systemUTC());
        try {
            service.start(problems);
        } catch (InvalidSettingsException wrong) {
            spec.commandLine().getErr().println(wrong.getMessage());
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            service.close();
            // A JVM that is asked to stop reports the signal as its exit code; to an operator this is a success.
            Runtime.getRuntime().halt(0);
        }));
        FirstFile.invite(service, settings, spec.commandLine().getOut());
        new CountDownLatch(1).await();
        return 0;
    }
}
