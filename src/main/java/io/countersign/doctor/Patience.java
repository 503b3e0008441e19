package io.countersign.doctor;

import java.time.Duration;

/**
 * The longest waits. No step is without one.
 *
 * @param probe for the answer to a single message
 */
public record Patience(Duration connect, Duration handshake, Duration answer, Duration probe) {
    public static final Patience USUAL =
            new Patience(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(3));

    static String seconds(Duration wait) {
        return wait.toMillis() % 1000 == 0 ? wait.toSeconds() + " s" : wait.toMillis() + " ms";
    }
}
