package io.countersign.refusal;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by whatever turns a request away. {@link #detail} goes to the caller and must say nothing about other partners
 * or our insides; {@link #reason} goes to the operator and says all that helps.
 */
public final class Refusal extends Exception {
    /** When to come back after what may succeed later, where nothing else is known (RFC 9110, 10.2.3). */
    public static final long RETRY_AFTER_SECONDS = 30;

    private final Code code;
    private final String detail;
    private final boolean passing;
    private boolean approvable;
    private long after = RETRY_AFTER_SECONDS;
    private int status;

    public Refusal(Code code, String detail, String reason) {
        this(code, detail, reason, null);
    }

    public Refusal(Code code, String detail, String reason, @Nullable Throwable cause) {
        this(code, detail, reason, cause, code.isTransient());
    }

    /** @param passing whether the same request may succeed later, so that the answer says when to come back */
    public Refusal(Code code, String detail, String reason, @Nullable Throwable cause, boolean passing) {
        super(reason, cause);
        this.code = code;
        this.detail = detail;
        this.passing = passing;
        this.status = code.status();
    }

    /** A refusal whose reason the caller may know in full. */
    public static Refusal of(Code code, String detail) {
        return new Refusal(code, detail, detail);
    }

    public Code code() {
        return code;
    }

    /** Answered by this status, where the code's own says less. */
    public Refusal answeredBy(int other) {
        status = other;
        return this;
    }

    public int status() {
        return status;
    }

    /** Nothing is wrong with the certificate but that nobody knows it. */
    public Refusal asApprovable() {
        approvable = true;
        return this;
    }

    /** Whether nothing is wrong with the certificate but that nobody knows it, so that an operator may approve it. */
    public boolean isApprovable() {
        return approvable;
    }

    /** @param seconds after which the same request may succeed */
    public Refusal comeBackAfter(long seconds) {
        after = seconds;
        return this;
    }

    /** Seconds after which the same request may succeed, where it {@link #isPassing may} (RFC 9110, 10.2.3). */
    public long comeBackAfter() {
        return after;
    }

    /** Whether the same request may succeed later. */
    public boolean isPassing() {
        return passing;
    }

    /** For the caller. */
    public String detail() {
        return detail;
    }

    /** For the operator. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
