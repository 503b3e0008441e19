package io.countersign.limit;

import io.countersign.kept.Allowance;
import java.io.IOException;
import java.io.InputStream;

/** A body whose bytes are taken off an allowance as they are read. */
final class CountedBody extends InputStream {
    private final InputStream body;
    private final Allowance bytes;

    CountedBody(InputStream body, Allowance bytes) {
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
