package io.countersign.settings;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 500}, {@code 64KiB}, {@code 10GB}; MB counts in thousands, MiB in 1024s. */
public final class ByteSize {
    public static final String ACCEPTED =
            "a number of bytes with or without a unit: B, KB, MB, GB, TB, KiB, MiB, GiB, TiB";

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");
    private static final Map<String, Long> UNITS = Map.of(
            "", 1L,
            "b", 1L,
            "kb", 1_000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "tb", 1_000_000_000_000L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30,
            "tib", 1L << 40);

    private ByteSize() {}

    /** @throws IllegalArgumentException where the text is not a size, or is one beyond 2<sup>63</sup>-1 bytes */
    public static long parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        Long unit = form.matches() ? UNITS.get(form.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("'" + text + "' is not a size; accepted: " + ACCEPTED);
        }
        try {
            return Math.multiplyExact(Long.parseLong(form.group(1)), unit);
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("'" + text + "' is more than a file can hold", tooLarge);
        }
    }
}
