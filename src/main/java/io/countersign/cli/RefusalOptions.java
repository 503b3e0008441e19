package io.countersign.cli;

import io.countersign.address.Addresses;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.LedgerReader;
import io.countersign.ledger.RefusalRow;
import io.countersign.ledger.RefusalRows;
import io.countersign.refusal.Code;
import io.countersign.refusal.Event;
import io.countersign.text.OneLine;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which refusals are listed, and how. */
final class RefusalOptions {
    private static final List<String> COLUMNS =
            List.of("LAST", "TIMES", "CODE", "PARTNER", "ADDRESS", "ID", "WHY, AND WHO IT MIGHT HAVE BEEN");
    private static final int LONGEST_WHY = 400;
    private static final int ID_DIGITS = 8;

    @Option(
            names = "--partner",
            paramLabel = "NAME",
            description = "Those of one partner, and of who might have been it.")
    private @Nullable String partner;

    @Option(names = "--address", paramLabel = "ADDRESS", description = "Those from this address.")
    private @Nullable String address;

    @Option(
            names = "--code",
            paramLabel = "CODE",
            description = "Those with this code: handshake, certificate-unknown, address-not-allowed …")
    private @Nullable String code;

    @Option(
            names = "--since",
            paramLabel = "DATE|TIME",
            description = "Those that happened last on this day (2026-12-01, UTC) or at this time, or later.")
    private @Nullable String since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "How many at most (default: ${DEFAULT-VALUE}).",
            defaultValue = "50")
    private int limit = 50;

    @Option(names = "--json", description = "As JSON, one object a line.")
    private boolean json;

    int list(CommandSpec spec, LedgerReader ledger) {
        if (limit < 1 || limit == Integer.MAX_VALUE) {
            throw new ParameterException(spec.commandLine(), "--limit " + limit + "; accepted: 1 or more");
        }
        Instant time = since == null ? null : Moment.from(spec, "--since", since);
        PrintWriter err = spec.commandLine().getErr();
        List<RefusalRow> found;
        try {
            found = ledger.read(
                    connection -> new RefusalRows(connection).recent(partner, from(spec), code(spec), time, limit + 1));
        } catch (LedgerException unreadable) {
            err.println(unreadable.getMessage());
            return 1;
        }
        print(spec.commandLine().getOut(), found.subList(0, Math.min(limit, found.size())));
        if (found.size() > limit) {
            err.println("there are more than these " + limit + "; --limit takes another number");
        }
        return 0;
    }

    private @Nullable String from(CommandSpec spec) {
        try {
            return address == null ? null : Addresses.format(Addresses.parse(address));
        } catch (IllegalArgumentException none) {
            throw new ParameterException(
                    spec.commandLine(), "--address " + address + " is none; accepted: an IPv4 or IPv6 address", none);
        }
    }

    private @Nullable String code(CommandSpec spec) {
        if (code == null) {
            return null;
        }
        String word = code.toLowerCase(Locale.ROOT);
        List<String> all = Stream.concat(Arrays.stream(Code.values()).map(Code::toString), Stream.of(Event.HANDSHAKE))
                .toList();
        if (!all.contains(word)) {
            throw new ParameterException(
                    spec.commandLine(), "--code " + code + " is none; accepted: " + String.join(", ", all));
        }
        return word;
    }

    private void print(PrintWriter to, List<RefusalRow> refusals) {
        if (json) {
            refusals.forEach(each -> to.println(Shown.line(RefusalFacts.of(each))));
            to.flush();
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (RefusalRow each : refusals) {
            String why = each.reason() + (each.nearest() == null ? "" : "; nearest: " + RefusalFacts.nearest(each));
            rows.add(List.of(
                            TransferFacts.time(each.last()),
                            Long.toString(each.times()),
                            each.code(),
                            RefusalFacts.known(each.partner()),
                            RefusalFacts.known(each.address()),
                            each.id().substring(0, Math.min(ID_DIGITS, each.id().length())),
                            why.length() > LONGEST_WHY ? why.substring(0, LONGEST_WHY) + "…" : why)
                    .stream()
                    .map(OneLine::printable)
                    .toList());
        }
        Shown.table(to, rows);
    }
}
