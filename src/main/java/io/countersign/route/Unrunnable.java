package io.countersign.route;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Thrown where a file's routes cannot be made or cannot begin, which only the running context says. */
final class Unrunnable extends Exception {
    private final Set<String> locations;

    /** @param location of the file whose routes they are */
    Unrunnable(String location, Throwable cause) {
        this(Set.of(location), Unusable.why(cause), cause);
    }

    /** @param locations of the files to blame; none where nobody in particular is */
    Unrunnable(Set<String> locations, String why, @Nullable Throwable cause) {
        super(why, cause);
        this.locations = Set.copyOf(locations);
    }

    Set<String> locations() {
        return locations;
    }
}
