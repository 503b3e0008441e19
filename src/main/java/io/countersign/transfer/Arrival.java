package io.countersign.transfer;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Transfers;
import io.countersign.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transfer on its way in, step by step; the exchange property {@value #PROPERTY}. Each step is on disk when its method
 * returns, and {@link Recovery} knows what to make of a crash between any two of them.
 */
public final class Arrival {
    public static final String PROPERTY = "arrival";

    /** The steps, as they are done: {@code STEP ID} at level TRACE. */
    static final Logger STEPS = LoggerFactory.getLogger("countersign.steps");

    private static final Logger LOG = LoggerFactory.getLogger("countersign.received");
    private static final int LONGEST_REASON = 2_000;

    private final Arrivals arrivals;
    private final Transfer transfer;
    private final @Nullable IdempotencyKey key;
    private final @Nullable Entry first;
    private final long began = System.nanoTime();
    private @Nullable Staged staged;
    private @Nullable Entry entry;
    /** Whether it is delivered by a rename of what is staged. */
    private boolean isRenamed;
    /** Whether there is more of it than what is staged and its receipt. */
    private boolean hasMore;

    private boolean received;
    private boolean leftOpen;
    private boolean ended;

    Arrival(Arrivals arrivals, Transfer transfer, @Nullable IdempotencyKey key, @Nullable Entry first) {
        this.arrivals = arrivals;
        this.transfer = transfer;
        this.key = key;
        this.first = first;
        arrivals.tally().began();
        step("claimed");
    }

    /** The receipt, as it is recorded: of what was received under its key before, if that was so. */
    public String receipt() {
        Entry of = first == null ? Objects.requireNonNull(entry, "nothing is recorded") : first;
        return String.valueOf(of.receipt());
    }

    /** What was received under its key before; then nothing is delivered again. */
    public @Nullable Entry first() {
        return first;
    }

    Staged stage() throws IOException {
        Staged here = Staged.of(arrivals.staging(), transfer.id());
        staged = here;
        return here;
    }

    /** Its payload is in staging and flushed: writes down what is about to be delivered. */
    void record(Receipt receipt, String onDisk) throws Refusal, IOException {
        step("staged");
        String json = receipt.toJson();
        arrivals.receipts().tryOut(transfer.partner(), transfer.id(), json);
        String claim = key == null ? null : key.value();
        Entry delivering = new Entry(
                transfer.id(),
                arrivals.ledger().node(),
                Direction.IN,
                transfer.partner(),
                claim,
                claim,
                receipt.name(),
                onDisk,
                receipt.size(),
                0,
                receipt.sha256(),
                State.DELIVERING,
                receipt.receivedAt(),
                receipt.receivedAt(),
                1,
                null,
                null,
                json,
                null);
        entry = delivering;
        staged().promise(json, arrivals.durable());
        if (!arrivals.ledger().commit(connection -> new Transfers(connection).add(delivering))) {
            entry = null;
            throw Arrivals.inProgress(); // by another node
        }
        step("recorded");
    }

    /** A second name, which the partner's own route may rename; the payload stays until that route has ended. */
    Path secondName() throws IOException {
        hasMore = true;
        return staged().link();
    }

    /** What the endpoint that comes last is to rename into its folder. */
    Path handOver(Path folder) throws IOException {
        Path work = arrivals.handOver(staged(), folder);
        isRenamed = work.equals(staged().file());
        hasMore |= !isRenamed;
        step("handed");
        return work;
    }

    Path unreadable() {
        return staged().unreadable();
    }

    private Staged staged() {
        return Objects.requireNonNull(staged, "nothing is staged");
    }

    /**
     * The partner's route has ended.
     *
     * @param file where it put the payload, to be flushed; none where that is not a file of this machine
     */
    public void delivered(@Nullable Path file) throws IOException {
        if (file != null && isRenamed) {
            arrivals.durable().flushFolderOf(file); // itself it was flushed when it was staged
        } else if (file != null) {
            arrivals.durable().flush(file);
        }
        if (hasMore || Files.exists(staged().file())) {
            staged().clear(arrivals.durable());
        }
        step("delivered");
    }

    /**
     * Keeps the receipt and writes down that it is given. Where that cannot be done now, {@link Recovery} does it, whatever
     * happens: the transfer is recorded and delivered. Refused, it would be sent, and without a key delivered, once more.
     */
    public void received(@Nullable Path file) throws IOException {
        Entry delivered = Objects.requireNonNull(entry, "nothing is recorded");
        try {
            arrivals.receipts().keep(transfer.partner(), transfer.id(), staged().receipt());
            step("kept");
            Entry done = delivered.now(State.RECEIVED, now()).filedAt(file == null ? null : file.toString());
            arrivals.ledger().commit(connection -> new Transfers(connection).become(done));
            received = true;
            step("received");
            if (hasMore) {
                staged().discard(arrivals.durable());
            }
        } catch (IOException later) {
            if (!arrivals.isDelivered(staged(), delivered)) {
                throw later; // as it would be settled, too
            }
            arrivals.durable().flushFolderOf(staged().file());
            leftOpen = true;
            LOG.error(
                    "{} was delivered; that its receipt is given will be kept later: {}",
                    transfer.id(),
                    later.toString());
        }
    }

    /** Ends it, whichever way. Before a failure is answered, so that the sender may come again at once. */
    public synchronized void end(@Nullable Throwable why) {
        if (ended) {
            return;
        }
        ended = true;
        try {
            if (staged != null && !received && !leftOpen && (entry == null || isGivenUp(entry, staged, why))) {
                staged.discard(arrivals.durable());
            }
        } finally {
            arrivals.end(transfer, key);
            tell(why);
        }
    }

    private void tell(@Nullable Throwable why) {
        arrivals.tally().left();
        boolean given = received || leftOpen;
        Tally.Result result = given
                ? Tally.Result.RECEIVED
                : first != null && why == null ? Tally.Result.REPEATED : Tally.Result.NOT_RECEIVED;
        arrivals.tally()
                .became(
                        transfer.partner(),
                        result,
                        given && entry != null ? entry.size() : 0,
                        Duration.ofNanos(System.nanoTime() - began));
    }

    /** What was delivered, or cannot be written down as failed, stays as it is and is settled later. */
    private boolean isGivenUp(Entry recorded, Staged payload, @Nullable Throwable why) {
        try {
            if (arrivals.isDelivered(payload, recorded)) {
                LOG.warn("{} was delivered, and this could not be confirmed to its sender", transfer.id());
                return false;
            }
            String reason = String.valueOf(why);
            Entry failed = recorded.now(State.FAILED, now())
                    .released()
                    .because(reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason);
            arrivals.ledger().commit(connection -> new Transfers(connection).replace(failed));
            return true;
        } catch (IOException unclear) {
            LOG.warn("{} could not be ended in the ledger, and will be later: {}", transfer.id(), unclear.getMessage());
            return false;
        }
    }

    private void step(String name) {
        STEPS.trace("{} {}", name, transfer.id());
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }
}
