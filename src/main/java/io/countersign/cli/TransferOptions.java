package io.countersign.cli;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.LedgerReader;
import io.countersign.ledger.TransferSearch;
import io.countersign.ledger.Transfers;
import io.countersign.text.OneLine;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which transfers are listed, and how. */
final class TransferOptions {
    private static final List<String> COLUMNS =
            List.of("TIME", "DIRECTION", "PARTNER", "NAME", "SIZE", "STATE", "ID", "WHY, AND WHEN NEXT");
    private static final Set<State> OF_IN = EnumSet.of(State.DELIVERING, State.RECEIVED, State.FAILED);
    private static final Set<State> OF_OUT = EnumSet.of(State.WAITING, State.SENT, State.FAILED, State.WITHDRAWN);
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{8,64}");
    private static final int LONGEST_WHY = 200;

    @Option(names = "--partner", paramLabel = "NAME", description = "Those of one partner.")
    private @Nullable String partner;

    @Option(
            names = "--since",
            paramLabel = "DATE|TIME",
            description =
                    "Those that began on this day (2026-12-01, UTC) or at this time (2026-12-01T06:00:00Z), or later.")
    private @Nullable String since;

    @Option(
            names = "--until",
            paramLabel = "DATE|TIME",
            description = "Those that began on this day or earlier, or before this time.")
    private @Nullable String until;

    @Option(
            names = "--name",
            paramLabel = "TEXT",
            description = "Those with this in their name, in capitals or not; * stands for any characters, ? for one.")
    private @Nullable String name;

    @Option(
            names = "--digest",
            paramLabel = "HEX",
            description = "Those with this SHA-256; the first 8 digits, or more, are enough.")
    private @Nullable String digest;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "In: delivering, received, failed. Out: waiting, sent, failed, withdrawn.")
    private @Nullable String state;

    @Option(names = "--in", description = "What came in.")
    private boolean in;

    @Option(names = "--out", description = "What went out, or is to.")
    private boolean out;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "How many at most (default: ${DEFAULT-VALUE}).",
            defaultValue = "50")
    private int limit = 50;

    @Option(names = "--json", description = "As JSON, one object a line.")
    private boolean json;

    int list(CommandSpec spec, LedgerReader ledger) {
        TransferSearch search = search(spec);
        if (limit < 1 || limit == Integer.MAX_VALUE) {
            throw new ParameterException(spec.commandLine(), "--limit " + limit + "; accepted: 1 or more");
        }
        PrintWriter err = spec.commandLine().getErr();
        List<Entry> found;
        try {
            found = ledger.read(connection -> search.newest(connection, limit + 1));
        } catch (LedgerException unreadable) {
            err.println(unreadable.getMessage());
            return 1;
        }
        List<Entry> shown = found.subList(0, Math.min(limit, found.size()));
        print(spec.commandLine().getOut(), shown);
        if (shown.size() < found.size()) {
            err.println("there are more than these " + limit + "; --limit takes another number");
        }
        return 0;
    }

    private TransferSearch search(CommandSpec spec) {
        Instant from = since == null ? null : Moment.from(spec, "--since", since);
        Instant to = until == null ? null : Moment.until(spec, "--until", until);
        if (from != null && to != null && !from.isBefore(to)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--since " + since + " is not before --until " + until + "; accepted: one that is");
        }
        return new TransferSearch(
                in == out ? null : in ? Direction.IN : Direction.OUT,
                state == null ? null : state(spec, state),
                partner,
                from,
                to,
                name == null ? null : named(name),
                digest == null ? null : digest(spec, digest));
    }

    private State state(CommandSpec spec, String word) {
        Set<State> possible = in == out ? EnumSet.allOf(State.class) : in ? OF_IN : OF_OUT;
        return possible.stream()
                .filter(each -> Transfers.word(each).equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--state " + word + " is none"
                                + (in == out ? "" : in ? " of what came in" : " of what goes out")
                                + "; accepted: "
                                + possible.stream().map(Transfers::word).collect(Collectors.joining(", "))));
    }

    private static String digest(CommandSpec spec, String text) {
        String digits = text.toLowerCase(Locale.ROOT);
        if (!DIGEST.matcher(digits).matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--digest " + text + " is no SHA-256; accepted: its 64 hexadecimal digits, or the first 8 or more");
        }
        return digits;
    }

    /** Anywhere in the name. */
    private static Predicate<String> named(String text) {
        String form = Arrays.stream(text.split("(?<=[*?])|(?=[*?])"))
                .map(part -> part.equals("*") ? ".*" : part.equals("?") ? "." : Pattern.quote(part))
                .collect(Collectors.joining());
        return Pattern.compile(form, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL)
                .asPredicate();
    }

    private void print(PrintWriter to, List<Entry> entries) {
        if (json) {
            entries.forEach(entry -> to.println(Shown.line(TransferFacts.of(entry))));
            to.flush();
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (Entry entry : entries) {
            String why = TransferFacts.whyAndWhen(entry);
            rows.add(List.of(
                            TransferFacts.time(entry.began()),
                            Transfers.word(entry.direction()),
                            entry.partner(),
                            entry.name(),
                            Long.toString(entry.size()),
                            Transfers.word(entry.state()),
                            entry.id(),
                            why.length() > LONGEST_WHY ? why.substring(0, LONGEST_WHY) + "…" : why)
                    .stream()
                    .map(OneLine::printable)
                    .toList());
        }
        Shown.table(to, rows);
    }
}
