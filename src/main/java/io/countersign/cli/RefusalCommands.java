package io.countersign.cli;

import io.countersign.ledger.LedgerReader;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code countersign refusals}. */
@Command(
        name = "refusals",
        mixinStandardHelpOptions = true,
        description = {
            "Who was turned away, and why: every handshake that failed and every request that was refused, each thing once with"
                    + " how often it has happened, whether or not the service runs; nothing is changed.",
            "Without a command: list."
        },
        synopsisSubcommandLabel = "[COMMAND]",
        subcommands = {ListRefusals.class, ShowRefusal.class})
final class RefusalCommands implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Mixin
    private RefusalOptions options = new RefusalOptions();

    @Override
    public Integer call() throws IOException {
        try (LedgerReader ledger = home.ledger()) {
            return options.list(spec, ledger);
        }
    }
}
