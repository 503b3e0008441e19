package io.countersign.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TransferTest {
    private static final Instant NOW = Instant.parse("2026-07-30T12:34:56.789Z");

    @Test
    void hasAnIdOfVersion7() {
        for (int i = 0; i < 1_000; i++) {
            UUID id = UUID.fromString(Transfer.newId(NOW));

            assertThat(id.version()).isEqualTo(7);
            assertThat(id.variant()).isEqualTo(2);
            assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
        }
    }

    @Test
    void hasAnIdOfItsOwnWithinOneMillisecondToo() {
        assertThat(Stream.generate(() -> Transfer.newId(NOW)).limit(10_000)).doesNotHaveDuplicates();
    }

    @Test
    void hasAnIdThatSortsByTime() {
        List<String> ids = IntStream.range(0, 1_000)
                .mapToObj(i -> Transfer.newId(NOW.plusMillis(i * 37L)))
                .toList();

        assertThat(ids).isSorted();
    }
}
