package io.countersign.cli;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Transfers;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.jspecify.annotations.Nullable;

/**
 * What there is to tell of a transfer.
 *
 * @param data the data folder of this home
 * @param isHere whether the transfer concerns that folder, and not another's that shares the ledger
 */
record TransferFacts(Entry entry, Path data, boolean isHere) {
    private static final List<String> PAPERS =
            List.of(".receipt.json", ".receipt.p7m", ".answer.json", ".problem.json");

    /** A step of it. */
    record Step(Instant at, String what) {}

    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Of what waits, failed, or is otherwise not as it should be. */
    static String whyAndWhen(Entry entry) {
        String why = entry.reason() == null ? "" : entry.reason();
        Instant next = entry.next();
        if (next == null) {
            return why;
        }
        String when = (entry.attempts() == 0 ? "first attempt " : "next attempt ") + time(next);
        return why.isEmpty() ? when : when + ": " + why;
    }

    /** As the ledger has it. */
    static JsonObject of(Entry entry) {
        JsonObject facts = new JsonObject();
        facts.put("id", entry.id());
        facts.put("direction", Transfers.word(entry.direction()));
        facts.put("partner", entry.partner());
        facts.put("name", entry.name());
        facts.put("size", entry.size());
        facts.put("sha256", entry.sha256());
        facts.put("state", Transfers.word(entry.state()));
        facts.put("began", entry.began().toString());
        facts.put("changed", entry.changed().toString());
        facts.put("attempts", entry.attempts());
        facts.put("next", entry.next() == null ? null : entry.next().toString());
        facts.put("reason", entry.reason());
        facts.put("key", entry.key());
        facts.put("path", entry.path());
        facts.put("file", entry.filed());
        facts.put("node", entry.node());
        return facts;
    }

    /** The same for people, with where its file and its receipt are. */
    JsonObject all() {
        JsonObject facts = of(entry);
        facts.remove("began");
        facts.remove("changed");
        facts.remove("next");
        facts.remove("reason");
        facts.put("file", where());
        facts.put("receipt", receipt() == null ? null : receipt().get("id"));
        facts.put("papers", papers().stream().map(Path::toString).toList());
        facts.put("node", isHere ? null : entry.node() + ", which shares this ledger");
        return facts;
    }

    /** What has happened to it, and what will. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        boolean in = entry.direction() == Direction.IN;
        steps.add(new Step(entry.began(), in ? "all of it is here; delivering" : "in the outbox"));
        String why = entry.reason() == null ? "" : ": " + entry.reason();
        Instant next = entry.next();
        String attempts = entry.attempts() + (entry.attempts() == 1 ? " attempt" : " attempts");
        switch (entry.state()) {
            case DELIVERING -> {}
            case RECEIVED ->
                steps.add(new Step(entry.changed(), "received: delivered, and its receipt is given" + why));
            case WAITING -> {
                if (entry.attempts() > 0) {
                    steps.add(new Step(entry.changed(), "not sent, after " + attempts + why));
                }
                if (next != null) {
                    steps.add(new Step(next, entry.attempts() > 0 ? "the next attempt" : "the first attempt"));
                }
            }
            case SENT -> steps.add(new Step(entry.changed(), "sent, after " + attempts + why));
            case FAILED ->
                steps.add(new Step(entry.changed(), in ? "failed" + why : "failed, after " + attempts + why));
            case WITHDRAWN -> steps.add(new Step(entry.changed(), "withdrawn" + why));
        }
        return steps;
    }

    /** The receipt's own words; none where there is none, or it is not JSON. */
    @Nullable
    JsonObject receipt() {
        try {
            return entry.receipt() != null && Jsoner.deserialize(entry.receipt()) instanceof JsonObject receipt
                    ? receipt
                    : null;
        } catch (DeserializationException partnersOwn) {
            return null;
        }
    }

    /** Where its file is now; empty where nobody can tell. */
    private String where() {
        Path place = place();
        if (place == null) {
            return entry.filed() == null ? "" : entry.filed();
        }
        return Files.exists(place) ? place.toString() : place + " (not there any more)";
    }

    private @Nullable Path place() {
        if (!isHere) {
            return null;
        }
        try {
            if (entry.filed() != null) {
                return Path.of(entry.filed());
            }
            Path usual = switch (entry.state()) {
                case DELIVERING -> data.resolve("staging").resolve(entry.id());
                case RECEIVED -> data.resolve("inbox").resolve(entry.partner()).resolve(entry.path());
                case WAITING -> data.resolve("outbox").resolve(entry.partner()).resolve(entry.path());
                case SENT, FAILED, WITHDRAWN -> null;
            };
            // Somewhere else, where its partner's route puts it, nobody has written down.
            return usual == null || Files.notExists(usual) ? null : usual;
        } catch (InvalidPathException unspeakable) {
            return null;
        }
    }

    /** Receipts, answers and problems that were kept of it, as far as they are there. */
    private List<Path> papers() {
        List<Path> papers = new ArrayList<>();
        Path place = place();
        if (isHere && entry.direction() == Direction.IN) {
            Path receipts = data.resolve("receipts").resolve(entry.partner());
            papers.add(receipts.resolve(entry.id() + ".json"));
            papers.add(receipts.resolve(entry.id() + ".p7m"));
        } else if (place != null) {
            String name = Objects.requireNonNull(place.getFileName()).toString();
            PAPERS.forEach(ending -> papers.add(place.resolveSibling(name + ending)));
        }
        papers.removeIf(Files::notExists);
        return papers;
    }

    JsonArray stepsAsJson() {
        JsonArray steps = new JsonArray();
        for (Step step : steps()) {
            JsonObject one = new JsonObject();
            one.put("time", step.at().toString());
            one.put("what", step.what());
            steps.add(one);
        }
        return steps;
    }
}
