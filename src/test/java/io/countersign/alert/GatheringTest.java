package io.countersign.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.alert.Alert.Kind;
import io.countersign.alert.Gathering.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which alerts are sent, and when. */
class GatheringTest {
    private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final Gathering gathering = new Gathering(HOUR);

    @Test
    void theFirstGoesAtOnceAndThoseLikeItOnceMoreWithTheirNumber() {
        assertThat(gathering.add(alert("acme", "1"), NOON)).map(Told::times).contains(1L);
        assertThat(gathering.add(alert("acme", "1"), NOON.plusSeconds(1))).isEmpty();
        Alert last = new Alert(
                NOON.plusSeconds(2), Kind.REFUSED, "acme", "address-not-allowed", "1", "the last one", Map.of());
        assertThat(gathering.add(last, NOON.plusSeconds(2))).isEmpty();
        assertThat(gathering.add(alert("globex", "1"), NOON.plusSeconds(3))).isPresent();
        assertThat(gathering.add(alert("acme", "2"), NOON.plusSeconds(4))).isPresent();
        assertThat(gathering.due(NOON.plus(HOUR).minusMillis(1))).isEmpty();
        assertThat(gathering.due(NOON.plus(HOUR))).singleElement().satisfies(told -> {
            assertThat(told.times()).isEqualTo(2);
            assertThat(told.alert().at()).isEqualTo(NOON.plusSeconds(2));
        });
        assertThat(gathering.due(NOON.plus(HOUR))).isEmpty();
    }

    @Test
    void whatGoesOnComesOnceInEachIntervalAndWhatWasOverComesAtOnce() {
        assertThat(gathering.add(alert("acme", "on"), NOON)).isPresent();
        assertThat(gathering.add(alert("acme", "over"), NOON)).isPresent();
        int sent = 0;
        for (int minute = 1; minute <= 600; minute++) {
            Instant now = NOON.plus(Duration.ofMinutes(minute));
            sent += gathering.due(now).size();
            sent += gathering.add(alert("acme", "on"), now).isPresent() ? 1 : 0;
        }
        assertThat(sent).isEqualTo(10);
        assertThat(gathering.add(alert("acme", "over"), NOON.plus(Duration.ofMinutes(601))))
                .isPresent();
    }

    @Test
    void ofAFloodSomeGoAndTheRestIsCounted() {
        int sent = 0;
        for (int i = 0; i < 100_000; i++) {
            sent += gathering.add(alert("acme", "address " + i), NOON).isPresent() ? 1 : 0;
        }
        assertThat(sent).isEqualTo(Gathering.REFUSED);
        assertThat(gathering.due(NOON.plus(HOUR))).singleElement().satisfies(told -> {
            assertThat(told.alert().kind()).isEqualTo(Kind.MORE);
            assertThat(told.times()).isEqualTo(100_000 - Gathering.REFUSED);
            assertThat(told.alert().text()).startsWith("and 99970 more alerts than are sent one by one within 3600 s");
        });
        assertThat(gathering.due(NOON.plus(HOUR).plus(HOUR))).isEmpty();
        assertThat(gathering.add(alert("acme", "address 1"), NOON.plus(Duration.ofHours(3))))
                .isPresent();
    }

    /** Whoever is refused again and again silences nothing else, in no interval. */
    @Test
    void refusalsTakeNothingFromTheRest() {
        for (int hour = 0; hour < 100; hour++) {
            Instant now = NOON.plus(HOUR.multipliedBy(hour));
            for (int i = 0; i < 200; i++) {
                gathering.add(alert("acme", "address " + hour + " " + i), now);
                gathering.add(alert("acme", "address " + hour + " " + i), now);
            }
            for (Kind kind : Kind.values()) {
                if (kind != Kind.REFUSED && kind != Kind.MORE) {
                    Alert other = new Alert(now, kind, "", "", "hour " + hour, "text", Map.of());
                    assertThat(gathering.add(other, now))
                            .as("%s in hour %s", kind, hour)
                            .isPresent();
                }
            }
            assertThat(gathering.due(now.plus(HOUR))).hasSizeLessThanOrEqualTo(Gathering.REFUSED + 1);
        }
    }

    @Test
    void whatOthersWroteStaysShortAndInOneLine() {
        Alert alert = new Alert(
                NOON,
                Kind.REFUSED,
                "acme",
                "x",
                "a",
                "one\ntwo\u2028three" + "x".repeat(5_000),
                Map.of("reason", "\"\n"));
        assertThat(alert.text()).startsWith("one?two?three").hasSize(1_001);
        assertThat(alert.toJson(1).toJson().lines()).hasSize(1);
    }

    private static Alert alert(String partner, String about) {
        return new Alert(NOON.minusSeconds(1), Kind.REFUSED, partner, "address-not-allowed", about, "text", Map.of());
    }
}
