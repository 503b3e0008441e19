package io.countersign.retention;

import io.countersign.ledger.EndedTransfers;
import io.countersign.ledger.Entry;
import io.countersign.ledger.Ledger;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.TransferId;
import io.countersign.ledger.Transfers;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Receipts that were given, {@code receipts/PARTNER/ID.json} and {@code ID.p7m}, with the ledger's rows of all transfers that
 * ended before a time. A row goes after its files; those of which the ledger knows nothing are as old as their id.
 */
final class OldReceipts {
    private static final int PORTION = 500;
    private static final List<String> ENDINGS = List.of(".json", ".p7m");
    private static final Pattern NAME = Pattern.compile("(" + TransferId.FORM + ")\\.(json|p7m)");

    private final Ledger ledger;
    private final Path receipts;
    private final Removal removal;
    private final Instant before;

    OldReceipts(Ledger ledger, Path receipts, Removal removal, Instant before) {
        this.ledger = ledger;
        this.receipts = receipts;
        this.removal = removal;
        this.before = before;
    }

    /** @return how many transfers are forgotten */
    int remove() throws IOException {
        int removed = 0;
        Entry last = null;
        List<Entry> next = ended(null);
        while (!next.isEmpty() && !Thread.currentThread().isInterrupted()) {
            List<Entry> gone = next.stream().filter(this::areFilesGone).toList();
            removed += ledger.commit(connection -> {
                EndedTransfers rows = new EndedTransfers(connection, ledger.node(), before);
                int deleted = 0;
                for (Entry entry : gone) {
                    deleted += rows.delete(entry.id()) ? 1 : 0;
                }
                return deleted;
            });
            last = next.get(next.size() - 1);
            next = next.size() < PORTION ? List.of() : ended(last);
        }
        for (Path partner : Folders.in(receipts)) {
            removed += removeUnknown(partner);
        }
        return removed;
    }

    private List<Entry> ended(@Nullable Entry last) throws LedgerException {
        return ledger.read(connection -> new EndedTransfers(connection, ledger.node(), before).find(last, PORTION));
    }

    private boolean areFilesGone(Entry entry) {
        Path folder = receipts.resolve(entry.partner());
        if (entry.direction() == Entry.Direction.OUT || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        return areGone(folder, entry.id());
    }

    private boolean areGone(Path folder, String id) {
        return ENDINGS.stream().allMatch(ending -> removal.file(folder.resolve(id + ending)));
    }

    private int removeUnknown(Path folder) throws IOException {
        int removed = 0;
        Set<String> old = new LinkedHashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches() && time(file, name.group(1)).isBefore(before)) {
                    old.add(name.group(1));
                }
                if (old.size() == PORTION) {
                    removed += removeUnknown(folder, old);
                    old.clear();
                }
            }
        } catch (DirectoryIteratorException failed) {
            throw failed.getCause();
        }
        return removed + removeUnknown(folder, old);
    }

    private int removeUnknown(Path folder, Set<String> old) throws IOException {
        if (old.isEmpty() || Thread.currentThread().isInterrupted()) {
            return 0;
        }
        List<String> unknown = ledger.read(connection -> {
            List<String> found = new ArrayList<>();
            for (String id : old) {
                if (new Transfers(connection).find(id).isEmpty()) {
                    found.add(id);
                }
            }
            return found;
        });
        return (int) unknown.stream().filter(id -> areGone(folder, id)).count();
    }

    /** The id of a receipt begins with the time of its making. */
    private static Instant time(Path file, String id) throws IOException {
        return TransferId.hasTime(id)
                ? TransferId.time(id)
                : Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    }
}
