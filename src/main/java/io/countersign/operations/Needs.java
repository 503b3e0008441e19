package io.countersign.operations;

import io.countersign.operations.Folders.Content;
import io.countersign.operations.Overview.WaitingLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.util.json.JsonObject;

/** What an operator has to do something about, the most urgent first, each thing in a sentence. */
final class Needs {
    private static final int MOST = 50;

    private final List<JsonObject> found = new ArrayList<>();

    /** @param results of all health checks */
    void down(Iterable<Result> results) {
        for (Result result : results) {
            HealthCheck check = result.getCheck();
            if (result.getState() == State.DOWN) {
                add(
                        "down",
                        "the check '" + check.getId() + "' is down"
                                + result.getMessage().map(why -> ": " + why).orElse(""));
            }
        }
    }

    void all(String kind, List<String> lines) {
        lines.forEach(line -> add(kind, line));
    }

    /** One for each partner, however many files wait for it. */
    void waiting(List<WaitingLine> waiting, Map<String, Content> outboxes) {
        Map<String, WaitingLine> longest = new TreeMap<>();
        waiting.forEach(line -> longest.putIfAbsent(line.partner(), line));
        longest.forEach((partner, line) -> {
            Content content = outboxes.get(partner);
            int files = content == null ? 1 : content.files();
            add(
                    "waiting",
                    files(files) + (files == 1 ? " waits" : " wait") + " for " + partner + ", after " + line.attempts()
                            + (line.attempts() == 1 ? " attempt" : " attempts") + " at the first: " + line.reason());
        });
    }

    void failed(Map<String, Content> failed) {
        failed.forEach((partner, content) -> add(
                "failed",
                files(content.files()) + " for " + partner + " could not be sent: failed/" + partner + "/ says why"));
    }

    private void add(String kind, String text) {
        JsonObject need = new JsonObject();
        need.put("kind", kind);
        need.put("text", Lines.text(text));
        found.add(need);
    }

    void writeTo(JsonObject status) {
        status.put(
                "headline",
                found.isEmpty()
                        ? "All is well"
                        : found.size() == 1 ? "1 thing needs you" : found.size() + " things need you");
        JsonObject needs = new JsonObject();
        needs.put("total", found.size());
        needs.put("things", Lines.first(found.stream(), MOST, 25_000));
        status.put("needs", needs);
    }

    private static String files(int count) {
        return count == 1 ? "1 file" : count + " files";
    }
}
