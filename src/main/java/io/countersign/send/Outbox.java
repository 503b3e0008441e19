package io.countersign.send;

import io.countersign.ledger.LedgerException;
import io.countersign.partner.Partners;
import io.countersign.text.OneLine;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files of a partner's outbox may go now. As the filter of its {@code file:} endpoint it passes over what is not
 * finished (it must look the same twice, and be older than {@link #setMinAge}), what waits for its next attempt, and what
 * cannot be read, which is reported once and holds up nothing. As the first step of the route it stops files that have to
 * wait behind an earlier one.
 */
public final class Outbox implements GenericFileFilter<File>, Processor {
    private static final Logger LOG = LoggerFactory.getLogger("countersign.sent");
    private static final int MOST_LOOKS = 100_000;
    /** What is listed and is not there; it may just have gone. */
    private static final Look MISSING = new Look(-1, Instant.EPOCH, Instant.EPOCH);

    private final Map<Path, Look> looks = new ConcurrentHashMap<>();
    private String partner = "";
    private @Nullable Path folder;
    private @Nullable Attempts attempts;
    private @Nullable Partners partners;
    private boolean ordered = true;
    private Duration minAge = Duration.ofSeconds(2);
    private @Nullable DoneFile doneFile;
    private volatile boolean stopped;
    private volatile int mostLooks = MOST_LOOKS;

    /** What a file looked like, and since when. */
    private record Look(long size, Instant modified, Instant since) {}

    public void setPartner(String partner) {
        this.partner = partner;
    }

    /** The folder of the partner's files. */
    public void setFolder(String folder) {
        this.folder = Path.of(folder).toAbsolutePath();
    }

    public void setAttempts(Attempts attempts) {
        this.attempts = attempts;
    }

    public void setPartners(Partners partners) {
        this.partners = partners;
    }

    /** Whether a file that has to be tried again holds up the later ones. */
    public void setOrdered(boolean ordered) {
        this.ordered = ordered;
    }

    /** For how long a file must not have been written to. */
    public void setMinAge(Duration minAge) {
        this.minAge = minAge;
    }

    /** How the file is called without which another is not complete; empty where there are none. */
    public void setDoneFile(String pattern) {
        doneFile = pattern.isEmpty() ? null : DoneFile.of(pattern);
    }

    @Override
    public boolean accept(GenericFile<File> candidate) {
        Path file = candidate.getFile().toPath();
        try {
            if (candidate.isDirectory()) {
                return isReadable(file, Unsendable.ofFolder(file), true);
            }
            BasicFileAttributes found = attributes(file);
            if (!isReadable(file, Unsendable.ofFile(file, found), false) || found == null) {
                return false;
            }
            candidate.setLastModified(found.lastModifiedTime().toMillis());
            return isFinished(file, found) && isSaidToBeDone(file) && isDue(file);
        } catch (NoSuchFileException | LedgerException notNow) {
            return false;
        } catch (IOException unreadable) {
            report(file, "cannot be looked at: " + unreadable);
            return false;
        }
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        GenericFile<?> taken = exchange.getProperty(Exchange.FILE_EXCHANGE_FILE, GenericFile.class);
        Path file = ((File) taken.getFile()).toPath();
        String path = path(file);
        exchange.setProperty(Attempt.PARTNER, partner);
        exchange.setProperty(Attempt.FILE, file);
        exchange.setProperty(Attempt.PATH, path);
        if (doneFile != null) {
            exchange.setProperty(Attempt.DONE_FILE, doneFile.beside(file));
        }
        // What comes after something that could not go must wait for the next look, too, where it can go by then.
        stopped =
                attempts().isStopped() || (stopped && exchange.getProperty(Exchange.BATCH_INDEX, 0, Integer.class) > 0);
        if (stopped || !isDue(file) || !attempts().begin(partner, path)) {
            exchange.setRouteStop(true);
            return;
        }
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange ended) {
                attempts().underWay().end(partner, path);
            }
        });
    }

    private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException missing) {
            return null;
        }
    }

    private boolean isReadable(Path file, String trouble, boolean directory) {
        boolean missing = trouble.equals(Unsendable.UNKNOWN_NAME);
        if (missing && !MISSING.equals(looks.put(file, MISSING))) {
            return false;
        }
        if (!trouble.isEmpty()) {
            report(file, trouble);
            return false;
        }
        if (directory) {
            attempts().underWay().mended(partner, path(file)); // a file is once it can be attempted
        }
        return true;
    }

    private void report(Path file, String trouble) {
        if (attempts().underWay().trouble(partner, path(file), trouble)) {
            LOG.error(
                    "not sent partner={} file=\"{}\" reason=\"it {}\"", partner, OneLine.of(file), OneLine.of(trouble));
        }
    }

    /** A time of change that lies ahead says nothing; then the file must have been the same for as long as we watch. */
    private boolean isFinished(Path file, BasicFileAttributes found) {
        if (looks.size() > mostLooks) {
            looks.keySet().removeIf(seen -> !Files.exists(seen));
            mostLooks =
                    Math.max(MOST_LOOKS, 2 * looks.size()); // where they all exist, the next look is not for each file
        }
        Instant changed = found.lastModifiedTime().toInstant();
        Look before = looks.get(file);
        if (before == null
                || before.size() != found.size()
                || !before.modified().equals(changed)) {
            looks.put(file, new Look(found.size(), changed, now()));
            return false;
        }
        Instant old = now().minus(minAge);
        return !before.since().isAfter(old) || !changed.isAfter(old);
    }

    /** One that was attempted was done then, and needs no done file to be put back. */
    private boolean isSaidToBeDone(Path file) throws IOException {
        if (doneFile == null) {
            return true;
        }
        if (doneFile.isOne(file)) {
            return false;
        }
        return Files.exists(doneFile.beside(file)) || attempts().isKnown(partner, path(file), file);
    }

    /** Whether neither the file itself nor one that must go before it waits for a later time. */
    private boolean isDue(Path file) throws IOException {
        String path = path(file);
        if (partners().url(partner) == null || attempts().isHeld(partner, path)) {
            return false;
        }
        Pending own = attempts().find(partner, path);
        if (own != null && own.isToWait(now()) && own.isStill(file)) {
            return false;
        }
        return !ordered || attempts().isNext(partner, path, folder());
    }

    private String path(Path file) {
        return folder().relativize(file.toAbsolutePath()).toString().replace(File.separatorChar, '/');
    }

    private static Instant now() {
        return Clock.systemUTC().instant();
    }

    private Path folder() {
        return Objects.requireNonNull(folder, "folder is not set");
    }

    private Attempts attempts() {
        return Objects.requireNonNull(attempts, "attempts is not set");
    }

    private Partners partners() {
        return Objects.requireNonNull(partners, "partners is not set");
    }
}
