package io.countersign.cli;

import io.countersign.ledger.LedgerReader;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code countersign transfers}. */
@Command(
        name = "transfers",
        mixinStandardHelpOptions = true,
        description = {
            "The transfers of the ledger, in and out, whether or not the service runs; nothing is changed.",
            "Without a command: list."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {ListTransfers.class, ShowTransfer.class, FollowTransfer.class})
final class TransferCommands implements Callable<Integer> {
    /** What names one transfer. */
    static final String WHICH = "ID|PREFIX";

    static final String WHICH_MEANT =
            "A transfer's id, as list has it: of our receipt, or the Idempotency-Key of what we sent; or how it begins, where"
                    + " one alone begins so.";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private TransferOptions options = new TransferOptions();

    @Override
    public Integer call() throws IOException {
        try (LedgerReader ledger = home.ledger()) {
            return options.list(spec, ledger);
        }
    }

    /** What stands before a command would count for nothing, and nobody would notice. */
    static void nothingBefore(CommandSpec command) {
        var before = command.parent().commandLine().getParseResult();
        if (!before.matchedOptions().isEmpty()) {
            throw new ParameterException(
                    command.commandLine(),
                    before.matchedOptions().get(0).longestName() + " stands before " + command.name()
                            + "; accepted: behind it");
        }
    }
}
