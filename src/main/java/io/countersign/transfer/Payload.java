package io.countersign.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body that gives its bytes as they lie in memory, so that on their way to disk they are not copied. For one thread. */
public interface Payload extends Closeable {
    /**
     * Waits for more of it.
     *
     * @return to be used until the next call, or until it is closed; null at its end
     * @throws IOException where the sender does not bring it to its end
     */
    @Nullable
    ByteBuffer next() throws IOException;
}
