package io.countersign.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes files and the folders that name them survive a power cut. Every method fails rather than promise too much. */
public final class Durable {
    private static final Logger LOG = LoggerFactory.getLogger(Durable.class);
    /** Where folders cannot be opened, and files only for writing. */
    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    private static final StandardOpenOption FLUSHABLE = WINDOWS ? StandardOpenOption.WRITE : StandardOpenOption.READ;

    /** Those whose names are known to survive. */
    private final Set<Path> flushed = ConcurrentHashMap.newKeySet();

    private final Map<Path, Turns> flushing = new ConcurrentHashMap<>();

    /**
     * Flushes a file that is already in its place, and its folder. One that somebody has taken from there meanwhile is left
     * to him; a path whose folder does not exist is not of this machine.
     */
    public void flush(Path file) throws IOException {
        if (!Files.isDirectory(folderOf(file))) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, FLUSHABLE)) {
            channel.force(true);
        } catch (NoSuchFileException taken) {
            LOG.debug("{} was taken before it was flushed again", file);
        }
        flushFolderOf(file);
    }

    /** Writes a new file so that it is either wholly there or not at all. */
    public void write(Path file, byte[] content) throws IOException {
        put(file, content);
        flushFolderOf(file);
    }

    /** Writes a file like {@link #write}, but its name may be lost until its folder is flushed: once for several files. */
    public void put(Path file, byte[] content) throws IOException {
        createFolders(folderOf(file));
        Path unfinished = file.resolveSibling("." + file.getFileName() + ".part");
        writeUnfinished(unfinished, content);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Writes a file like {@link #put}, unless there is one of that name.
     *
     * @param writer unique among those who may write it at the same time
     * @return whether there was none; where the file system has no links, it is taken for none
     */
    public boolean putNew(Path file, String writer, byte[] content) throws IOException {
        createFolders(folderOf(file));
        Path unfinished = file.resolveSibling("." + writer + ".part");
        try {
            writeUnfinished(unfinished, content);
            Files.createLink(file, unfinished);
        } catch (FileAlreadyExistsException taken) {
            return false;
        } catch (FileSystemException | UnsupportedOperationException noLinks) {
            put(file, content);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        return true;
    }

    /** Writes a new file, whose content may be lost until it is flushed, and its name until its folder is. */
    static void writeAlone(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            writeAll(channel, content);
        }
    }

    private static void writeAll(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    private static void writeUnfinished(Path unfinished, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            writeAll(channel, content);
            channel.force(true);
        } catch (IOException failed) {
            Files.deleteIfExists(unfinished); // it may hold the last of the room
            throw failed;
        }
    }

    /**
     * Renames a file, or brings it to another file system. Its new name may be lost until its folder is flushed, and its content
     * until it is itself.
     */
    void moveAlone(Path from, Path to) throws IOException {
        try {
            rename(from, to);
        } catch (AtomicMoveNotSupportedException otherFileSystem) {
            write(to, Files.readAllBytes(from));
            Files.delete(from);
        }
    }

    /** Flushes files, as far as they are still there, and their folders. */
    void flushAll(Collection<Path> files) throws IOException {
        Set<Path> folders = new HashSet<>();
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, FLUSHABLE)) {
                channel.force(true);
                folders.add(folderOf(file));
            } catch (NoSuchFileException gone) {
                LOG.debug("{} was taken before it was flushed", file);
            }
        }
        for (Path folder : folders) {
            flushFolderOf(folder.resolve("any"));
        }
    }

    private void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException noFolder) {
            createFolders(folderOf(to));
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Creates a folder and those above it; what is new does not count as flushed, even where one of its name was. */
    public void createFolders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        for (Path each = folder.toAbsolutePath(); each != null && Files.notExists(each); each = each.getParent()) {
            flushed.remove(each);
        }
        Files.createDirectories(folder);
    }

    /** Flushes the names in the folder that a file is in, or was in. */
    public void flushFolderOf(Path file) throws IOException {
        Path folder = folderOf(file);
        flushFolder(folder);
        // A folder may be as new as the file: its own name must survive too. Once is enough for as long as it stays.
        for (Path child = folder; child.getParent() != null && !flushed.contains(child); child = child.getParent()) {
            if (Files.isReadable(child.getParent())) {
                flushFolder(child.getParent());
            }
            flushed.add(child);
        }
    }

    private void flushFolder(Path folder) throws IOException {
        if (!WINDOWS) {
            flushing.computeIfAbsent(folder, each -> new Turns()).take(() -> force(folder));
        }
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path folderOf(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException(file + " has no folder");
        }
        return parent;
    }
}
