package io.countersign.version;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What is known of vulnerabilities, from a list that says itself how it is written. */
public record Advisories(List<Advisory> all) {
    private static final String LIST = "advisories.txt";
    private static final List<String> NEEDED = List.of("artifact", "advisory", "affected", "fixed", "what", "source");
    private static final List<String> MAY_BE = List.of("here", "shown");

    /** @throws UncheckedIOException where the list cannot be read, which is as good as there being none */
    public static Advisories shipped() {
        try (InputStream list = Objects.requireNonNull(Advisories.class.getResourceAsStream(LIST), LIST)) {
            return read(new String(list.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** @throws IllegalArgumentException where an entry is not as it must be; the message names it */
    static Advisories read(String text) {
        List<Advisory> all = new ArrayList<>();
        for (String block : text.replaceAll("(?m)^#.*\n?", "").strip().split("\n\\s*\n")) {
            try {
                all.add(entry(fields(block)));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(wrong.getMessage() + " in: " + block.strip(), wrong);
            }
        }
        return new Advisories(List.copyOf(all));
    }

    private static Map<String, String> fields(String block) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : block.strip().replace("\n ", " ").split("\n")) {
            int colon = line.indexOf(": ");
            String name = colon < 0 ? line : line.substring(0, colon);
            if (colon < 0 || !(NEEDED.contains(name) || MAY_BE.contains(name))) {
                throw new IllegalArgumentException("'" + name + "' is none of " + NEEDED + " and " + MAY_BE);
            }
            if (fields.put(name, line.substring(colon + 1).strip()) != null) {
                throw new IllegalArgumentException("'" + name + "' is there twice");
            }
        }
        return fields;
    }

    private static Advisory entry(Map<String, String> fields) {
        for (String name : NEEDED) {
            if (fields.getOrDefault(name, "").isEmpty()) {
                throw new IllegalArgumentException("'" + name + "' is missing");
            }
        }
        String here = fields.getOrDefault("here", "");
        if (!here.isEmpty() && !here.startsWith("mitigated by ") && !here.startsWith("not affected because ")) {
            throw new IllegalArgumentException("'here' must begin with 'mitigated by' or 'not affected because'");
        }
        String shown = fields.getOrDefault("shown", "");
        if (here.startsWith("mitigated by ") && shown.isEmpty()) {
            throw new IllegalArgumentException("'shown' is missing: a mitigation must have a test");
        }
        return new Advisory(
                words(fields, "artifact"),
                words(fields, "advisory"),
                Span.all(Objects.requireNonNull(fields.get("affected"))),
                Objects.requireNonNull(fields.get("fixed")),
                Objects.requireNonNull(fields.get("what")),
                here,
                shown,
                Objects.requireNonNull(fields.get("source")));
    }

    private static List<String> words(Map<String, String> fields, String name) {
        return List.of(Objects.requireNonNull(fields.get(name)).split(",\\s*"));
    }

    /** The libraries that it is about, as {@code GROUP:ARTIFACT}. */
    Stream<String> libraries() {
        return all.stream()
                .flatMap(advisory -> advisory.artifacts().stream())
                .filter(artifact -> !artifact.equals(Advisory.JDK))
                .distinct();
    }
}
