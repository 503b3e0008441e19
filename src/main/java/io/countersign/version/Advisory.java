package io.countersign.version;

import java.util.List;

/**
 * A known vulnerability.
 *
 * @param artifacts what has it: {@code GROUP:ARTIFACT}, or {@code jdk}
 * @param ids as others call it, such as {@code CVE-2026-78164}
 * @param affected in which versions
 * @param fixed the first versions without it, in words
 * @param what what it is
 * @param here what was done about it, or why it does not concern us; empty where nothing was
 * @param shown the test that shows this; empty where there is none
 * @param source where this is known from
 */
public record Advisory(
        List<String> artifacts,
        List<String> ids,
        List<Span> affected,
        String fixed,
        String what,
        String here,
        String shown,
        String source) {
    /** What the list calls the JDK. */
    public static final String JDK = "jdk";

    /** Whether that version has it, whatever was done about it. */
    public boolean affects(Release release) {
        return affected.stream().anyMatch(span -> span.contains(release));
    }

    /** Whether it does no harm to us. */
    public boolean isDealtWith() {
        return !here.isEmpty();
    }
}
