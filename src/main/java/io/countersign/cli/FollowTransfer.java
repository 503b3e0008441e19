package io.countersign.cli;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.LedgerReader;
import io.countersign.ledger.Transfers;
import io.countersign.text.OneLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code countersign transfers follow}. */
@Command(
        name = "follow",
        mixinStandardHelpOptions = true,
        description = "What show shows, and then a line for each change, until the transfer has come to its end.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:it was received, or sent",
            "1:it failed or was withdrawn, there is none, or the ledger cannot be read",
            "2:wrong usage"
        })
final class FollowTransfer implements Callable<Integer> {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Parameters(paramLabel = TransferCommands.WHICH, description = TransferCommands.WHICH_MEANT)
    private String which = "";

    @Option(names = "--json", description = "As JSON, one object a line.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        TransferCommands.nothingBefore(spec);
        try (LedgerReader ledger = home.ledger()) {
            ShownTransfer shown = new ShownTransfer(spec, ledger, home.data());
            Optional<Entry> found = shown.find(which);
            if (found.isEmpty()) {
                return 1;
            }
            shown.print(found.get(), json);
            return follow(shown, found.get());
        } catch (LedgerException unreadable) {
            spec.commandLine().getErr().println(unreadable.getMessage());
            return 1;
        }
    }

    private int follow(ShownTransfer shown, Entry first) throws LedgerException, InterruptedException {
        Entry seen = first;
        while (true) {
            switch (seen.state()) {
                case RECEIVED, SENT -> {
                    return 0;
                }
                case FAILED, WITHDRAWN -> {
                    return 1;
                }
                case DELIVERING, WAITING -> TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
            }
            Optional<Entry> now = shown.again(seen);
            if (now.isEmpty()) {
                spec.commandLine().getErr().println(seen.id() + " is not in the ledger any more");
                return 1;
            }
            if (!now.get().equals(seen)) {
                print(now.get());
            }
            seen = now.get();
        }
    }

    private void print(Entry now) {
        PrintWriter out = spec.commandLine().getOut();
        String why = TransferFacts.whyAndWhen(now);
        out.println(
                json
                        ? Shown.line(TransferFacts.of(now))
                        : now.changed() + "  " + Transfers.word(now.state())
                                + (now.state() == State.WAITING ? ", " + now.attempts() + " attempts so far" : "")
                                + (why.isEmpty() ? "" : "; " + OneLine.printable(why)));
        out.flush();
    }
}
