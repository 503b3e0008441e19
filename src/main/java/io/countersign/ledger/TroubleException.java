package io.countersign.ledger;

/** Carries a {@link Trouble} to who can say what was to be done. */
final class TroubleException extends Exception {
    private final transient Trouble trouble;

    TroubleException(Trouble trouble) {
        super(trouble.cause());
        this.trouble = trouble;
    }

    Trouble trouble() {
        return trouble;
    }
}
