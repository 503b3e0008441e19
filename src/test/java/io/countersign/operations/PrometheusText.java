package io.countersign.operations;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus' text format 0.0.4 strictly: every line must be of it, a metric is described and typed before its samples,
 * which stand together, and none is there twice.
 */
record PrometheusText(Map<String, String> types, Map<Sample, Double> samples) {
    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern COMMENT =
            Pattern.compile("# (HELP|TYPE) (" + NAME + ") ((?:[^\\\\\\n]|\\\\\\\\|\\\\n)*)");
    private static final Pattern SAMPLE = Pattern.compile(
            "(" + NAME + ")(?:\\{(.*)})? ([+-]?(?:\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|Inf)|NaN)(?: (-?\\d+))?");
    private static final Pattern LABEL =
            Pattern.compile("\\G([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(?:,|$)");
    private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram", "summary", "untyped");

    /** A metric with its labels, by name. */
    record Sample(String metric, Map<String, String> labels) {}

    static PrometheusText read(String text) {
        if (!text.endsWith("\n")) {
            throw new AssertionError("the last line has no end");
        }
        PrometheusText read = new PrometheusText(new LinkedHashMap<>(), new LinkedHashMap<>());
        Set<String> described = new HashSet<>();
        String current = "";
        for (String line : text.split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            Matcher comment = COMMENT.matcher(line);
            if (comment.matches()) {
                current = comment.group(2);
                read.describe(comment.group(1), current, comment.group(3), described);
            } else {
                read.sample(line, current);
            }
        }
        return read;
    }

    private void describe(String what, String metric, String said, Set<String> described) {
        boolean first = what.equals("HELP") ? described.add(metric) : types.put(metric, said) == null;
        if (!first || (what.equals("TYPE") && !TYPES.contains(said))) {
            throw new AssertionError(what + " " + metric + " is there twice, or wrong: " + said);
        }
    }

    private void sample(String line, String current) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new AssertionError("not a sample: " + line);
        }
        String metric = sample.group(1);
        if (!types.containsKey(current) || !metric.matches(Pattern.quote(current) + "(_sum|_count|_bucket|_max)?")) {
            throw new AssertionError("stands apart from its TYPE: " + line);
        }
        Map<String, String> labels = labels(sample.group(2) == null ? "" : sample.group(2));
        String value = sample.group(3).replace("Inf", "Infinity");
        if (samples.put(new Sample(metric, labels), Double.valueOf(value)) != null) {
            throw new AssertionError("is there twice: " + line);
        }
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find()) {
            if (labels.put(label.group(1), label.group(2)) != null) {
                throw new AssertionError("a label is there twice: " + text);
            }
            end = label.end();
        }
        if (end != text.length()) {
            throw new AssertionError("not labels: " + text);
        }
        return labels;
    }

    /** The values of one metric, by its labels. */
    Map<Map<String, String>, Double> of(String metric) {
        Map<Map<String, String>, Double> found = new LinkedHashMap<>();
        samples.forEach((sample, value) -> {
            if (sample.metric().equals(metric)) {
                found.put(sample.labels(), value);
            }
        });
        return found;
    }
}
