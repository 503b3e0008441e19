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
 * A new file that is flushed while more of it comes, so that at its end little is left to wait for. Fails closed: what a flush
 * has failed with is told at the next call, since the system tells it only once. For one thread at a time.
 */
final class FlushAhead implements Reading.Sink {
    /** In bytes; what is smaller is flushed at its end alone. */
    private static final long STEP = 8 << 20;

    /** Of all files together; where they are busy, there is time enough. */
    private static final int MOST = 4;

    private static final ThreadPoolExecutor FLUSHING =
            new ThreadPoolExecutor(0, MOST, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "countersign-flush");
                thread.setDaemon(true);
                return thread;
            });

    private final FileChannel channel;
    private long unflushed;
    private @Nullable CompletableFuture<Void> underWay;

    FlushAhead(FileChannel channel) {
        this.channel = channel;
    }

    static FlushAhead create(Path file) throws IOException {
        return new FlushAhead(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        unflushed += bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        if (unflushed < STEP || (underWay != null && !underWay.isDone())) {
            return;
        }
        await();
        unflushed = 0;
        try {
            underWay = CompletableFuture.runAsync(this::flush, FLUSHING);
        } catch (RejectedExecutionException busy) {
            // The next step, or the end, flushes this one, too.
        }
    }

    /** All of it is flushed when this returns, and no more can be written. */
    void finish() throws IOException {
        await();
        channel.force(false);
        channel.close();
    }

    private void flush() {
        try {
            channel.force(false);
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

    /** Waits for the flush that is under way, which needs the channel; also where it is interrupted. */
    @Override
    public void close() throws IOException {
        try (channel) {
            await();
        }
    }
}
