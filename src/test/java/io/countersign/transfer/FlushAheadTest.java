package io.countersign.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlushAheadTest {
    private static final int STEP = 8 << 20;

    private final Disk disk = new Disk();

    @Test
    void whatIsSmallIsFlushedAtItsEnd() throws IOException {
        try (FlushAhead flushing = cached()) {
            flushing.write(ByteBuffer.allocate(STEP - 1));
            assertThat(disk.flushes).hasValue(0);
            disk.allowed.release();
            flushing.finish();
            assertThat(disk.flushes).hasValue(1);
        }
    }

    @Test
    void moreIsWrittenWhileItIsFlushed() throws Exception {
        try (FlushAhead flushing = cached()) {
            flushing.write(ByteBuffer.allocate(STEP));
            disk.begun.await();
            flushing.write(ByteBuffer.allocate(STEP)); // does not wait, and begins none beside it
            flushing.write(ByteBuffer.allocate(STEP));
            assertThat(disk.flushes).hasValue(0);
            disk.allowed.release(2);
            flushing.finish();
            assertThat(disk.flushes).hasValue(2);
        }
    }

    /** The system tells of it but once. */
    @Test
    void whatFailedMeanwhileFailsTheWhole() throws Exception {
        disk.failure = new IOException("No space left on device");
        try (FlushAhead flushing = cached()) {
            flushing.write(ByteBuffer.allocate(STEP));
            disk.begun.await();
            disk.allowed.release(2);
            assertThatThrownBy(flushing::finish).isSameAs(disk.failure);
        }
    }

    @Test
    void nothingIsLeftRunningAtItsEnd() throws Exception {
        FlushAhead flushing = cached();
        flushing.write(ByteBuffer.allocate(STEP));
        disk.begun.await();
        disk.allowed.release();
        flushing.close();
        assertThat(disk.flushes).hasValue(1);
    }

    private FlushAhead cached() {
        return new FlushAhead(
                disk,
                new PastCache(() -> {
                    throw new UnsupportedOperationException();
                }),
                STEP);
    }

    /** Flushes when it is allowed to; the first one fails, if it is to. */
    private static final class Disk extends WrittenAt {
        private final Semaphore allowed = new Semaphore(0);
        private final CountDownLatch begun = new CountDownLatch(1);
        private final AtomicInteger flushes = new AtomicInteger();
        private volatile @Nullable IOException failure;

        @Override
        public void force(boolean metaData) throws IOException {
            begun.countDown();
            allowed.acquireUninterruptibly();
            IOException first = failure;
            if (flushes.getAndIncrement() == 0 && first != null) {
                throw first;
            }
        }

        @Override
        public int write(ByteBuffer source, long position) {
            int most = Math.min(source.remaining(), STEP / 2 + 1); // never all at once
            source.position(source.position() + most);
            return most;
        }
    }
}
