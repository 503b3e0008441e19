package io.countersign.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long it took, from when a cause was taken away until all was well again. */
final class Recoveries {
    private final List<Duration> times = new ArrayList<>();
    private long begin;

    /** The cause goes now. */
    void begin() {
        begin = System.nanoTime();
    }

    void end() {
        times.add(Duration.ofNanos(System.nanoTime() - begin));
    }

    /** In most rounds: the tests' machine may be busy with others in some. */
    void areWithinASecond() {
        Duration median = times.stream().sorted().toList().get(times.size() / 2);
        System.out.printf("%d recoveries, median %d ms%n", times.size(), median.toMillis());
        assertThat(median).isLessThan(Duration.ofSeconds(1));
    }
}
