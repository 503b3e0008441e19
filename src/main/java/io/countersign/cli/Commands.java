package io.countersign.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The root of the subcommands; without one, the service runs. */
@Command(
        name = "countersign",
        mixinStandardHelpOptions = true,
        version = Commands.VERSION,
        description = "Business partners hand each other files over two-way TLS.",
        subcommands = {
            Run.class,
            PartnerCommands.class,
            Certs.class,
            Send.class,
            ReceiptCommands.class,
            TransferCommands.class,
            RefusalCommands.class,
            LedgerCommands.class,
            Doctor.class
        })
public final class Commands implements Callable<Integer> {
    static final String VERSION = "countersign 0.1.0";

    private Commands() {}

    /** @return the process's exit code */
    public static int execute(String... arguments) {
        return commandLine().execute(arguments);
    }

    /** The commands, for whoever wants what they print elsewhere than on the terminal. */
    public static CommandLine commandLine() {
        return new CommandLine(new Commands())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new FailedFile());
    }

    @Override
    public Integer call() {
        return execute("run");
    }
}
