package io.countersign.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long it took, from when a cause was taken away until all was well again. */
final class Recoveries {
    private static final int MANY = 50;

    private final List<Duration> times = new ArrayList<>();
    private long begin;

    /** The cause goes now. */
    void begin() {
        begin = System.nanoTime();
    }

    void end() {
        times.add(Duration.ofNanos(System.nanoTime() - begin));
    }

    /** In half of the rounds, if there are many; of few the quickest: the machine may be busy with other tests. */
    void areWithinASecond() {
        List<Duration> sorted = times.stream().sorted().toList();
        Duration typical = sorted.get(sorted.size() < MANY ? 0 : sorted.size() / 2);
        System.out.printf("%d recoveries, typically %d ms%n", times.size(), typical.toMillis());
        assertThat(typical).isLessThan(Duration.ofSeconds(1));
    }
}
