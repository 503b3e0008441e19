package io.countersign.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A new file that goes to the disk while more of it comes, so that at its end little is left to wait for: large ones in
 * blocks past the page cache, or through it, flushed again and again. For one thread at a time.
 */
final class FlushAhead implements Reading.Sink {
    /** In bytes; what is smaller is flushed at its end alone. */
    private static final long STEP = 8 << 20;

    private final FileChannel channel;
    private final PastCache past;
    private final boolean large;
    private final Behind behind = new Behind();
    private long size;
    private long unflushed;
    private @Nullable ByteBuffer block;

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
        if (unflushed >= STEP && behind.isIdle()) {
            unflushed = 0;
            behind.begin(() -> channel.force(false)); // or not: the next step, or the end, flushes this one, too
        }
    }

    private void writeBlockIfFull(ByteBuffer full) throws IOException {
        if (full.hasRemaining()) {
            return;
        }
        full.flip();
        long at = size - PastCache.BLOCK;
        boolean begun = behind.begin(() -> write(full, at));
        block = null;
        if (!begun) {
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
        behind.await();
        if (block != null) {
            block.flip();
            size -= block.remaining();
            writeCached(block);
        }
        channel.force(false);
        close();
    }

    /** Waits for what is under way, which needs the channels. */
    @Override
    public void close() throws IOException {
        try (channel;
                past) {
            if (block != null) {
                PastCache.giveBack(block);
                block = null;
            }
            behind.await();
        }
    }
}
