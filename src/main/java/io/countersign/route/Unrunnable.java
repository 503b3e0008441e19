package io.countersign.route;

/** Thrown where a file's routes cannot be made or cannot begin, which only the running context says. */
final class Unrunnable extends Exception {
    private final String location;

    Unrunnable(String location, Throwable cause) {
        super(Unusable.why(cause), cause);
        this.location = location;
    }

    String location() {
        return location;
    }
}
