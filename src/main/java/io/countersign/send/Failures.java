package io.countersign.send;

import io.countersign.ledger.Ledger;
import io.countersign.transfer.Durable;
import io.countersign.transfer.Transfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;

/**
 * The files under {@code failed/}. Putting one back into its outbox keeps its key, so that a partner who had accepted it
 * after all does not get it twice; a file whose receipt did not fit gets a new one, since the old would bring that receipt
 * again.
 */
public final class Failures {
    /** Why a file waits that was put back and that nobody has looked at since. */
    static final String PUT_BACK = "put back by hand";

    private static final String PROBLEM = Papers.PROBLEM;

    private final Durable durable = new Durable();
    private final Path data;
    private final Rows rows;

    /**
     * @param data the folder of all that must survive
     * @param ledger open, for that folder
     */
    public Failures(Path data, Ledger ledger) {
        this.data = data.toAbsolutePath();
        this.rows = new Rows(ledger, Rows.Owner.OUTBOX);
    }

    /** The problem documents of a partner's failed files. */
    public List<Path> of(String partner) throws IOException {
        Path folder = data.resolve("failed").resolve(partner);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(PROBLEM))
                    .filter(file -> !Files.exists(file.resolveSibling(file.getFileName() + PROBLEM)))
                    .filter(file -> Files.exists(beside(file, ""))) // else its file was put back, or taken
                    .sorted()
                    .toList();
        }
    }

    /**
     * Puts a file back, to be sent again at once.
     *
     * @param problem its problem document, one of {@link #of}
     * @return where it is now
     * @throws IOException where it cannot, saying why; it is still there then
     */
    public Path putBack(String partner, Path problem) throws IOException {
        JsonObject why = Papers.read(problem);
        String path = Objects.requireNonNullElse(why.getString("path"), "");
        Path outbox = data.resolve("outbox").resolve(partner).normalize();
        Path target = outbox.resolve(path).normalize();
        Path file = beside(problem, "");
        if (path.isEmpty() || !target.startsWith(outbox) || !Files.exists(file)) {
            throw new IOException(problem + " does not belong to a file that could be put back");
        }
        if (Files.exists(target)) {
            throw new IOException(target + " is there already; it must go first");
        }
        boolean mismatch = String.valueOf(why.get("type")).endsWith(":" + FailureCode.RECEIPT_MISMATCH.word());
        String key = mismatch ? null : why.getString("key");
        Instant now = Clock.systemUTC().instant();
        boolean mayGo = rows.putBack(new Pending(
                partner,
                path,
                key == null ? Transfer.newId(now) : key,
                Files.size(file),
                Files.getLastModifiedTime(file).toMillis(),
                0,
                key == null ? now : rows.began(key).orElse(now),
                now,
                PUT_BACK,
                null,
                target.toString()));
        if (!mayGo) {
            throw new IOException(file + " is just being put away, or that is not written down yet; try again");
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.move(file, target);
        durable.flushFolderOf(target);
        for (String paper : Papers.ALL) {
            Files.deleteIfExists(beside(problem, paper));
        }
        durable.flushFolderOf(problem);
        return target;
    }

    private static Path beside(Path problem, String ending) {
        String name = problem.getFileName().toString();
        return problem.resolveSibling(name.substring(0, name.length() - PROBLEM.length()) + ending);
    }
}
