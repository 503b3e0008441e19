package io.countersign.refusal;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by whatever turns a request away. {@link #detail} goes to the caller and must say nothing about other partners
 * or our insides; {@link #reason} goes to the operator and says all that helps.
 */
public final class Refusal extends Exception {
    private final Code code;
    private final String detail;

    public Refusal(Code code, String detail, String reason) {
        this(code, detail, reason, null);
    }

    public Refusal(Code code, String detail, String reason, @Nullable Throwable cause) {
        super(reason, cause);
        this.code = code;
        this.detail = detail;
    }

    /** A refusal whose reason the caller may know in full. */
    public static Refusal of(Code code, String detail) {
        return new Refusal(code, detail, detail);
    }

    public Code code() {
        return code;
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
