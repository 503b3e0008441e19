package io.countersign.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A new file that goes to the disk while more of it comes, so that at its end little is left to wait for. Fails closed: what a
 * flush has failed with is told at the next call, since the system tells it only once. For one thread at a time.
 */
final class FlushAhead implements Reading.Sink {
    /** In bytes; what is smaller is flushed at its end alone. */
    private static final long STEP = 8 << 20;

    /** Of all files together, so that no block waits for another; where they are busy, there is time enough. */
    private static final int MOST = PastCache.BLOCKS;

    private static final ThreadPoolExecutor FLUSHING =
            new ThreadPoolExecutor(0, MOST, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "countersign-flush");
                thread.setDaemon(true);
                return thread;
            });

    private final FileChannel channel;
    private final PastCache past;
    private final boolean large;
    private long size;
    private long unflushed;
    private @Nullable ByteBuffer block;
    private @Nullable CompletableFuture<Void> underWay;

    FlushAhead(FileChannel channel, PastCache past, long announced) {
        this.channel = channel;
        this.past = past;
        this.large = announced >= PastCache.BLOCK;
    }

    /** @param announced in bytes; negative where nothing was */
    static FlushAhead create(Path file, long announced) throws IOException {
        return new FlushAhead(
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PastCache.of(file),
                announced);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int left = PastCache.BLOCK - (int) (size % PastCache.BLOCK);
            if (left == PastCache.BLOCK && (large || size > 0)) {
                block = past.block();
            }
            ByteBuffer part = bytes.slice(bytes.position(), Math.min(left, bytes.remaining()));
            bytes.position(bytes.position() + part.remaining());
            if (block == null) {
                writeCached(part);
            } else {
                size += part.remaining();
                block.put(part);
                writeBlockIfFull(block);
            }
        }
    }

    private void writeCached(ByteBuffer part) throws IOException {
        unflushed += part.remaining();
        while (part.hasRemaining()) {
            size += channel.write(part, size);
        }
        if (unflushed >= STEP && (underWay == null || underWay.isDone())) {
            await();
            unflushed = 0;
            try {
                underWay = CompletableFuture.runAsync(() -> unchecked(() -> channel.force(false)), FLUSHING);
            } catch (RejectedExecutionException busy) {
                // The next step, or the end, flushes this one, too.
            }
        }
    }

    private void writeBlockIfFull(ByteBuffer full) throws IOException {
        if (full.hasRemaining()) {
            return;
        }
        await();
        block = null;
        full.flip();
        long at = size - PastCache.BLOCK;
        try {
            underWay = CompletableFuture.runAsync(() -> unchecked(() -> write(full, at)), FLUSHING);
        } catch (RejectedExecutionException busy) {
            write(full, at);
        }
    }

    private void write(ByteBuffer full, long at) throws IOException {
        try {
            past.write(full, at, channel);
        } finally {
            PastCache.giveBack(full);
        }
    }

    /** All of it is flushed when this returns, and no more can be written. */
    void finish() throws IOException {
        await();
        if (block != null) {
            block.flip();
            size -= block.remaining();
            writeCached(block);
        }
        channel.force(false);
        close();
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void unchecked(Step step) {
        try {
            step.run();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void await() throws IOException {
        CompletableFuture<Void> last = underWay;
        underWay = null;
        try {
            if (last != null) {
                last.join();
            }
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof UncheckedIOException disk
                    ? disk.getCause()
                    : new IOException(failed.getCause());
        }
    }

    /** Waits for what is under way, which needs the channels; also where it is interrupted. */
    @Override
    public void close() throws IOException {
        try (channel;
                past) {
            if (block != null) {
                PastCache.giveBack(block);
                block = null;
            }
            await();
        }
    }
}
