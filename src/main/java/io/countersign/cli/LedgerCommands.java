package io.countersign.cli;

import picocli.CommandLine.Command;

/** {@code countersign ledger}. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "The ledger of all transfers.",
        subcommands = RebuildLedger.class)
final class LedgerCommands {}
