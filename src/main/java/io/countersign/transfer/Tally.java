package io.countersign.transfer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is told what becomes of each transfer, on the thread that carries it: it must neither wait nor fail. What a crash has cut off,
 * and the next start settles, it is not told again.
 */
public interface Tally {
    /** Counts nothing. */
    Tally NONE = new Tally() {
        @Override
        public void began() {}

        @Override
        public void left() {}

        @Override
        public void became(String partner, Result result, long bytes, @Nullable Duration took) {}
    };

    /** What has become of a transfer, or of an attempt at one. */
    enum Result {
        /** In: delivered, and its sender is told so. */
        RECEIVED,
        /** In: the same under the same key; its sender gets the first receipt. */
        REPEATED,
        /** In: begun, and refused or broken off before it was delivered. */
        NOT_RECEIVED,
        /** Out: the partner has accepted it. */
        SENT,
        /** Out: it stays in the outbox, for another attempt. */
        RETRIED,
        /** Out: no attempt would succeed. */
        NOT_SENT
    }

    /** A partner begins to send something. */
    void began();

    /** It has come to an end, whichever. */
    void left();

    /**
     * What has become of a transfer.
     *
     * @param bytes of the payload, where it was handed over
     * @param took from its first byte to its outcome; none where nobody knows
     */
    void became(String partner, Result result, long bytes, @Nullable Duration took);
}
