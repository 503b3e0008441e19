package io.countersign.kept;

import java.time.Duration;
import java.time.Instant;

/** How often something has happened within a minute, by who or what it comes from; of so many sources at most. */
public final class Rates {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Kept<String, Window> windows;

    private static final class Window {
        private final Instant began;
        private int count;

        Window(Instant began) {
            this.began = began;
        }
    }

    /** @param sources the one that was not heard of for the longest is forgotten first */
    public Rates(int sources) {
        windows = new Kept<>(sources);
    }

    /** Counts one more, and says whether that is within what may be in a minute. */
    public synchronized boolean isWithin(String source, int most, Instant now) {
        Window window = windows.get(source, () -> new Window(now));
        if (!now.isBefore(window.began.plus(MINUTE)) || now.isBefore(window.began)) {
            window = new Window(now);
            windows.put(source, window);
        }
        return ++window.count <= most;
    }
}
