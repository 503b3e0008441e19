package io.countersign.send;

import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.transfer.Durable;
import io.countersign.transfer.Lasting;
import io.countersign.transfer.Tally;
import io.countersign.transfer.Transfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that are being sent, with their keys, attempts and times, which survive a restart in the ledger. Fails closed: a
 * file has its row there before the first byte goes out, and while the ledger cannot be used nothing is sent. What came of an
 * attempt is remembered meanwhile, and written as soon as that is possible.
 */
public final class Attempts implements Lasting {
    /** The steps, as they are done: {@code STEP KEY} at level TRACE. */
    static final Logger STEPS = LoggerFactory.getLogger("countersign.steps");

    private final UnderWay underWay = new UnderWay();
    private final Durable durable = new Durable();
    private @Nullable Ledger ledger;
    private @Nullable Path data;
    private Tally tally = Tally.NONE;
    private @Nullable Waiting waiting;
    private volatile Consumer<Unsent> observer = unsent -> {};
    private boolean recovered;
    private volatile boolean once;
    private volatile boolean over;

    /**
     * A file that was not sent.
     *
     * @param next when it is tried again; none where it has failed for good
     */
    public record Unsent(
            String partner,
            String path,
            String key,
            int attempts,
            @Nullable Instant next,
            String code,
            String reason) {}

    /** @param told of each attempt that failed; it must neither wait nor fail */
    public void observe(Consumer<Unsent> told) {
        observer = told;
    }

    void tell(Unsent unsent) {
        observer.accept(unsent);
    }

    public void setLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    /** The folder of all that must survive. */
    public void setData(String data) {
        this.data = Path.of(data).toAbsolutePath();
    }

    /** Is told what becomes of each; where it is not set, nobody is. */
    public void setTally(Tally tally) {
        this.tally = tally;
    }

    /** Attempts each file once and no more, for a command that tells how that went; its files are not those of the outboxes. */
    public void setOnce(boolean once) {
        this.once = once;
    }

    UnderWay underWay() {
        return underWay;
    }

    /** The state of a file; one of its own, with a new key, where there is none for a file of this size and time. */
    Pending open(String partner, String path, Path file) throws IOException {
        long size = Files.size(file);
        long modified = Files.getLastModifiedTime(file).toMillis();
        files().debts().pay();
        Pending known = files().find(partner, path);
        if (known == null || !known.isOf(size, modified) || !files().rows().isWaiting(known)) {
            if (known != null && underWay.isAccepted(known.key())) {
                gone(known, Ending.REPLACED);
            }
            Instant now = now();
            Path place = once ? null : file.toAbsolutePath();
            known = files().open(Pending.fresh(partner, path, Transfer.newId(now), size, modified, now, place));
        }
        STEPS.trace("opened {}", known.key());
        return known;
    }

    /** Lets a file be attempted now, whatever time was set for its next attempt. */
    public void makeDue(String partner, String path) throws IOException {
        files().makeDue(partner, path);
    }

    /** @return none where the file was not attempted yet */
    @Nullable
    Pending find(String partner, String path) throws IOException {
        return files().find(partner, path);
    }

    /** Whether there is a state for the file as it is; for one that failed and is put back, another process has made it. */
    boolean isKnown(String partner, String path, Path file) throws IOException {
        Pending known = files().findAnew(partner, path);
        return known != null && known.isStill(file);
    }

    /** Whether a file cannot go now, whatever the ledger says. */
    boolean isHeld(String partner, String path) {
        return underWay.contains(partner, path) || underWay.isPostponed(partner, path, now());
    }

    /** Whether nothing can be written down, and so nothing may go. */
    boolean isStopped() {
        return files().rows().outage().isOn();
    }

    /** Whether nothing that has to go before a file waits for a later time. */
    boolean isNext(String partner, String path, Path outbox) throws IOException {
        Instant now = now();
        for (Pending other : files().allOf(partner)) {
            if (!other.path().equals(path) && other.holdsUpOthers() && other.isToWait(now)) {
                if (!Files.notExists(outbox.resolve(other.path()), LinkOption.NOFOLLOW_LINKS)) {
                    return false;
                }
                gone(other, Ending.TAKEN);
            }
        }
        return true;
    }

    /** @return whether nobody else is sending the file, a route that is being replaced included */
    boolean begin(String partner, String path) {
        if (!underWay.begin(partner, path, once)) {
            return false;
        }
        if (over) { // only now, so that whoever ended it counts this one, or this one sees it
            underWay.end(partner, path);
        }
        return !over;
    }

    /** From here on no file is attempted. */
    public void beginNoMore() {
        over = true;
    }

    /** The files that are on their way now. */
    public List<String> onTheirWay() {
        return underWay.running();
    }

    /** Keeps when the next attempt is due. */
    void setBack(Pending again) {
        files().setBack(again);
        tell(again, Tally.Result.RETRIED);
    }

    /** Keeps what has become of a file for good. */
    void end(Pending pending, Ending ending) {
        files().end(pending, ending);
        underWay.putAway(pending.key());
        if (ending.state() != State.WITHDRAWN) {
            tell(pending, ending.state() == State.SENT ? Tally.Result.SENT : Tally.Result.NOT_SENT);
        }
    }

    private void tell(Pending pending, Tally.Result result) {
        tally.became(
                pending.partner(),
                result,
                result == Tally.Result.SENT ? pending.size() : 0,
                underWay.lasted(pending.partner(), pending.path()));
    }

    /** Keeps that a file is not there any more; one that was accepted was sent all the same, and its papers stay. */
    void gone(Pending pending, String how) throws IOException {
        Verdict verdict = underWay.verdict(pending.key());
        Answer accepted = verdict == null ? null : verdict.accepted();
        if (accepted != null) {
            Path sent = Objects.requireNonNull(data, "data is not set").resolve("sent");
            new Filing(sent.resolve(pending.partner()), durable)
                    .keep(pending.path(), pending.key(), accepted.evidence());
        }
        end(pending, accepted == null ? Ending.withdrawn(how) : Ending.sent(accepted, null));
    }

    /** Whether nothing has become of it yet. */
    boolean isOpen(Pending pending) {
        return files().contains(pending);
    }

    public boolean isIdle() {
        return underWay.isIdle();
    }

    /** What was attempted and is waiting for another attempt, when and why. */
    public List<String> waiting() {
        return files().all().stream()
                .filter(pending -> pending.lastFailure() != null)
                .map(pending -> "outbox/" + pending.partner() + "/" + pending.path() + " attempts=" + pending.attempts()
                        + " next=" + pending.next() + " " + pending.lastFailure())
                .sorted()
                .toList();
    }

    /** The same, one by one; those come first that wait the longest. */
    public List<WaitingFile> waitingFiles() {
        return files().all().stream()
                .filter(pending -> pending.lastFailure() != null)
                .map(WaitingFile::of)
                .sorted(Comparator.comparing(WaitingFile::since))
                .toList();
    }

    /** What lies in outboxes and cannot be sent as it is, or what keeps everything there. */
    public List<String> troubles() {
        String outage = files().rows().outage().why();
        return Stream.concat(
                        Stream.ofNullable(outage).map(why -> "nothing is sent: " + why), underWay.troubles().stream())
                .toList();
    }

    /**
     * Mends whatever a crash has left between two steps, or a ledger that could not be written; and notices what somebody has
     * taken from the outboxes.
     */
    public synchronized void recover() throws IOException {
        files().rows().tryAgain();
        files().debts().pay();
        new Resumption(Objects.requireNonNull(data, "data is not set"), files(), underWay).run(!recovered);
        recovered = true;
    }

    private synchronized Waiting files() {
        if (waiting == null) {
            Ledger all = Objects.requireNonNull(ledger, "ledger is not set");
            waiting = new Waiting(new Rows(all, once ? Rows.Owner.COMMAND : Rows.Owner.OUTBOX));
        }
        return waiting;
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }
}
