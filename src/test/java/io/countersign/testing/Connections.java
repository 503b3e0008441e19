package io.countersign.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The TCP connections of this machine, where the system says which there are. Tests are skipped elsewhere. */
public final class Connections {
    /** ESTABLISHED, and CLOSE_WAIT: the other side has ended it, and this one has not. */
    private static final List<String> OPEN = List.of("01", "08");

    /** In the second are those of sockets that could speak IPv6 as well: all of Java's. */
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    private static final List<String> LOOPBACK =
            List.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

    private Connections() {}

    /** How many a server on a port has open: on 127.0.0.1 or ::1, as others may call from the same port of another address. */
    public static long at(int port) {
        return rows(port).filter(fields -> OPEN.contains(fields[3])).count();
    }

    /** How many bytes it has written that the other end has not taken yet. */
    public static long unsent(int port) {
        return rows(port)
                .mapToLong(fields -> Long.parseLong(fields[4].split(":", 2)[0], 16))
                .sum();
    }

    private static Stream<String[]> rows(int port) {
        String local = String.format(Locale.ROOT, ":%04X", port);
        return TABLES.stream()
                .flatMap(table -> lines(table).stream())
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> LOOPBACK.stream().anyMatch(host -> fields[1].equals(host + local)));
    }

    private static List<String> lines(Path table) {
        Assumptions.assumeTrue(Files.isReadable(table), "no " + table + " here");
        try {
            return Files.readAllLines(table);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
