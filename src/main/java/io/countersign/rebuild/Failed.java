package io.countersign.rebuild;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What could not be sent and waits for somebody, told by {@code failed/PARTNER/…/NAME.problem.json}. */
final class Failed implements Source {
    private static final String PROBLEM = "urn:countersign:problem:";

    private final Path folder;
    private final PutAway failed;
    private final String node;

    Failed(Path data, String node) {
        this.folder = data.resolve("failed");
        this.failed = new PutAway(folder, ".problem.json");
        this.node = node;
    }

    /** Without those whose file was put back, or taken. */
    @Override
    public void each(String partner, Visitor visitor) throws IOException {
        failed.papers(partner, problem -> {
            if (Files.exists(failed.file(problem))) {
                visitor.visit(problem);
            }
        });
    }

    @Override
    public Entry read(String partner, Path file) throws IOException, DamagedException {
        Paper problem = Paper.read(file);
        problem.mustBeOf(partner);
        Path payload = failed.file(file);
        String key = problem.key(problem.json().containsKey("key") ? "key" : "instance");
        Instant at = problem.time("failedAt");
        return new Entry(
                key,
                node,
                Direction.OUT,
                partner,
                key,
                null,
                or(problem.optional("name"), payload.getFileName().toString()),
                or(
                        problem.optional("path"),
                        folder.resolve(partner).relativize(payload).toString()),
                problem.number("size", Files.size(payload)),
                Files.getLastModifiedTime(payload).toMillis(),
                problem.sha256(),
                State.FAILED,
                problem.json().containsKey("firstAttempt") ? problem.time("firstAttempt") : at,
                at,
                (int) problem.number("attempts", 1),
                null,
                problem.text("type").replaceFirst("^" + PROBLEM, "") + ": " + problem.text("detail"),
                null,
                payload.toString());
    }

    private static String or(@Nullable String known, String otherwise) {
        return known == null ? otherwise : known;
    }
}
