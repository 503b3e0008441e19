package io.countersign.cli;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The root of the subcommands; without one, the service runs. */
@Command(
        name = "countersign",
        mixinStandardHelpOptions = true,
        version = Commands.VERSION,
        description = "Business partners hand each other files over two-way TLS.")
public final class Commands implements Callable<Integer> {
    static final String VERSION = "countersign 0.1.0";

    private static final List<Class<?>> OTHERS = List.of(
            PartnerCommands.class,
            Certs.class,
            Send.class,
            ReceiptCommands.class,
            TransferCommands.class,
            RefusalCommands.class,
            LedgerCommands.class,
            Doctor.class);

    private Commands() {}

    /** @return the process's exit code */
    public static int execute(String... arguments) {
        boolean runs = arguments.length > 0 && arguments[0].equals(Run.NAME);
        return runs
                ? running().execute(Arrays.copyOfRange(arguments, 1, arguments.length))
                : commandLine().execute(arguments);
    }

    /** That command alone: to look through all the others would be a tenth of a service's start. */
    private static CommandLine running() {
        return configured(Run.commandLine()).setCommandName("countersign " + Run.NAME);
    }

    /** The commands, for whoever wants what they print elsewhere than on the terminal. */
    public static CommandLine commandLine() {
        CommandLine all = new CommandLine(new Commands()).addSubcommand(Run.commandLine());
        OTHERS.forEach(all::addSubcommand);
        return configured(all);
    }

    private static CommandLine configured(CommandLine command) {
        return command.setCaseInsensitiveEnumValuesAllowed(true).setExecutionExceptionHandler(new FailedFile());
    }

    @Override
    public Integer call() {
        return execute(Run.NAME);
    }
}
