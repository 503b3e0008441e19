package io.countersign.limit;

import io.countersign.kept.Allowance;
import io.countersign.transfer.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body whose bytes are taken off an allowance as they are read. */
final class CountedBody extends Payload {
    private final Payload body;
    private final Allowance bytes;

    CountedBody(Payload body, Allowance bytes) {
        this.body = body;
        this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
        int read = body.read();
        spend(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = body.read(buffer, offset, length);
        spend(read);
        return read;
    }

    @Override
    public @Nullable ByteBuffer next() throws IOException {
        ByteBuffer next = body.next();
        spend(next == null ? 0 : next.remaining());
        return next;
    }

    @Override
    public void whenMore(Runnable then) {
        body.whenMore(then);
    }

    private void spend(int read) {
        if (read > 0) {
            bytes.spend(read, System.nanoTime());
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
