package io.countersign.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a large file's blocks to the disk past the page cache ({@code O_DIRECT} of Linux). In the cache they would push out
 * what others read, and where its memory is new to the system, filling it costs more of the processor than all else that happens
 * to them. Few blocks of all files at a time, since they are memory. Whoever has none, and whose file system takes none, writes
 * through the cache. For one thread at a time.
 */
final class PastCache implements Closeable {
    /** In bytes. */
    static final int BLOCK = 512 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(PastCache.class);
    /** None where it was never tried. */
    private static final @Nullable OpenOption DIRECT = "Linux".equals(System.getProperty("os.name")) ? direct() : null;

    /** In bytes. Where a file system wants more of an address, as NFS does, the JDK refuses the first block, and so do we. */
    private static final int ALIGNMENT = 4096;

    /** Of all files together. */
    static final int BLOCKS = 8;

    private static final Semaphore FREE = new Semaphore(BLOCKS);
    private static final Queue<ByteBuffer> MADE = new ConcurrentLinkedQueue<>();

    private final Opening opening;
    private volatile boolean refused;
    private @Nullable FileChannel channel;

    /** Opens a file that is there already, to be written to past the cache. */
    interface Opening {
        /** @throws UnsupportedOperationException where that cannot be */
        FileChannel open() throws IOException;
    }

    PastCache(Opening opening) {
        this.opening = opening;
    }

    static PastCache of(Path file) {
        return new PastCache(() -> {
            if (DIRECT == null) {
                throw new UnsupportedOperationException("not with this system and JVM");
            }
            return FileChannel.open(file, StandardOpenOption.WRITE, DIRECT);
        });
    }

    /** By its name, since compilers warn of it, some of them always. */
    private static @Nullable OpenOption direct() {
        try {
            for (Object option :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (option instanceof OpenOption found && "DIRECT".equals(option.toString())) {
                    return found;
                }
            }
        } catch (ClassNotFoundException without) {
            LOG.debug("this JVM has no such option", without);
        }
        return null;
    }

    /** A block to be filled; none where all are in use, or would be of no use here. To be given back. */
    @Nullable
    ByteBuffer block() {
        if (refused || !FREE.tryAcquire()) {
            return null;
        }
        try {
            channel = channel == null ? opening.open() : channel;
            ByteBuffer made = MADE.poll();
            return made == null ? make() : made.clear();
        } catch (IOException | UnsupportedOperationException | OutOfMemoryError cannot) {
            refused(cannot);
            FREE.release();
            return null;
        }
    }

    private static ByteBuffer make() {
        return ByteBuffer.allocateDirect(BLOCK + ALIGNMENT)
                .alignedSlice(ALIGNMENT)
                .limit(BLOCK)
                .slice();
    }

    static void giveBack(ByteBuffer block) {
        MADE.add(block);
        FREE.release();
    }

    private void refused(Throwable why) {
        LOG.debug("a file is written through the page cache: {}", why.toString());
        refused = true;
    }

    /** Writes a full block, through the cache if need be. */
    void write(ByteBuffer full, long at, FileChannel cached) throws IOException {
        FileChannel past = channel;
        try {
            while (past != null && full.hasRemaining()) {
                past.write(full, at + full.position());
            }
        } catch (IOException cannot) {
            refused(cannot);
        }
        while (full.hasRemaining()) {
            cached.write(full, at + full.position());
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
