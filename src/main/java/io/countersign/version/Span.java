package io.countersign.version;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Versions from one to another, written {@code [4.0.0,4.18.5)}, or {@code [17,17.0.21]} where the last one belongs to them.
 *
 * @param from the first
 * @param to the last, or the first after them
 * @param including whether {@code to} belongs to them
 */
record Span(Release from, Release to, boolean including) {
    private static final Pattern FORM = Pattern.compile("\\[([^,\\s]+),([^,\\s]+)([])])");

    /** @throws IllegalArgumentException where something is no range */
    static List<Span> all(String text) {
        return List.of(text.split("\\s+")).stream().map(Span::of).toList();
    }

    private static Span of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no range, such as [4.0.0,4.18.5) or [12.1.0,12.1.5]");
        }
        return new Span(Release.of(form.group(1)), Release.of(form.group(2)), "]".equals(form.group(3)));
    }

    boolean contains(Release release) {
        int end = release.compareTo(to);
        return release.compareTo(from) >= 0 && (including ? end <= 0 : end < 0);
    }
}
