package io.countersign.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Has a file flushed while more of it comes, so that at its end little is left to wait for. Fails closed: what a flush has
 * failed with is told at the next call, since the system tells it only once. For one thread.
 */
final class FlushAhead implements AutoCloseable {
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

    /** So many more bytes are in the file. */
    void wrote(int bytes) throws IOException {
        unflushed += bytes;
        if (unflushed < STEP || (underWay != null && !underWay.isDone())) {
            return;
        }
        close();
        unflushed = 0;
        try {
            underWay = CompletableFuture.runAsync(this::flush, FLUSHING);
        } catch (RejectedExecutionException busy) {
            // The next step, or the end, flushes this one, too.
        }
    }

    /** Returns once all of it is flushed. */
    void finish() throws IOException {
        close();
        channel.force(false);
    }

    private void flush() {
        try {
            channel.force(false);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Waits for the flush that is under way, which needs the channel; also where it is interrupted. */
    @Override
    public void close() throws IOException {
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
}
