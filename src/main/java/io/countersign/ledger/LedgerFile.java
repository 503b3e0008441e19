package io.countersign.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A ledger's file, and those that SQLite keeps beside it. SQLite does not notice when somebody takes them away, and would go on
 * writing to what nobody can open again. So it is asked here before each use whether they are still the same.
 */
final class LedgerFile {
    private static final long HARDLY_ANY_ROOM =
            64 * 1024; // bytes; what SQLite makes beside a file is half of that at least
    private static final Trio NONE = new Trio("none", "none", "none");

    private final Path path;
    private volatile Trio opened = NONE;
    private volatile Trio last = NONE;
    private volatile @Nullable Real real;

    /** Which files they are, whatever their names. */
    record Trio(Object ledger, Object log, Object index) {}

    /** Where a file really is: to be looked for only once, as long as it is the same file. */
    private record Real(Object ledger, Path path) {}

    LedgerFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /** Whether its disk is as good as full. */
    boolean hasNoRoom() {
        try {
            Path folder = path.toAbsolutePath().getParent();
            return folder != null && Files.getFileStore(folder).getUsableSpace() < HARDLY_ANY_ROOM;
        } catch (IOException unknown) {
            return false;
        }
    }

    /** What is there; fails where it must not be opened. */
    Trio beforeOpening() throws GoneException {
        Trio now = now();
        Trio before = last;
        if (!now.ledger().equals(before.ledger()) && now.log().equals(before.log()) && logSize() > 0) {
            throw new GoneException(
                    path + " is another file, beside which is the log of the one before, " + path + "-wal");
        }
        return now;
    }

    /** Zero where there is none. */
    private long logSize() {
        try {
            return Files.size(Path.of(path.toRealPath() + "-wal"));
        } catch (IOException none) {
            return 0;
        }
    }

    /** Whether it, or its folder, is closed to us. */
    boolean mayOnlyBeRead() {
        Path folder = path.toAbsolutePath().getParent();
        return (folder != null && !Files.isWritable(folder)) || (Files.exists(path) && !Files.isWritable(path));
    }

    /**
     * That a connection has been opened, and has read.
     *
     * @param before what was there before that
     */
    void opened(Trio before) throws GoneException {
        Trio now = now();
        if (!before.ledger().equals(now.ledger())) {
            throw new GoneException(path + " was replaced while it was being opened");
        }
        opened = now;
        last = now;
    }

    /** Nothing counts as opened any more. */
    void left() {
        opened = NONE;
    }

    boolean isLeft() {
        return opened.equals(NONE);
    }

    /** Which ledger it is, where it is the one that was opened. */
    Object present() throws GoneException {
        Trio expected = opened;
        Object now = ledger();
        if (expected.equals(NONE)) {
            throw new GoneException(path + " is another one, or was away, and is not open yet");
        }
        if (!now.equals(expected.ledger())) {
            throw new GoneException(path + " is not the file that was opened");
        }
        return expected.ledger();
    }

    /** The same for the writer, who would write to a log that nobody will read. */
    void mustBeWhole() throws GoneException {
        Object unused = present();
        if (!now().equals(opened) && !again().equals(opened)) {
            throw new GoneException(path + "-wal or -shm was taken away or replaced");
        }
    }

    private Trio again() throws GoneException {
        real = null;
        return now();
    }

    Trio now() throws GoneException {
        Object ledger = ledger();
        Real known = real;
        try {
            if (known == null || !known.ledger().equals(ledger)) {
                known = new Real(ledger, path.toRealPath());
                real = known;
            }
            return new Trio(ledger, beside(known.path(), "-wal"), beside(known.path(), "-shm"));
        } catch (IOException unseen) {
            throw new GoneException(path + " cannot be looked at: " + unseen);
        }
    }

    private Object ledger() throws GoneException {
        try {
            return key(path);
        } catch (NoSuchFileException gone) {
            throw new GoneException(path + " is not there any more");
        } catch (IOException unseen) {
            throw new GoneException(path + " cannot be looked at: " + unseen);
        }
    }

    private static Object beside(Path file, String ending) throws IOException {
        try {
            return key(Path.of(file + ending));
        } catch (NoSuchFileException none) {
            return "none";
        }
    }

    /** Where files have no such thing (Windows), those that are open can be neither moved nor deleted. */
    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? "there" : key;
    }
}
