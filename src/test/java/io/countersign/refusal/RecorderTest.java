package io.countersign.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals.Caller;
import io.countersign.testing.Issue;
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
    void isNotFilledByTenThousandWhoSpeakNoTls() {
        record(ACME, "a");
        for (int i = 0; i < 10_000; i++) {
            record(Caller.of(null, "198.51." + i / 250 + "." + i % 250, null), "garbage " + i);
        }
        record(STRANGER, "b");
        recorder.record(
                "handshake",
                Caller.of(null, "192.0.2.10", null),
                new Shown("TLSv1.3", null, List.of(), false),
                "it does not trust us",
                clock.instant(),
                shown -> Optional.empty());

        List<Event> events = recorder.events();
        assertThat(events).hasSize(3 + Crowd.NOISE.ofAll() + 1);
        assertThat(events).extracting(Event::reason).contains("a", "b", "it does not trust us");
        assertThat(events)
                .filteredOn(event -> event.reason().startsWith("more different refusals"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.caller()).isEqualTo(Caller.of(null, null, null));
                    assertThat(event.count()).isEqualTo(10_000 - Crowd.NOISE.ofAll());
                });
    }

    /** Also where it has a whole network of IPv6. */
    @Test
    void showsOthersWhileOneSourceHasEverNewCertificates() {
        for (int i = 0; i < 10_000; i++) {
            record(Caller.of(null, "2001:db8::" + Integer.toHexString(i), "certificate " + i), "unknown");
        }
        record(STRANGER, "b");

        assertThat(recorder.events()).extracting(Event::reason).contains("b");
        assertThat(recorder.events()).extracting(Event::caller).contains(Caller.of(null, "2001:db8::/64", null));
        assertThat(recorder.events().stream().mapToLong(Event::count).sum()).isEqualTo(10_001);
        assertThat(recorder.events()).hasSizeLessThan(300);
    }

    @Test
    void showsWhoIsNearlyAPartnerWhileMostAreNot() {
        for (int i = 0; i < 10_000; i++) {
            record(Caller.of(null, "203.0." + i / 250 + "." + i % 250, "certificate " + i), "unknown");
        }
        clock.advance(Duration.ofSeconds(61)); // no more are compared in a minute than are listed
        recorder.record(
                "handshake",
                STRANGER,
                Shown.certificates(
                        "TLSv1.3", List.of(Issue.to("CN=acme").selfSigned().certificate())),
                "unknown, too",
                clock.instant(),
                shown -> Optional.of(new Nearest("acme", "new key")));

        assertThat(recorder.events().get(0).nearest()).isEqualTo(new Nearest("acme", "new key"));
    }

    @Test
    void showsOthersWhileOnePartnerIsRefusedForEverNewReasons() {
        for (int i = 0; i < 10_000; i++) {
            record(ACME, "the name " + i + " cannot be used");
        }
        record(Caller.of("globex", "192.0.2.8", "01"), "g");

        assertThat(recorder.events()).hasSize(1 + Crowd.PARTNER.ofOne() + 1);
        assertThat(recorder.events().get(0).reason()).isEqualTo("g");
        assertThat(recorder.events()).extracting(Event::caller).contains(Caller.of("acme", null, null));
    }

    /** A clock that is put back must not stop it. */
    @Test
    void goesOnWhereTheClockIsPutBack() {
        for (int i = 0; i < 100; i++) {
            record(ACME, "number " + i);
        }
        clock.advance(Duration.ofHours(-1));
        record(ACME, "another");

        assertThat(recorder.events()).extracting(Event::reason).contains("another");
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
