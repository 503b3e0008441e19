package io.countersign.edit;

/** A file whose text cannot be changed safely; the message names the line, why, and what to write there by hand. */
public final class UneditableException extends Exception {
    /** @param line counted from 1 */
    UneditableException(String file, int line, String why, String byHand) {
        super(file + ", line " + line + ": " + why + ", so it is not changed by a command; write there by hand: "
                + byHand);
    }

    UneditableException(String file, String why, String byHand) {
        super(file + ": " + why + ", so it is not changed by a command; write there by hand: " + byHand);
    }

    UneditableException(String file, String why) {
        super(file + ": " + why + ", so it is not changed by a command");
    }
}
