package io.countersign.testing;

import java.time.Duration;
import java.util.Random;

/** What is wrong with one way of the connections through a {@link FaultProxy}. */
public sealed interface Fault {
    Fault NONE = new Slicing(Integer.MAX_VALUE, Duration.ZERO);

    /** Everything arrives, later. */
    sealed interface Pace extends Fault {
        /** The bytes that go at once. */
        int most();

        /** How long these are kept before they go. */
        Duration before(int bytes, Random random);
    }

    /** From a byte on, nothing arrives. Bytes are counted in each connection, from when the fault is switched on. */
    sealed interface Break extends Fault {
        /** How many still pass. */
        long after();
    }

    /**
     * Whatever is read at once is kept for a while.
     *
     * @param jitter at most so much longer, evenly spread; the same each time for the same seed
     */
    record Latency(Duration least, Duration jitter, long seed) implements Pace {
        @Override
        public int most() {
            return Integer.MAX_VALUE;
        }

        @Override
        public Duration before(int bytes, Random random) {
            return least.plusNanos((long) (random.nextDouble() * jitter.toNanos()));
        }
    }

    record Bandwidth(long bytesPerSecond) implements Pace {
        private static final int TIMES_A_SECOND = 50;

        @Override
        public int most() {
            return (int) Math.min(Integer.MAX_VALUE, Math.max(1, bytesPerSecond / TIMES_A_SECOND));
        }

        @Override
        public Duration before(int bytes, Random random) {
            return Duration.ofSeconds(bytes).dividedBy(bytesPerSecond);
        }
    }

    /** @param bytes a write, with a pause before each */
    record Slicing(int bytes, Duration pause) implements Pace {
        @Override
        public int most() {
            return bytes;
        }

        @Override
        public Duration before(int count, Random random) {
            return pause;
        }
    }

    /** The next byte after these ends the connection, both ways and at both ends, by RST. */
    record Reset(long after) implements Break {}

    /** What comes after these is kept, and so is the end of the connection, until the fault ends. */
    record Silence(long after) implements Break {}

    /** With the next byte after these this way ends, by FIN; what comes then is thrown away. The other way goes on. */
    record HalfClose(long after) implements Break {}
}
