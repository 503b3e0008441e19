package io.countersign.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals.Caller;
import io.countersign.testing.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** However much is refused, and by however many, what was refused of partners and strangers is still to be seen. */
class RecorderTest {
    private static final Caller ACME = Caller.of("acme", "192.0.2.7", "00ff");
    private static final Caller STRANGER = Caller.of(null, "192.0.2.9", "abcd");

    private final SettableClock clock = new SettableClock();
    private final Recorder recorder = new Recorder();

    @Test
    void listsTheLastFirstAndARepetitionNotAgain() {
        record(ACME, "a");
        record(STRANGER, "b");
        record(ACME, "a");

        assertThat(recorder.events()).extracting(Event::reason).containsExactly("a", "b");
        assertThat(recorder.events()).extracting(Event::count).containsExactly(2L, 1L);
        Event repeated = recorder.events().get(0);
        assertThat(repeated.last()).isAfter(repeated.first());
    }

    @Test
    void isNotFilledByTenThousandStrangersWithoutCertificate() {
        record(ACME, "a");
        record(STRANGER, "b");
        for (int i = 0; i < 10_000; i++) {
            record(Caller.of(null, "198.51." + i / 250 + "." + i % 250, null), "garbage " + i);
        }

        List<Event> events = recorder.events();
        assertThat(events).hasSize(2 + Recorder.NEW_A_MINUTE + 1);
        assertThat(events.get(0).reason()).startsWith("more different refusals");
        assertThat(events.get(0).caller()).isEqualTo(Caller.of(null, null, null));
        assertThat(events.get(0).count()).isEqualTo(10_000 - Recorder.NEW_A_MINUTE);
        assertThat(events).extracting(Event::reason).contains("a", "b");
    }

    @Test
    void isNotFilledByOneAddressWithEverNewCertificates() {
        record(STRANGER, "b");
        for (int i = 0; i < 10_000; i++) {
            record(Caller.of(null, "203.0.113.1", "certificate " + i), "unknown");
        }

        assertThat(recorder.events()).hasSize(1 + Recorder.NEW_A_MINUTE + 1);
        assertThat(recorder.events().get(0).caller()).isEqualTo(Caller.of(null, "203.0.113.1", null));
        assertThat(recorder.events()).extracting(Event::reason).contains("b");
    }

    @Test
    void isNotFilledByOnePartner() {
        record(Caller.of("globex", "192.0.2.8", "01"), "g");
        for (int i = 0; i < 10_000; i++) {
            record(ACME, "the name " + i + " cannot be used");
        }

        assertThat(recorder.events()).hasSize(1 + Recorder.NEW_A_MINUTE + 1);
        assertThat(recorder.events().get(0).caller()).isEqualTo(Caller.of("acme", null, null));
        assertThat(recorder.events()).extracting(Event::reason).contains("g");
    }

    @Test
    void listsNewThingsAgainAMinuteLater() {
        for (int i = 0; i < 100; i++) {
            record(ACME, "number " + i);
        }
        clock.advance(Duration.ofSeconds(61));
        record(ACME, "another");

        assertThat(recorder.events().get(0).reason()).isEqualTo("another");
    }

    @Test
    void keepsAThousandOfAKindAndTheLast() {
        for (int i = 0; i < 1_500; i++) {
            clock.advance(Duration.ofSeconds(2));
            record(ACME, "number " + i);
        }
        record(STRANGER, "b");

        assertThat(recorder.events()).hasSize(1_001);
        assertThat(recorder.events().get(1_000).reason()).isEqualTo("number 500");
    }

    @Test
    void countsTheSameThingAnewAfterADay() {
        String id = record(ACME, "a").event().id();
        clock.advance(Duration.ofHours(25));

        assertThat(record(ACME, "a").event().id()).isNotEqualTo(id);
        assertThat(recorder.events()).singleElement().extracting(Event::count).isEqualTo(1L);
    }

    @Test
    void tellsWhatHasChangedAndWhatHasGoneUntold() {
        record(ACME, "a");
        assertThat(recorder.changed(10)).extracting(Event::reason).containsExactly("a");
        assertThat(recorder.changed(10)).isEmpty();
        record(ACME, "a");
        List<Event> again = recorder.changed(10);
        assertThat(again).extracting(Event::count).containsExactly(2L);
        recorder.changedStill(again);
        assertThat(recorder.changed(10)).isEqualTo(again);

        for (int i = 0; i < 1_100; i++) {
            clock.advance(Duration.ofSeconds(2));
            record(ACME, "number " + i);
        }
        assertThat(recorder.forgotten()).isEqualTo(100);
        assertThat(recorder.forgotten()).isZero();
        assertThat(recorder.changed(2_000)).hasSize(1_000);
    }

    private Recorder.Recorded record(Caller caller, String reason) {
        return recorder.record("handshake", caller, Shown.NOTHING, reason, clock.instant(), shown -> Optional.empty());
    }
}
