package io.countersign.cli;

import io.countersign.receipt.KeptReceipt;
import io.countersign.receipt.KeptReceipt.Direction;
import io.countersign.receipt.KeptReceipts;
import io.countersign.receipt.ReceiptException;
import io.countersign.receipt.StatedReceipt;
import io.countersign.text.OneLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code countersign receipts list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "One line for each receipt, the oldest first: of what was received, and of what was sent.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all of them were read", "1:at least one could not be, and was named", "2:wrong usage"})
final class ListReceipts implements Callable<Integer> {
    private static final List<String> COLUMNS =
            List.of("TIME", "DIRECTION", "PARTNER", "NAME", "SIZE", "ID", "SHA-256", "SIGNED");

    private static final int DIGITS = 12;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HomeOption home = new HomeOption();

    @Option(names = "--partner", paramLabel = "NAME", description = "Those of one partner.")
    private @Nullable String partner;

    @Option(
            names = "--since",
            paramLabel = "DATE",
            description = "Those from this day on (2026-12-01, UTC), or this time (2026-12-01T06:00:00Z).")
    private @Nullable String since;

    @Option(names = "--sent", description = "Those of what was sent.")
    private boolean sent;

    @Option(names = "--received", description = "Those of what was received.")
    private boolean received;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    /** @param at when the payload was received; the beginning of time where that cannot be read */
    private record Line(Instant at, KeptReceipt receipt, StatedReceipt stated) {}

    @Override
    public Integer call() throws IOException {
        Instant from = since == null ? Instant.MIN : Moment.from(spec, "--since", since);
        KeptReceipts kept = home.receipts();
        List<KeptReceipt> all = new ArrayList<>();
        all.addAll(sent && !received ? List.of() : kept.received(partner));
        all.addAll(received && !sent ? List.of() : kept.sent(partner));
        List<Line> lines = new ArrayList<>();
        int unreadable = 0;
        for (KeptReceipt each : all) {
            try {
                StatedReceipt stated = each.readStated().stated();
                lines.add(new Line(receivedAt(stated), each, stated));
            } catch (ReceiptException | IOException wrong) {
                unreadable++;
                spec.commandLine().getErr().println(each.file() + ": " + ReceiptVerdict.why(wrong));
            }
        }
        lines.removeIf(line -> line.at().isBefore(from));
        lines.sort(Comparator.comparing(Line::at)
                .thenComparing(line -> line.stated().id()));
        print(lines);
        return unreadable == 0 ? 0 : 1;
    }

    private void print(List<Line> lines) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Shown.json(
                    out, new JsonArray(lines.stream().map(ListReceipts::facts).toList()));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (Line line : lines) {
            StatedReceipt stated = line.stated();
            String sha256 = stated.sha256();
            rows.add(List.of(
                            stated.receivedAt(),
                            word(line.receipt().direction()),
                            String.valueOf(line.receipt().partner()),
                            stated.name(),
                            stated.size(),
                            stated.id(),
                            sha256.substring(0, Math.min(DIGITS, sha256.length())),
                            line.receipt().signed() == null ? "no" : "yes")
                    .stream()
                    .map(OneLine::printable)
                    .toList());
        }
        Shown.table(out, rows);
    }

    private static JsonObject facts(Line line) {
        JsonObject facts = new JsonObject();
        facts.put("time", line.stated().receivedAt());
        facts.put("direction", word(line.receipt().direction()));
        facts.put("partner", line.receipt().partner());
        facts.put("name", line.stated().name());
        facts.put("size", line.stated().size());
        facts.put("id", line.stated().id());
        facts.put("sha256", line.stated().sha256());
        facts.put("signed", line.receipt().signed() != null);
        facts.put("file", line.receipt().file().toString());
        return facts;
    }

    private static String word(Direction direction) {
        return direction.name().toLowerCase(Locale.ROOT);
    }

    /** What others wrote may be anything. */
    private static Instant receivedAt(StatedReceipt stated) {
        try {
            return Instant.parse(stated.receivedAt());
        } catch (DateTimeException unreadable) {
            return Instant.MIN;
        }
    }
}
