package io.countersign.proxy;

/** What is said of who calls cannot be believed, or not be read; the message tells the operator why. */
public final class UnclearCallerException extends Exception {
    public UnclearCallerException(String message) {
        super(message);
    }

    /** For the operator. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    /** Text that somebody sent, for a reason: not longer than it helps. */
    static String quoted(String text) {
        return "'" + (text.length() <= 100 ? text : text.substring(0, 100) + "…") + "'";
    }
}
