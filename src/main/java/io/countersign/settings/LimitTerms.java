package io.countersign.settings;

import java.time.Duration;
import java.util.function.Function;

/**
 * How much a listener takes, of callers it does not know as well as of partners.
 *
 * @param connections open at a time
 * @param connectionsFromOne of these from one address
 * @param handshakes a second that come to nothing
 * @param handshakesFromOne of these from one address
 * @param handshake the longest that one may take, from the connection on
 * @param header the longest that the header of a request may take, from its first byte on
 * @param request the longest that a whole request may take
 * @param idle the longest that nothing may come
 * @param bytesPerSecond of a body, on the average of the idle time
 * @param headerBytes of a request line and its header
 * @param transfers of all partners together, at a time
 */
public record LimitTerms(
        int connections,
        int connectionsFromOne,
        int handshakes,
        int handshakesFromOne,
        Duration handshake,
        Duration header,
        Duration request,
        Duration idle,
        long bytesPerSecond,
        int headerBytes,
        int transfers) {
    private static final int MOST = 1_000_000;
    private static final long LEAST_HEADER = 1_024;
    private static final long MOST_HEADER = 1 << 20;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MONTH = Duration.ofDays(30);

    public static LimitTerms of(Settings settings) {
        return read(settings, new Problems());
    }

    static LimitTerms read(Settings settings, Problems problems) {
        Reader reader = new Reader(settings, problems);
        reader.read("partner-max-transfers", LimitTerms::number, 1);
        reader.read("partner-max-requests", Rate::ofRequests, Rate.UNLIMITED);
        reader.read("partner-max-bytes", Rate::ofBytes, Rate.UNLIMITED);
        return new LimitTerms(
                reader.read("max-connections", LimitTerms::number, 1),
                reader.read("max-connections-per-address", LimitTerms::number, 1),
                reader.read("max-handshakes-per-second", LimitTerms::number, 1),
                reader.read("max-handshakes-per-second-per-address", LimitTerms::number, 1),
                reader.time("handshake-timeout", HOUR),
                reader.time("header-timeout", HOUR),
                reader.time("request-timeout", MONTH),
                reader.time("idle-timeout", HOUR),
                reader.read("min-data-rate", ByteSize::parse, 0L),
                reader.read("max-header-size", LimitTerms::headerSize, (int) LEAST_HEADER),
                reader.read("max-transfers", LimitTerms::number, 1));
    }

    /** What is wrong is reported, and nothing runs with what stands in its place. */
    private record Reader(Settings settings, Problems problems) {
        <T> T read(String key, Function<String, T> reading, T otherwise) {
            String full = Settings.PREFIX + key;
            try {
                return reading.apply(settings.get(full));
            } catch (IllegalArgumentException wrong) {
                problems.add(settings.where(full), String.valueOf(wrong.getMessage()));
                return otherwise;
            }
        }

        Duration time(String key, Duration longest) {
            return TimeSpan.wait(settings, Settings.PREFIX + key, longest, longest, problems);
        }
    }

    private static int number(String text) {
        int number = text.matches("\\d{1,7}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > MOST) {
            throw new IllegalArgumentException("'" + text + "' is not so many; accepted: 1 to " + MOST);
        }
        return number;
    }

    private static int headerSize(String text) {
        long size = ByteSize.parse(text);
        if (size < LEAST_HEADER || size > MOST_HEADER) {
            throw new IllegalArgumentException("'" + text + "' is no size for a header; accepted: 1KiB to 1MiB");
        }
        return (int) size;
    }
}
