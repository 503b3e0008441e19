package io.countersign.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A day or a time as commands take it. */
final class Moment {
    private Moment() {}

    /** The time, or the day's beginning in UTC. */
    static Instant from(CommandSpec spec, String option, String text) {
        return read(spec, option, text, 0);
    }

    /** The time, or the day's end in UTC. */
    static Instant until(CommandSpec spec, String option, String text) {
        return read(spec, option, text, 1);
    }

    private static Instant read(CommandSpec spec, String option, String text, int days) {
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text)
                            .plusDays(days)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant();
        } catch (DateTimeException notOne) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " " + text + " is not a time; accepted: 2026-12-01, or 2026-12-01T06:00:00Z",
                    notOne);
        }
    }
}
