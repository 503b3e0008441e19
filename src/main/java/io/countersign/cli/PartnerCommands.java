package io.countersign.cli;

import picocli.CommandLine.Command;

/** {@code countersign partners}. */
@Command(
        name = "partners",
        mixinStandardHelpOptions = true,
        description = {
            "The partners of a home folder: who they are, and changes to their files, whether or not the service runs.",
            "A change is checked with all other partners' files before it is written, and takes effect within a second or"
                    + " so in a service that runs."
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ListPartners.class,
            ShowPartner.class,
            AddPartner.class,
            ApproveCertificate.class,
            SwitchPartner.Disable.class,
            SwitchPartner.Enable.class,
            RemovePartner.class
        })
final class PartnerCommands {
    /** What the exit codes of all that change something mean. */
    static final String DONE = "0:the file was changed, or says so already";

    static final String NOT_DONE = "1:nothing was changed; what is in the way was printed";
    static final String USAGE = "2:wrong usage, or a question and no terminal to ask it on";
    static final String NOT_IN_FORCE =
            "3:the file was changed, but its last good version stays in force before what was printed is mended";
}
