package io.countersign.send;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An attempt that ended without the partner having accepted the file, and whatever the partner answered. */
public final class Failed extends Exception {
    private final FailureCode code;
    private final @Nullable Duration retryAfter;
    private final @Nullable Answer answer;

    Failed(FailureCode code, String detail, @Nullable Throwable cause) {
        super(detail, cause);
        this.code = code;
        this.retryAfter = null;
        this.answer = null;
    }

    /** @param retryAfter what the partner asked for, where it did */
    Failed(FailureCode code, String detail, @Nullable Duration retryAfter, Answer answer) {
        super(detail);
        this.code = code;
        this.retryAfter = retryAfter;
        this.answer = answer;
    }

    public FailureCode code() {
        return code;
    }

    /** In words that an operator understands. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    Map<String, byte[]> evidence() {
        return answer == null ? Map.of() : answer.evidence();
    }

    @Nullable
    Answer answer() {
        return answer;
    }
}
