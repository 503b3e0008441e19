package io.countersign.cli;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.Node;
import io.countersign.send.Failures;
import io.countersign.send.Outcome;
import io.countersign.settings.InvalidSettingsException;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign send}. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = {
            "Sends files to a partner now, the same way as its outbox, and prints what the partner answered. A copy of each"
                    + " goes to sent/PARTNER/ with the answer, or to failed/PARTNER/ with the reason. What could not be"
                    + " delivered now is not queued; sent again, it has the same Idempotency-Key.",
            "With --retry, puts files of failed/PARTNER/ back into the outbox of the service instead."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:every file was accepted, or put back",
            "1:at least one was not, or something in the settings or route files must be mended",
            "2:wrong usage"
        })
final class Send implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--partner", paramLabel = "NAME", description = "The partner, as its bean is called.")
    private @Nullable String partner;

    @Option(names = "--retry", description = "Put back what failed: the files named, or all of them.")
    private boolean retry;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The folder with routes/ and countersign.properties (default: the working directory).")
    private Path home = Path.of("");

    @Parameters(paramLabel = "FILE", description = "The files; with --retry, their names in failed/PARTNER/.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        if (!retry && (partner == null || files.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--partner and at least one FILE are needed, or --retry");
        }
        // Before the first line is logged: standard output is for receipts, and what happens to each file is told
        // below.
        System.setProperty("log.target", "System.err");
        System.setProperty("log.level", "WARN");
        System.setProperty("log.transfers", "OFF");
        Problems problems = new Problems();
        Settings settings = Settings.gather(home, System.getenv(), System.getProperties(), problems);
        if (retry) {
            return putBack(settings, problems);
        }
        return partner == null ? 2 : send(settings, partner, problems);
    }

    private int send(Settings settings, String to, Problems problems) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        int refused = 0;
        try (Sending sending = Sending.start(settings, to, files, problems)) {
            for (Outcome outcome : sending.outcomes()) {
                if (outcome.failure() == null) {
                    String receipt = outcome.receipt();
                    out.println(
                            receipt == null
                                    ? outcome.path() + ": accepted, without a receipt; see " + outcome.filed()
                                            + ".answer.json"
                                    : printable(receipt.strip()));
                    if (outcome.signer() != null) {
                        err.println(outcome.path() + ": signed by " + printable(outcome.signer()));
                    }
                } else {
                    refused++;
                    err.println(outcome.path() + ": not accepted ("
                            + outcome.failure().code().word() + "): "
                            + printable(outcome.failure().detail())
                            + (outcome.filed() == null ? "" : "; see " + outcome.filed() + ".problem.json"));
                }
            }
        } catch (InvalidSettingsException wrong) {
            err.println(wrong.getMessage());
            return 1;
        }
        return refused == 0 ? 0 : 1;
    }

    /** What others wrote, without what would command a terminal. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}&&[^\\n\\t]]", "?");
    }

    private int putBack(Settings settings, Problems problems) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        Path data = settings.path("countersign.data");
        if (problems.isEmpty()) {
            try (Ledger ledger = Ledgers.of(settings, Node.of(data))) {
                Ledgers.open(ledger, settings, problems);
                if (problems.isEmpty()) {
                    return putBack(data, new Failures(data, ledger));
                }
            }
        }
        err.println(String.join(System.lineSeparator(), problems.found()));
        return 1;
    }

    private int putBack(Path data, Failures failures) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        int left = 0;
        int found = 0;
        for (String each : partners(data)) {
            for (Path problem : failures.of(each)) {
                if (!isMeant(data, each, problem)) {
                    continue;
                }
                found++;
                try {
                    out.println("put back: " + failures.putBack(each, problem));
                } catch (IOException stays) {
                    left++;
                    err.println(stays.getMessage());
                }
            }
        }
        if (found < Math.max(1, files.size())) {
            err.println((files.isEmpty() ? "nothing" : "not everything that was named") + " is there in "
                    + data.resolve("failed") + (partner == null ? "" : "/" + partner));
        }
        return left > 0 || found < files.size() ? 1 : 0;
    }

    private List<String> partners(Path data) throws IOException {
        Path failed = data.resolve("failed");
        if (partner != null || !Files.isDirectory(failed)) {
            return partner == null ? List.of() : List.of(partner);
        }
        try (Stream<Path> folders = Files.list(failed)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private boolean isMeant(Path data, String of, Path problem) {
        String name = data.resolve("failed").resolve(of).relativize(problem).toString();
        return files.isEmpty() || files.stream().anyMatch(file -> name.equals(file + ".problem.json"));
    }
}
