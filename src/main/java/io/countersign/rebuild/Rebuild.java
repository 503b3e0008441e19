package io.countersign.rebuild;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.Transfers;
import io.countersign.settings.RetentionTerms;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes into a ledger what the data folder tells of the transfers that it must have had. Portion by portion, so that one that
 * was interrupted goes on where it was; only at the end does the ledger count as built.
 */
public final class Rebuild {
    private static final int PORTION = 200;

    private final Ledger ledger;
    private final Path data;
    private final RetentionTerms terms;
    private final Instant now;
    private final Progress progress;
    private final List<String> damaged = new ArrayList<>();
    private final List<String> contested = new ArrayList<>();
    private final Map<State, Integer> added = new EnumMap<>(State.class);
    private int known;
    private int past;
    private final List<Entry> portion = new ArrayList<>();
    private long done;
    private long all;

    /** Is told how many of the files have been read. */
    public interface Progress {
        void at(long done, long of);
    }

    /**
     * @param ledger open, for this data folder, which nobody else uses meanwhile
     * @param terms for how long keys count, and receipts are kept
     */
    public Rebuild(Ledger ledger, Path data, RetentionTerms terms, Clock clock, Progress progress) {
        this.ledger = ledger;
        this.data = data;
        this.terms = terms;
        this.now = clock.instant();
        this.progress = progress;
    }

    /** @throws IOException where a folder cannot be listed or the ledger not be written; it is not built then */
    public Rebuilt run() throws IOException {
        Folders folders = new Folders(data);
        List<Source> sources = List.of(
                new Received(data, ledger.node(), since(terms.keys())),
                new Sent(data, ledger.node()),
                new Failed(data, ledger.node())); // last: what has failed and was sent then, was sent
        List<String> partners = folders.partners();
        for (Source source : sources) {
            for (String partner : partners) {
                source.each(partner, file -> all++);
            }
        }
        for (Source source : sources) {
            for (String partner : partners) {
                source.each(partner, file -> read(source, partner, file));
            }
            addPortion();
        }
        Rebuilt rebuilt = new Rebuilt(
                added.getOrDefault(State.RECEIVED, 0),
                added.getOrDefault(State.SENT, 0),
                added.getOrDefault(State.FAILED, 0),
                known,
                past,
                List.copyOf(damaged),
                List.copyOf(contested),
                folders.unreceipted(since(terms.receipts())),
                folders.waiting());
        ledger.markBuilt();
        return rebuilt;
    }

    private @Nullable Instant since(@Nullable Duration kept) {
        return kept == null ? null : now.minus(kept);
    }

    private void read(Source source, String partner, Path file) throws IOException {
        Instant since = since(terms.receipts());
        done++;
        try {
            Entry entry = source.read(partner, file);
            if (since != null && entry.changed().isBefore(since)) {
                past++;
            } else {
                portion.add(entry);
            }
        } catch (DamagedException unreadable) {
            damaged.add(data.relativize(file) + ": " + unreadable.getMessage());
        } catch (FileSystemException unreadable) {
            damaged.add(data.relativize(file) + ": cannot be read, " + unreadable);
        }
        if (portion.size() == PORTION) {
            addPortion();
        }
    }

    private void addPortion() throws IOException {
        List<Entry> entries = List.copyOf(portion);
        portion.clear();
        Added result = ledger.commit(connection -> {
            Added these = new Added(new ArrayList<>(), new ArrayList<>());
            for (Entry entry : entries) {
                add(new Transfers(connection), entry, these);
            }
            return these;
        });
        result.entries().forEach(entry -> added.merge(entry.state(), 1, Integer::sum));
        known += entries.size() - result.entries().size();
        contested.addAll(result.contested());
        progress.at(done, all);
    }

    private record Added(List<Entry> entries, List<String> contested) {}

    /** Of two receipts for one key the newer one has it, as whoever sends it again means that one. */
    private static void add(Transfers transfers, Entry entry, Added these) throws SQLException {
        if (transfers.find(entry.id()).isPresent()) {
            return;
        }
        Optional<Entry> other = entry.claim() == null
                ? Optional.empty()
                : transfers.claimed(entry.direction(), entry.partner(), entry.claim());
        Entry added = entry;
        if (other.isPresent()) {
            boolean newer = entry.changed().isAfter(other.get().changed());
            if (newer) {
                transfers.replace(other.get().released());
            } else {
                added = entry.released();
            }
            these.contested()
                    .add("receipts/" + entry.partner() + "/: " + entry.id() + " and "
                            + other.get().id() + " have the same idempotencyKey, '" + entry.claim()
                            + "'; the newer one,"
                            + " " + (newer ? entry : other.get()).id() + ", has it now");
        }
        if (transfers.add(added)) {
            these.entries().add(added);
        }
    }
}
