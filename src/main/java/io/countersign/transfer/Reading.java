package io.countersign.transfer;

import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import java.io.Closeable;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A payload that is read to its end, digested, and passed on. For one thread at a time. */
final class Reading implements Closeable {
    /**
     * 408 (RFC 9110, 15.5.9) where the network has lost the rest, and the sender may still hear us: it says that the same
     * request may be sent again, as 400 does not.
     */
    private static final int INCOMPLETE = 408;

    private final Payload payload;
    private final long announced;
    private final long most;
    private final ContentDigest digest;
    private long size;

    /** Where it goes. */
    interface Sink extends Closeable {
        /** Takes all of it. */
        void write(ByteBuffer bytes) throws IOException;
    }

    /**
     * @param announced in bytes; negative where nothing was
     * @param most in bytes; what is larger is refused
     */
    Reading(Payload payload, long announced, long most, ContentDigest digest) {
        this.payload = payload;
        this.announced = announced;
        this.most = most;
        this.digest = digest;
    }

    /**
     * Reads what has come.
     *
     * @param later to be run once there is more of it; not where this was all
     * @return whether this was all
     */
    boolean read(Sink sink, Runnable later) throws Refusal, IOException {
        for (ByteBuffer bytes = next(); bytes != null; bytes = next()) {
            if (!bytes.hasRemaining()) {
                payload.whenMore(later);
                return false;
            }
            size += bytes.remaining();
            if (size > most) {
                throw Refusal.of(Code.TOO_LARGE, "At most " + most + " bytes are taken.");
            }
            digest.update(bytes);
            sink.write(bytes);
        }
        if (announced >= 0 && size != announced) {
            throw Refusal.of(
                    Code.REQUEST_INVALID, "The body has " + size + " bytes, announced were " + announced + ".");
        }
        return true;
    }

    /** In bytes, so far. */
    long size() {
        return size;
    }

    /** Of all of it; refuses it where its sender has announced another. */
    byte[] sha256() throws Refusal {
        return digest.verify();
    }

    @Override
    public void close() throws IOException {
        payload.close();
    }

    /** Keeps the sender's failures apart from those of our disk. */
    private @Nullable ByteBuffer next() throws Refusal {
        try {
            return payload.next();
        } catch (ProtocolException broken) {
            throw new Refusal(
                    Code.REQUEST_INVALID,
                    "The body is not framed as HTTP/1.1 has it (RFC 9112, 7.1).",
                    "after " + size + " bytes of the body: " + broken.getMessage(),
                    broken);
        } catch (IOException gone) {
            throw new Refusal(
                            Code.REQUEST_INVALID,
                            "The body ended early.",
                            "the body ended after " + size + " bytes: " + gone.getMessage(),
                            gone)
                    .answeredBy(INCOMPLETE);
        }
    }
}
