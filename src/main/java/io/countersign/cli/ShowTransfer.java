package io.countersign.cli;

import io.countersign.ledger.Entry;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.LedgerReader;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign transfers show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description =
                "All that is known of one transfer, step by step, and which others had the same content: where what came from"
                        + " one partner went on to another.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:it was shown", "1:there is none, or more than one, which was told", "2:wrong usage"})
final class ShowTransfer implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = TransferCommands.WHICH, description = TransferCommands.WHICH_MEANT)
    private String which = "";

    @Option(names = "--json", description = "As JSON, in one line.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        TransferCommands.nothingBefore(spec);
        try (LedgerReader ledger = home.ledger()) {
            ShownTransfer shown = new ShownTransfer(spec, ledger, home.data());
            Optional<Entry> entry = shown.find(which);
            if (entry.isEmpty()) {
                return 1;
            }
            shown.print(entry.get(), json);
            return 0;
        } catch (LedgerException unreadable) {
            spec.commandLine().getErr().println(unreadable.getMessage());
            return 1;
        }
    }
}
