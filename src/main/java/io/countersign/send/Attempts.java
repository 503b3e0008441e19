package io.countersign.send;

import io.countersign.transfer.Durable;
import io.countersign.transfer.Lasting;
import io.countersign.transfer.Transfer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the files that are being sent, one small file each, so that keys, attempts and times survive a restart.
 * A file has its state on disk before the first byte goes out. Fails closed: a state that cannot be read is an error, since
 * without its key a file might be delivered twice.
 */
public final class Attempts implements Lasting {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.sent");

    private final Durable durable = new Durable();
    private final Map<String, Map<String, Pending>> byPartner = new ConcurrentHashMap<>();
    private final Set<Place> underWay = ConcurrentHashMap.newKeySet();
    private final Map<Place, Instant> postponed = new ConcurrentHashMap<>();
    private final Map<Place, String> troubles = new ConcurrentHashMap<>();
    private final Set<Place> attempted = ConcurrentHashMap.newKeySet();
    private @Nullable Path folder;
    private volatile boolean once;
    private volatile boolean over;

    private record Place(String partner, String path) {}

    /** Where the states are, in a folder for each partner. */
    public void setFolder(String folder) {
        this.folder = Path.of(folder).toAbsolutePath();
    }

    /** The state of a file; one of its own, with a new key, where there is none for a file of this size and time. */
    Pending open(String partner, String path, Path file) throws IOException {
        long size = Files.size(file);
        long modified = Files.getLastModifiedTime(file).toMillis();
        Pending known = known(partner, path);
        if (known != null && known.isOf(size, modified)) {
            return known;
        }
        Instant now = Clock.systemUTC().instant();
        Pending pending = new Pending(partner, path, Transfer.newId(now), size, modified, 0, now, now, null);
        put(pending);
        return pending;
    }

    /** Lets a file be attempted now, whatever time was set for its next attempt. */
    public void makeDue(String partner, String path) throws IOException {
        Pending known = known(partner, path);
        if (known != null) {
            put(known.dueAt(Clock.systemUTC().instant()));
        }
    }

    /** @return none where the file was not attempted yet */
    @Nullable
    Pending find(String partner, String path) throws IOException {
        return of(partner).get(path);
    }

    /** Whether there is a state for the file as it is. */
    boolean isKnown(String partner, String path, Path file) throws IOException {
        Pending known = known(partner, path);
        return known != null && known.isStill(file);
    }

    private @Nullable Pending known(String partner, String path) throws IOException {
        Pending known = find(partner, path);
        return known == null ? stored(partner, path) : known; // by the command that puts back what had failed
    }

    private @Nullable Pending stored(String partner, String path) throws IOException {
        try {
            return read(file(partner, path));
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    /** Leaves a file alone for a while, where not even its state can be kept; forgotten at a restart. */
    void postpone(String partner, String path, Instant until) {
        postponed.put(new Place(partner, path), until);
    }

    boolean isPostponed(String partner, String path, Instant now) {
        Instant until = postponed.get(new Place(partner, path));
        if (until != null && !until.isAfter(now)) {
            postponed.remove(new Place(partner, path));
            return false;
        }
        return until != null;
    }

    /** @return whether this is news */
    boolean trouble(String partner, String path, String what) {
        return !what.equals(troubles.put(new Place(partner, path), what));
    }

    void mended(String partner, String path) {
        if (!troubles.isEmpty()) {
            troubles.remove(new Place(partner, path));
        }
    }

    /** What was attempted and is waiting for another attempt, when and why. */
    public List<String> waiting() {
        return byPartner.values().stream()
                .flatMap(known -> known.values().stream())
                .filter(pending -> pending.lastFailure() != null)
                .map(pending -> "outbox/" + pending.partner() + "/" + pending.path() + " attempts=" + pending.attempts()
                        + " next=" + pending.next() + " " + pending.lastFailure())
                .sorted()
                .toList();
    }

    /** What lies in outboxes and cannot be sent as it is. */
    public List<String> troubles() {
        return troubles.entrySet().stream()
                .map(entry -> "outbox/" + entry.getKey().partner() + "/"
                        + entry.getKey().path() + " " + entry.getValue())
                .sorted()
                .toList();
    }

    /** Whether nothing that has to go before a file waits for a later time. */
    boolean isNext(String partner, String path, Path outbox, Instant now) throws IOException {
        for (Pending other : of(partner).values()) {
            if (!other.path().equals(path)
                    && other.holdsUpOthers()
                    && other.next().isAfter(now)) {
                if (!Files.notExists(outbox.resolve(other.path()), LinkOption.NOFOLLOW_LINKS)) {
                    return false;
                }
                remove(other);
            }
        }
        return true;
    }

    /** Attempts each file once and no more, for a command that tells how that went. */
    public void setOnce(boolean once) {
        this.once = once;
    }

    /** @return whether nobody else is sending the file, a route that is being replaced included */
    boolean begin(String partner, String path) {
        Place place = new Place(partner, path);
        if ((once && !attempted.add(place)) || !underWay.add(place)) {
            return false;
        }
        if (over) { // only now, so that whoever ended it counts this one, or this one sees it
            underWay.remove(place);
        }
        return !over;
    }

    /** From here on no file is attempted. */
    public void beginNoMore() {
        over = true;
    }

    /** The files that are on their way now. */
    public List<String> underWay() {
        return underWay.stream()
                .map(place -> "outbox/" + place.partner() + "/" + place.path())
                .sorted()
                .toList();
    }

    void end(String partner, String path) {
        underWay.remove(new Place(partner, path));
    }

    public boolean isIdle() {
        return underWay.isEmpty();
    }

    boolean isUnderWay(String partner, String path) {
        return underWay.contains(new Place(partner, path));
    }

    void put(Pending pending) throws IOException {
        durable.write(file(pending.partner(), pending.path()), pending.toJson());
        of(pending.partner()).put(pending.path(), pending);
    }

    void remove(Pending pending) throws IOException {
        Files.deleteIfExists(file(pending.partner(), pending.path()));
        of(pending.partner()).remove(pending.path());
    }

    private Map<String, Pending> of(String partner) throws IOException {
        Map<String, Pending> known = byPartner.get(partner);
        if (known != null) {
            return known;
        }
        Map<String, Pending> found = new ConcurrentHashMap<>();
        Path states = folder().resolve(partner);
        if (Files.isDirectory(states)) {
            try (Stream<Path> files = Files.list(states)) {
                for (Path state :
                        files.filter(file -> file.toString().endsWith(".json")).toList()) {
                    load(state, found);
                }
            }
        }
        byPartner.put(partner, found);
        return found;
    }

    /** One that cannot be read holds up its own file alone, and is reported when that one's turn comes. */
    private static void load(Path state, Map<String, Pending> found) {
        try {
            Pending pending = read(state);
            found.put(pending.path(), pending);
        } catch (IOException unreadable) {
            LOG.debug("passed over", unreadable);
        }
    }

    private static Pending read(Path state) throws IOException {
        try {
            return Pending.parse(Files.readAllBytes(state));
        } catch (IllegalArgumentException unreadable) {
            LOG.debug("{} cannot be read", state, unreadable);
            throw new IOException(state + " is " + unreadable.getMessage()
                    + "; remove it if the file may be sent under a new key, at the risk of delivering it twice");
        }
    }

    private Path folder() {
        return Objects.requireNonNull(folder, "folder is not set");
    }

    /** Named by a digest: a path may be longer than a name, and have any characters. */
    private Path file(String partner, String path) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
            return folder().resolve(partner).resolve(HexFormat.of().formatHex(digest, 0, 16) + ".json");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
