package io.countersign.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Held by the one command that changes partners' files; the service, which only reads them, does not look at it. Its file
 * goes when it is given back, so that no other account is kept from making it.
 */
final class PartnerLock implements AutoCloseable {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    private final Path file;
    private final FileChannel channel;

    private PartnerLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits until no other command has it, at most 10 s.
     *
     * @throws FileSystemException naming the folder, where another has it still, or nothing can be written there
     */
    static PartnerLock take(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(".lock");
        long start = System.nanoTime();
        while (System.nanoTime() - start < LONGEST_WAIT.toNanos()) {
            PartnerLock lock = tryOnce(file);
            if (lock != null) {
                return lock;
            }
            LockSupport.parkNanos(PAUSE);
        }
        throw new FileSystemException(
                folder.toString(), null, "another command has been changing partners for 10 s; nothing was changed");
    }

    private static @Nullable PartnerLock tryOnce(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean ours = false;
        try {
            FileLock lock = channel.tryLock();
            ours = lock != null && isStillThere(file, channel);
            return ours ? new PartnerLock(file, channel) : null;
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        } finally {
            if (!ours) {
                channel.close();
            }
        }
    }

    /** Not so where whoever had it before has deleted it between opening and locking. */
    private static boolean isStillThere(Path file, FileChannel channel) throws IOException {
        String token = UUID.randomUUID().toString();
        channel.write(ByteBuffer.wrap(token.getBytes(StandardCharsets.US_ASCII)), 0);
        try {
            return Files.readString(file).equals(token);
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(file);
        } finally {
            channel.close();
        }
    }
}
