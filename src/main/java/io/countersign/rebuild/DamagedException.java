package io.countersign.rebuild;

/** A file is not what its name says that it is; its message says what it is instead. */
final class DamagedException extends Exception {
    DamagedException(String message) {
        super(message);
    }
}
