package io.countersign.cli;

import io.countersign.ledger.LedgerReader;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code countersign refusals list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "One line for each thing that was refused, the last first, with how often it has happened, and with the partner that"
                    + " it might have been and how it differs.",
            "What is given narrows it, all of it together."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:they were listed, be it none",
            "1:the ledger cannot be read, and why was told",
            "2:wrong usage"
        })
final class ListRefusals implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private RefusalOptions options = new RefusalOptions();

    @Override
    public Integer call() throws IOException {
        TransferCommands.nothingBefore(spec);
        try (LedgerReader ledger = home.ledger()) {
            return options.list(spec, ledger);
        }
    }
}
