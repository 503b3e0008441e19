package io.countersign.cli;

import io.countersign.audit.AuditLog;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Node;
import io.countersign.rebuild.Rebuild;
import io.countersign.rebuild.Rebuilt;
import io.countersign.settings.Problems;
import io.countersign.settings.RetentionTerms;
import io.countersign.settings.Settings;
import io.countersign.settings.SettingsCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersign ledger rebuild}. */
@Command(
        name = "rebuild",
        mixinStandardHelpOptions = true,
        description = {
            "Fills a ledger that is new, since the one before was lost, with what is on disk: receipts that were given, what"
                    + " was sent with the partners' answers, and what has failed. The service must not run.",
            "Interrupted, it can be run again."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:everything that is on disk is in the ledger",
            "1:all but what is named, or nothing was done, for the reason that is told",
            "2:wrong usage, or a question without a terminal"
        })
final class RebuildLedger implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The folder with routes/ and countersign.properties (default: the working directory).")
    private Path home = Path.of("");

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    @SuppressWarnings("try") // the folder is held, and that is all
    public Integer call() {
        System.setProperty("log.target", "System.err");
        System.setProperty("log.level", "WARN");
        PrintWriter err = spec.commandLine().getErr();
        Problems problems = new Problems();
        Settings settings = Settings.gather(home, System.getenv(), System.getProperties(), problems);
        RetentionTerms terms = SettingsCheck.checkKeeping(settings, problems);
        if (!problems.isEmpty()) {
            problems.found().forEach(err::println);
            return 1;
        }
        Path data = settings.path("countersign.data");
        try (Node taken = Node.take(data);
                Ledger ledger = Ledgers.of(settings, Node.of(data))) {
            ledger.open();
            if (ledger.isBuilt()) {
                err.println(ledger + " knows what is in " + data
                        + " already, and nothing was done. Where it is damaged, " + instead(settings));
                return 1;
            }
            Optional<Boolean> answer = yes ? Optional.of(true) : Question.ask(question(data, ledger));
            if (answer.isEmpty()) {
                err.println("there is no terminal to ask on; accepted: --yes");
                return 2;
            }
            if (!answer.get()) {
                err.println("nothing was changed");
                return 1;
            }
            return rebuild(ledger, data, terms);
        } catch (FileSystemException failed) {
            err.println(FailedFile.line(failed));
            return 1;
        } catch (IOException failed) {
            err.println(failed.getMessage());
            return 1;
        }
    }

    private static String question(Path data, Ledger ledger) {
        return "Write into " + ledger + " what " + data + " tells of transfers?";
    }

    private static String instead(Settings settings) {
        String url = settings.get("countersign.ledger-url");
        String sqlite = "jdbc:sqlite:";
        return url.startsWith(sqlite)
                ? "move " + url.substring(sqlite.length()) + " away first, with the files -wal and -shm beside it"
                : "give countersign.ledger-url an empty database";
    }

    private int rebuild(Ledger ledger, Path data, RetentionTerms terms) throws IOException {
        Rebuilt rebuilt;
        try (RebuildProgress progress = new RebuildProgress()) {
            rebuilt = new Rebuild(ledger, data, terms, Clock.systemUTC(), progress).run();
        }
        RebuildReport report = new RebuildReport(
                rebuilt, spec.commandLine().getOut(), spec.commandLine().getErr());
        report.print(data);
        JsonObject facts = new JsonObject();
        facts.put("command", "ledger rebuild");
        facts.put("what", "filled " + ledger + " with what " + data + " tells of transfers");
        facts.put("takesEffect", true);
        new AuditLog(data).add("command", facts);
        return rebuilt.damaged().isEmpty() ? 0 : 1;
    }
}
