package io.countersign.cli;

import picocli.CommandLine.Command;

/** {@code countersign receipts}. */
@Command(
        name = "receipts",
        mixinStandardHelpOptions = true,
        description = {
            "The receipts of a home folder, from its files alone, whether or not the service runs: those that we gave, and"
                    + " those that partners gave us.",
            "Nobody is asked over the network, so that a certificate that was revoked still counts."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ListReceipts.class, ShowReceipt.class, VerifyReceipts.class})
final class ReceiptCommands {
    /** What may be named. */
    static final String WHICH = "ID|FILE";

    static final String WHICH_MEANT =
            "The id of a receipt here, or a file with one, signed (.p7m) or not, from anywhere.";
}
