package io.countersign.transfer;

import io.countersign.ledger.Entry;
import io.countersign.ledger.Entry.Direction;
import io.countersign.ledger.Entry.State;
import io.countersign.ledger.Folders;
import io.countersign.ledger.LedgerException;
import io.countersign.ledger.TransferId;
import io.countersign.ledger.Transfers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Settles what is recorded as being delivered and no request works on, from what is on disk: a payload that has left staging was
 * delivered, and gets its receipt; one that is still there was not, and its sender, who has had no answer, sends it again. What
 * lies in staging and is not recorded goes.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.received");
    private static final Pattern STAGED = Pattern.compile("\\.?(" + TransferId.FORM + ")(\\.[a-z.]+)?");

    private final Arrivals arrivals;

    Recovery(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    /**
     * Settles all; what cannot be told now stays as it is.
     *
     * @param first since the start
     */
    void run(boolean first) throws IOException {
        List<Entry> unsettled = delivering();
        for (Entry entry : unsettled) {
            try {
                settle(entry);
            } catch (LedgerException none) {
                throw none;
            } catch (IOException unclear) {
                LOG.atLevel(first ? Level.WARN : Level.DEBUG)
                        .log(
                                "whether partner={} id={} was delivered cannot be told now: {}",
                                entry.partner(),
                                entry.id(),
                                unclear.toString());
            }
        }
        removeOrphans();
        if (first && delivering().isEmpty()) {
            int unused = arrivals.ledger()
                    .commit(connection ->
                            new Folders(connection).forget(arrivals.ledger().node()));
        }
    }

    /** @return whether it is settled now; not so while a request works on it, here or on another node */
    boolean settle(Entry seen) throws IOException {
        synchronized (arrivals) {
            if (arrivals.isRunning(seen.id())
                    || !seen.node().equals(arrivals.ledger().node())) {
                return false;
            }
            // Only now, since the request may have ended it after it was seen.
            Entry entry = arrivals.ledger()
                    .read(connection -> new Transfers(connection).find(seen.id()))
                    .orElse(seen);
            if (entry.state() != State.DELIVERING) {
                return true;
            }
            Staged staged = Staged.of(arrivals.staging(), entry.id());
            if (arrivals.isDelivered(staged, entry) || (staged.isGone() && isInItsFolder(entry))) {
                complete(entry, staged);
            } else {
                giveUp(entry, staged);
            }
            return true;
        }
    }

    private void complete(Entry entry, Staged staged) throws IOException {
        staged.flushDelivery(entry.path(), folders(), arrivals.durable());
        arrivals.receipts().keep(entry.partner(), entry.id(), Objects.requireNonNull(entry.receipt()));
        Entry received = entry.now(State.RECEIVED, now());
        arrivals.ledger().commit(connection -> new Transfers(connection).replace(received));
        staged.discard(arrivals.durable());
        LOG.atWarn()
                .addKeyValue("direction", "in")
                .addKeyValue("partner", entry.partner())
                .addKeyValue("name", entry.name())
                .addKeyValue("size", entry.size())
                .addKeyValue("id", entry.id())
                .log(
                        "recovered partner={} id={} name-on-disk=\"{}\": it had been delivered; its receipt is kept for when the"
                                + " sender asks again",
                        entry.partner(),
                        entry.id(),
                        entry.path());
    }

    private void giveUp(Entry entry, Staged staged) throws IOException {
        Entry failed = entry.now(State.FAILED, now()).released().because("interrupted before it was delivered");
        arrivals.ledger().commit(connection -> new Transfers(connection).replace(failed));
        removeUnfinished(entry.id(), staged, folders());
        LOG.atWarn()
                .addKeyValue("direction", "in")
                .addKeyValue("partner", entry.partner())
                .addKeyValue("name", entry.name())
                .addKeyValue("size", entry.size())
                .addKeyValue("id", entry.id())
                .log(
                        "recovered partner={} id={}: it had not been delivered; what was staged is removed, and the sender has to"
                                + " send it again",
                        entry.partner(),
                        entry.id());
    }

    private void removeOrphans() throws IOException {
        Set<String> idle = new HashSet<>();
        try (Stream<Path> files = Files.list(arrivals.staging())) {
            files.map(file -> STAGED.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> name.group(1))
                    .filter(id -> !arrivals.isRunning(id))
                    .forEach(idle::add);
        }
        if (idle.isEmpty()) {
            return;
        }
        delivering().forEach(entry -> idle.remove(entry.id()));
        Path staging = arrivals.staging();
        List<Path> folders = folders();
        for (String id : idle) {
            removeUnfinished(id, Staged.of(staging, id), folders);
        }
        LOG.warn("recovered: removed what {} unfinished transfers had left in staging", idle.size());
    }

    /** Where a power cut has taken the rest; its name on disk is its own. */
    private boolean isInItsFolder(Entry entry) throws IOException {
        return folders().stream().anyMatch(folder -> Files.exists(folder.resolve(entry.path())));
    }

    private void removeUnfinished(String id, Staged staged, List<Path> folders) throws IOException {
        arrivals.receipts().removeUnfinished(id);
        folders.forEach(staged::removeProbe);
        staged.discard(arrivals.durable());
    }

    /** Where payloads may have been delivered to. */
    private List<Path> folders() throws IOException {
        String node = arrivals.ledger().node();
        return arrivals.ledger().read(connection -> new Folders(connection).of(node)).stream()
                .map(Path::of)
                .toList();
    }

    private List<Entry> delivering() throws IOException {
        String node = arrivals.ledger().node();
        return arrivals.ledger().read(connection -> new Transfers(connection).in(node, Direction.IN, State.DELIVERING));
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }
}
