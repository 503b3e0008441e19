package io.countersign.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder with a command's own copies of what it sends, below {@code sending/}. A lock beside it lasts as long as the
 * command's process, so that what one leaves behind that was killed is removed by the next, or by the service.
 */
final class CommandOutbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("countersign");
    private static final String LOCK = ".lock";

    private final Path folder;
    private final FileChannel locked;

    private CommandOutbox(Path folder, FileChannel locked) {
        this.folder = folder;
        this.locked = locked;
    }

    /** Makes a new one. */
    static CommandOutbox in(Path data) throws IOException {
        removeAbandoned(data);
        Path all = Files.createDirectories(all(data));
        while (true) {
            Path folder = all.resolve(UUID.randomUUID().toString());
            FileChannel locked = lock(beside(folder), StandardOpenOption.CREATE_NEW);
            if (locked != null) {
                return new CommandOutbox(Files.createDirectory(folder), locked);
            }
        }
    }

    Path folder() {
        return folder;
    }

    /** Removes the copies of commands that do not run any more; what cannot be removed stays for the next time. */
    static void removeAbandoned(Path data) {
        if (!Files.isDirectory(all(data))) {
            return;
        }
        try (Stream<Path> found = Files.list(all(data))) {
            List<Path> folders =
                    found.map(CommandOutbox::withoutLock).distinct().toList();
            for (Path folder : folders) {
                removeIfAbandoned(folder);
            }
        } catch (IOException stays) {
            LOG.warn("what a command has left in {} cannot be removed: {}", all(data), stays.toString());
        }
    }

    private static void removeIfAbandoned(Path folder) throws IOException {
        try (FileChannel locked = lock(beside(folder), StandardOpenOption.CREATE)) {
            if (locked != null) {
                remove(folder);
                Files.deleteIfExists(beside(folder));
            }
        }
    }

    /** @return none where another process has the lock, or has just removed it */
    private static @Nullable FileChannel lock(Path file, StandardOpenOption how) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, how, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException taken) {
            return null;
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null && Files.exists(file)) {
                return channel;
            }
        } catch (OverlappingFileLockException ofThisProcess) {
            LOG.debug("{} is in use here", file);
        }
        channel.close();
        return null;
    }

    private static Path all(Path data) {
        return data.resolve("sending").resolve(".command");
    }

    private static Path withoutLock(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(LOCK) ? file.resolveSibling(name.substring(0, name.length() - LOCK.length())) : file;
    }

    private static Path beside(Path folder) {
        return folder.resolveSibling(folder.getFileName() + LOCK);
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> left = Files.walk(folder)) {
            for (Path each : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    @Override
    public void close() {
        try {
            remove(folder);
            Files.deleteIfExists(beside(folder));
            locked.close();
        } catch (IOException stays) {
            LOG.warn("{} stays: {}", folder, stays.toString());
        }
    }
}
