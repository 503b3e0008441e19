package io.countersign.version;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version, in the order of releases: number by number, where a missing one is 0; words such as {@code M1}, {@code beta} or
 * {@code rc} stand for what came before the release ({@code 2.0-M1} before {@code 2.0}), any other for the release itself.
 */
public final class Release implements Comparable<Release> {
    private static final Pattern FORM = Pattern.compile("\\d+([.-]?[0-9A-Za-z_]+)*");
    private static final Pattern PART = Pattern.compile("\\d+|[A-Za-z]+");
    private static final List<String> BEFORE =
            List.of("snapshot", "alpha", "a", "beta", "b", "m", "milestone", "cr", "rc");

    private final String text;
    private final List<BigInteger> parts;

    private Release(String text, List<BigInteger> parts) {
        this.text = text;
        this.parts = parts;
    }

    /** @throws IllegalArgumentException where it does not begin with a number, or has other signs than a version has */
    public static Release of(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is no version, such as 12.1.14 or 2.0-M1");
        }
        List<BigInteger> parts = new ArrayList<>();
        Matcher part = PART.matcher(text);
        while (part.find()) {
            String word = part.group().toLowerCase(Locale.ROOT);
            if (Character.isDigit(word.charAt(0))) {
                parts.add(new BigInteger(word));
            } else if (BEFORE.contains(word)) {
                parts.add(BigInteger.valueOf(BEFORE.indexOf(word) - BEFORE.size()));
            }
        }
        return new Release(text, List.copyOf(parts));
    }

    /** The feature release, and what was mended since; not the build. */
    public static Release of(Runtime.Version java) {
        return of(String.join(".", java.version().stream().map(String::valueOf).toList()));
    }

    @Override
    public int compareTo(Release other) {
        for (int i = 0; i < Math.max(parts.size(), other.parts.size()); i++) {
            int order = part(i).compareTo(other.part(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private BigInteger part(int index) {
        return index < parts.size() ? parts.get(index) : BigInteger.ZERO;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Release release && compareTo(release) == 0;
    }

    @Override
    public int hashCode() {
        int last = parts.size();
        while (last > 0 && parts.get(last - 1).signum() == 0) {
            last--;
        }
        return parts.subList(0, last).hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
