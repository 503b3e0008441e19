package io.countersign.cli;

import io.countersign.ledger.LedgerException;
import io.countersign.ledger.LedgerReader;
import io.countersign.ledger.RefusalRow;
import io.countersign.ledger.RefusalRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign refusals show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "All that is known of something that was refused: when, from where, what was shown, why, and the partner"
                        + " that it might have been.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:it was shown", "1:there is none, or more than one, which was told", "2:wrong usage"})
final class ShowRefusal implements Callable<Integer> {
    private static final Pattern ID = Pattern.compile("[0-9a-f-]{4,36}");
    private static final int FEW = 5;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(
            paramLabel = "ID|PREFIX",
            description = "The instance in the caller's problem document, with urn:uuid: or without; or how it begins.")
    private String which = "";

    @Option(names = "--json", description = "As JSON, in one line.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        TransferCommands.nothingBefore(spec);
        String id = which.toLowerCase(Locale.ROOT).replaceFirst("^urn:uuid:", "");
        if (!ID.matcher(id).matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    which + " is no id; accepted: the instance of a problem document, or its first 4 digits or more");
        }
        try (LedgerReader ledger = home.ledger()) {
            return show(ledger.read(connection -> new RefusalRows(connection).beginning(id, FEW)));
        } catch (LedgerException unreadable) {
            spec.commandLine().getErr().println(unreadable.getMessage());
            return 1;
        }
    }

    private int show(List<RefusalRow> found) {
        PrintWriter err = spec.commandLine().getErr();
        if (found.size() != 1) {
            err.println(which + (found.isEmpty() ? ": nothing was refused under this id" : " begins more than one:"));
            found.forEach(each -> err.println("  " + each.id()));
            return 1;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Shown.line(RefusalFacts.of(found.get(0))));
            out.flush();
        } else {
            Shown.lines(out, RefusalFacts.of(found.get(0)));
        }
        return 0;
    }
}
