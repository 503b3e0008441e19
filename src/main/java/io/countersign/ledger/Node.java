package io.countersign.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A data folder's name in the ledger, kept in its file {@code node}, so that several services may share a ledger; and the
 * lock by which one service at a time has that folder.
 */
public final class Node implements AutoCloseable {
    private static final String FILE = "node";
    private static final Pattern NAME = Pattern.compile("[0-9a-zA-Z._-]{1,64}");

    private final FileChannel channel;
    private final FileLock lock;

    private Node(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** The name of a data folder, a new one where it has none yet. */
    public static String of(Path data) throws IOException {
        Path file = data.resolve(FILE);
        if (!Files.exists(file)) {
            Files.createDirectories(data);
            Path unfinished = Files.createTempFile(data, ".node", "");
            Files.writeString(unfinished, UUID.randomUUID() + "\n", StandardOpenOption.SYNC);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return read(file);
    }

    /** The name of a data folder, where it has one. */
    public static Optional<String> known(Path data) throws IOException {
        Path file = data.resolve(FILE);
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    private static String read(Path file) throws IOException {
        String name = Files.readString(file).strip();
        if (!NAME.matcher(name).matches()) {
            throw new IOException(file + " has no name in it; accepted: letters, digits, '.', '_' and '-'");
        }
        return name;
    }

    /** Whether a service has the folder now; nothing is made. */
    public static boolean isTaken(Path data) throws IOException {
        Path file = data.resolve(".lock");
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException sameProcess) {
            return true;
        }
    }

    /**
     * Takes the folder for one service.
     *
     * @throws IOException where another has it, or it cannot be locked
     */
    public static Node take(Path data) throws IOException {
        Path file = Files.createDirectories(data).resolve(".lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new Node(channel, lock);
            }
        } catch (OverlappingFileLockException sameProcess) {
            channel.close();
            throw new IOException(data + " is in use by another service of this process");
        }
        channel.close();
        throw new IOException(data + " is in use by another service");
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException ignored) {
            // The lock goes with the process at the latest.
        }
    }
}
