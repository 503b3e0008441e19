package io.countersign.send;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended; the exchange property {@value #PROPERTY}.
 *
 * @param path of the file, below its outbox
 * @param filed where the file is now: in {@code sent/}, in {@code failed/}, or none where it stays in the outbox
 * @param receipt the partner's receipt as JSON, where it sent one
 * @param signer who has signed it, where somebody has
 * @param failure why it was not accepted; none where it was
 */
public record Outcome(
        String path,
        @Nullable Path filed,
        @Nullable String receipt,
        @Nullable String signer,
        @Nullable Failed failure) {
    public static final String PROPERTY = "outcome";

    /** Of an attempt that failed. */
    Outcome(String path, @Nullable Path filed, Failed failure) {
        this(path, filed, null, null, failure);
    }

    /** A file that the route passed over. */
    public static Outcome notAttempted(String path) {
        String detail = "it was not attempted; the log may say why its turn did not come";
        return new Outcome(path, null, new Failed(FailureCode.LOCAL, detail, null));
    }
}
