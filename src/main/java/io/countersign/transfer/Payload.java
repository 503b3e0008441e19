package io.countersign.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A body that gives its bytes as they lie in memory, so that on their way to disk they are not copied, and as they come, so
 * that nobody waits for a slow sender. A stream as well, for a step of a route that knows nothing of this. For one thread at a
 * time.
 */
public abstract class Payload extends InputStream {
    /** One that waits for what it has to give. */
    public static Payload of(InputStream stream) {
        return stream instanceof Payload payload ? payload : new Waiting(stream);
    }

    /**
     * What has come of it since.
     *
     * @return to be used until the next call, or until it is closed; empty where nothing has come; null at its end
     * @throws IOException where the sender does not bring it to its end
     */
    public abstract @Nullable ByteBuffer next() throws IOException;

    /** Where nothing had come: runs this, on any thread, once there is more to be had of it, or a failure. */
    public abstract void whenMore(Runnable then);

    private static final class Waiting extends Payload {
        private static final int PART = 64 * 1024;

        private final InputStream stream;

        Waiting(InputStream stream) {
            this.stream = stream;
        }

        @Override
        public int read() throws IOException {
            return stream.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return stream.read(buffer, offset, length);
        }

        @Override
        public @Nullable ByteBuffer next() throws IOException {
            byte[] some = stream.readNBytes(PART);
            return some.length == 0 ? null : ByteBuffer.wrap(some);
        }

        @Override
        public void whenMore(Runnable then) {
            throw new IllegalStateException("there is always more of it, or its end");
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
