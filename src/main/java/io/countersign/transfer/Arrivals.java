package io.countersign.transfer;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Folders;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Transfers;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is being received, and which keys are in use: in memory for the requests that run here, in the ledger for all that
 * were recorded. Fails closed: a key that the ledger cannot be asked about is not taken.
 */
public final class Arrivals implements Lasting {
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final Map<IdempotencyKey, String> claimed = new ConcurrentHashMap<>();
    private final Durable durable = new Durable();
    private final Proven takingFiles = new Proven();
    private boolean recovered;
    private @Nullable Path staging;
    private @Nullable ReceiptFolder receipts;
    private @Nullable Ledger ledger;
    private Tally tally = Tally.NONE;

    /** The folder for unfinished payloads. */
    public void setStaging(String staging) {
        this.staging = Path.of(staging).toAbsolutePath();
    }

    /** The folder of receipts. */
    public void setReceipts(String receipts) {
        this.receipts = new ReceiptFolder(Path.of(receipts).toAbsolutePath(), durable);
    }

    public void setLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Is told what becomes of each; where it is not set, nobody is. */
    public void setTally(Tally tally) {
        this.tally = tally;
    }

    /**
     * Begins to receive a transfer.
     *
     * @param key claimed for it, unless it was used before: then {@link Arrival#first} says for what
     * @throws Refusal where another transfer with this key is on its way
     */
    Arrival begin(Transfer transfer, @Nullable IdempotencyKey key) throws Refusal, IOException {
        Entry first = key == null ? null : first(key);
        if (key != null && first == null) {
            if (claimed.putIfAbsent(key, transfer.id()) != null) {
                throw inProgress();
            }
            boolean isNew = false;
            try {
                first = first(key);
                isNew = first == null;
            } finally {
                if (!isNew) {
                    claimed.remove(key, transfer.id());
                }
            }
        }
        running.add(transfer.id());
        return new Arrival(this, transfer, key, first);
    }

    /** What was received under a key; none where it is free. */
    private @Nullable Entry first(IdempotencyKey key) throws Refusal, IOException {
        for (int looks = 0; looks < 2; looks++) {
            Optional<Entry> known = ledger().read(
                            connection -> new Transfers(connection).claimed(Direction.IN, key.partner(), key.value()));
            if (known.isEmpty() || known.get().state() == State.RECEIVED) {
                return known.orElse(null);
            }
            if (!new Recovery(this).settle(known.get())) {
                break;
            }
        }
        throw inProgress();
    }

    /** A partner's receipt as the ledger has it: where its file is not here yet, or is on another node. */
    public Optional<String> receipt(String partner, String id) throws IOException {
        for (int looks = 0; looks < 2; looks++) {
            Optional<Entry> known = ledger().read(connection -> new Transfers(connection).find(id))
                    .filter(entry -> entry.direction() == Direction.IN)
                    .filter(entry -> entry.partner().equals(partner));
            if (known.isEmpty() || known.get().state() == State.RECEIVED) {
                return known.map(Entry::receipt);
            }
            if (known.get().state() != State.DELIVERING || !new Recovery(this).settle(known.get())) {
                break;
            }
        }
        return Optional.empty();
    }

    static Refusal inProgress() {
        return Refusal.of(Code.IN_PROGRESS, "A transfer with this Idempotency-Key is still on its way.");
    }

    /** Ends what a request did; from here on another may have its key, and {@link Recovery} its files. */
    void end(Transfer transfer, @Nullable IdempotencyKey key) {
        running.remove(transfer.id());
        if (key != null) {
            claimed.remove(key, transfer.id());
        }
    }

    /** What an endpoint is to rename into a folder; the ledger knows of the folder first. */
    Path handOver(Staged staged, Path folder) throws IOException {
        if (takingFiles.has(folder)) {
            return staged.file();
        }
        String path = folder.toAbsolutePath().toString();
        boolean unused = ledger().commit(connection -> new Folders(connection).add(ledger().node(), path));
        return staged.forFolder(folder, takingFiles, durable);
    }

    /** @throws IOException where that cannot be found out */
    boolean isDelivered(Staged staged, Entry entry) throws IOException {
        return staged.isDelivered(receipts().has(entry.partner(), entry.id()));
    }

    boolean isRunning(String id) {
        return running.contains(id);
    }

    /**
     * Mends whatever a crash, or a ledger that could not be written, has left between two steps, and brings receipts to disk: to
     * be called at the start, before anything is received, and again and again.
     */
    public void recover() throws IOException {
        if (recovered) {
            receipts().flushing().flush(ledger());
        } else {
            receipts().flushing().begin(ledger(), receipts());
        }
        new Recovery(this).run(!recovered);
        recovered = true;
    }

    Path staging() throws IOException {
        Path folder = Objects.requireNonNull(staging, "staging is not set");
        durable.createFolders(folder);
        return folder;
    }

    public ReceiptFolder receipts() {
        return Objects.requireNonNull(receipts, "receipts is not set");
    }

    Ledger ledger() {
        return Objects.requireNonNull(ledger, "ledger is not set");
    }

    Tally tally() {
        return tally;
    }

    Durable durable() {
        return durable;
    }
}
