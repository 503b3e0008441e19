package io.countersign.cli;

import io.countersign.ledger.Entry;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.LedgerReader;
import io.countersign.ledger.Node;
import io.countersign.ledger.TransferSearch;
import io.countersign.ledger.Transfers;
import io.countersign.text.OneLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** One transfer of the ledger on the terminal, and others that have its content. */
final class ShownTransfer {
    private static final Pattern ID = Pattern.compile("[0-9a-f][0-9a-f-]{3,35}");
    private static final int MOST_NAMED = 10;
    private static final int MOST_OTHERS = 50;

    private final CommandSpec spec;
    private final LedgerReader ledger;
    private final Path data;

    ShownTransfer(CommandSpec spec, LedgerReader ledger, Path data) {
        this.spec = spec;
        this.ledger = ledger;
        this.data = data;
    }

    /** The one that is meant; where it is none, or several, that is told. */
    Optional<Entry> find(String which) throws LedgerException {
        String prefix = which.toLowerCase(Locale.ROOT);
        if (!ID.matcher(prefix).matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    which
                            + " is no id of a transfer; accepted: one, or its first 4 characters or more: hexadecimal digits"
                            + " and hyphens");
        }
        List<Entry> found = ledger.read(connection -> TransferSearch.withId(connection, prefix, MOST_NAMED + 1));
        PrintWriter err = spec.commandLine().getErr();
        if (found.isEmpty()) {
            err.println(which + ": " + ledger + " has no transfer whose id begins so");
        } else if (found.size() > 1) {
            err.println(which + ": several begin so:");
            found.stream()
                    .limit(MOST_NAMED)
                    .forEach(entry -> err.println("  " + entry.id() + " " + OneLine.printable(brief(entry))));
            if (found.size() > MOST_NAMED) {
                err.println("  and more");
            }
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** The same a moment later; none where its time in the ledger is over. */
    Optional<Entry> again(Entry entry) throws LedgerException {
        return ledger.read(connection -> new Transfers(connection).find(entry.id()));
    }

    void print(Entry entry, boolean json) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        TransferFacts facts = new TransferFacts(
                entry, data, Node.known(data).filter(entry.node()::equals).isPresent());
        List<Entry> others =
                ledger.read(connection -> TransferSearch.withContentOf(connection, entry, MOST_OTHERS + 1));
        if (json) {
            JsonObject all = TransferFacts.of(entry);
            all.put("steps", facts.stepsAsJson());
            all.put("receipt", facts.receipt());
            JsonArray same = new JsonArray();
            others.stream().limit(MOST_OTHERS).forEach(other -> same.add(TransferFacts.of(other)));
            all.put("sameContent", same);
            out.println(Shown.line(all));
        } else {
            Shown.lines(out, facts.all());
            out.println();
            facts.steps().forEach(step -> out.println(step.at() + "  " + OneLine.printable(step.what())));
            printOthers(others);
        }
        out.flush();
    }

    private void printOthers(List<Entry> others) {
        PrintWriter out = spec.commandLine().getOut();
        if (others.isEmpty()) {
            return;
        }
        out.println();
        out.println("with the same content:");
        List<List<String>> rows = new ArrayList<>();
        others.stream()
                .limit(MOST_OTHERS)
                .forEach(other -> rows.add(List.of(
                        TransferFacts.time(other.began()),
                        Transfers.word(other.direction()),
                        OneLine.printable(other.partner()),
                        OneLine.printable(other.name()),
                        Transfers.word(other.state()),
                        other.id())));
        Shown.table(out, rows);
        if (others.size() > MOST_OTHERS) {
            out.println("and more");
        }
    }

    private static String brief(Entry entry) {
        return TransferFacts.time(entry.began()) + " " + Transfers.word(entry.direction()) + " " + entry.partner() + " "
                + entry.name() + " " + Transfers.word(entry.state());
    }
}
