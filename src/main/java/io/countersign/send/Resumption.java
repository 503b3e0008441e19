package io.countersign.send;

import io.countersign.ledger.Entry.State;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.Transfers;
import io.countersign.text.OneLine;
import io.countersign.transfer.Durable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells from what is on disk how the sending of a file has ended that waits according to the ledger: where a crash came
 * between putting it away and writing that down, its papers name its key. A file that is in its outbox is sent again under its
 * key, whatever the partner has answered before.
 */
final class Resumption {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.sent");
    /** For how long a command may take to move one file. */
    private static final Duration PUTTING_BACK = Duration.ofMinutes(1);

    private final Durable durable = new Durable();
    private final Path data;
    private final Waiting files;
    private final UnderWay underWay;

    Resumption(Path data, Waiting files, UnderWay underWay) {
        this.data = data;
        this.files = files;
        this.underWay = underWay;
    }

    /**
     * Settles all that waits and that nobody is at work on; what cannot be told stays as it is.
     *
     * @param first since the start
     */
    void run(boolean first) throws LedgerException {
        for (Pending pending : files.rows().waiting()) {
            if (!underWay.contains(pending.partner(), pending.path())
                    && !files.debts().include(pending.key())) {
                settle(pending, first);
            }
        }
    }

    private void settle(Pending pending, boolean first) throws LedgerException {
        try {
            if (first) {
                tidy(pending);
            }
            Ending ending = endingOf(pending);
            if (ending != null && files.rows().endIfWaiting(pending, ending)) {
                files.forget(pending);
                tell(pending, ending);
            }
        } catch (IOException unclear) {
            if (unclear instanceof LedgerException unusable && unusable.isEverybodys()) {
                throw unusable;
            }
            String what = "what became of partner={} path=\"{}\" key={} cannot be told now: {}";
            LOG.atLevel(first ? Level.WARN : Level.DEBUG)
                    .log(what, pending.partner(), OneLine.of(pending.path()), pending.key(), unclear.toString());
        }
    }

    /** @return none where the file waits indeed */
    private @Nullable Ending endingOf(Pending pending) throws IOException {
        if (isWaiting(pending)) {
            return null;
        }
        Optional<Path> sent = in("sent", pending).find(pending.path(), pending.key(), Papers.ANSWER);
        if (sent.isPresent()) {
            return accepted(pending, sent.get());
        }
        Optional<Path> failed = in("failed", pending).find(pending.path(), pending.key(), Papers.PROBLEM);
        if (failed.filter(Files::exists).isEmpty()) {
            return Ending.withdrawn(Ending.TAKEN);
        }
        return isBeingPutBack(pending) ? null : refused(pending, failed.get());
    }

    /** Removes what writing papers has left unfinished, and the papers of a failure that was not the end. */
    private void tidy(Pending pending) throws IOException {
        in("sent", pending).removeUnfinished(pending.path(), pending.key());
        in("failed", pending).removeUnfinished(pending.path(), pending.key());
        in("failed", pending).removeOrphans(pending.path(), pending.key());
    }

    private static void tell(Pending pending, Ending ending) {
        LOG.warn(
                "recovered partner={} path=\"{}\" key={} state={} to=\"{}\": {}",
                pending.partner(),
                OneLine.of(pending.path()),
                pending.key(),
                Transfers.word(ending.state()),
                OneLine.of(Objects.requireNonNullElse(ending.filed(), "")),
                ending.state() == State.WITHDRAWN
                        ? ending.reason()
                        : "it had been put away, and this was not written down");
    }

    /** Also where the whole data folder is elsewhere now. */
    private boolean isWaiting(Pending pending) throws IOException {
        String place = pending.place();
        return (place != null && pending.isStill(Path.of(place)))
                || pending.isStill(
                        data.resolve("outbox").resolve(pending.partner()).resolve(pending.path()));
    }

    private static boolean isBeingPutBack(Pending pending) {
        return Failures.PUT_BACK.equals(pending.lastFailure())
                && pending.next().plus(PUTTING_BACK).isAfter(Clock.systemUTC().instant());
    }

    private Ending accepted(Pending pending, Path file) throws IOException {
        JsonObject answer = Papers.read(Papers.beside(file, Papers.ANSWER));
        Path receipt = Papers.beside(file, Papers.RECEIPT);
        boolean filed = isFiled(pending, file, answer.getString("sha256"));
        if (filed) {
            durable.flush(file);
        }
        return new Ending(
                State.SENT,
                answer.getIntegerOrDefault("attempts", 0),
                answer.getString("sha256"),
                filed ? null : Ending.CHANGED,
                Files.exists(receipt) ? Files.readString(receipt, StandardCharsets.UTF_8) : null,
                filed ? file : null);
    }

    private Ending refused(Pending pending, Path file) throws IOException {
        JsonObject problem = Papers.read(Papers.beside(file, Papers.PROBLEM));
        if (!isFiled(pending, file, problem.getString("sha256"))) {
            return Ending.withdrawn(Ending.REPLACED);
        }
        String type = String.valueOf(problem.get("type"));
        durable.flush(file);
        return new Ending(
                State.FAILED,
                problem.getIntegerOrDefault("attempts", 0),
                problem.getString("sha256"),
                type.substring(type.lastIndexOf(':') + 1) + ": " + problem.getString("detail"),
                null,
                file);
    }

    /** Whether what lies there is what was sent; another that a crash has left there goes back to its outbox. */
    private boolean isFiled(Pending pending, Path file, @Nullable String sha256) throws IOException {
        if (!Files.exists(file) || pending.isSame(file, sha256)) {
            return Files.exists(file);
        }
        String place = pending.place();
        in("", pending)
                .putBack(
                        file,
                        place != null && Files.isDirectory(Path.of(place).resolveSibling(""))
                                ? Path.of(place)
                                : data.resolve("outbox")
                                        .resolve(pending.partner())
                                        .resolve(pending.path()));
        return false;
    }

    private Filing in(String folder, Pending pending) {
        return new Filing(data.resolve(folder).resolve(pending.partner()), durable);
    }
}
