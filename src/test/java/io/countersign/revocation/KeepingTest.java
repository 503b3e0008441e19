package io.countersign.revocation;

import static io.countersign.revocation.Asking.OCSP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.tls.Authorities.Authority;
import io.countersign.tls.Issued;
import io.countersign.tls.RevocationException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** For how long an answer is believed, and for whom. */
class KeepingTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Asking asking = new Asking();
    private final Certified leaf = asking.leafWithResponder();
    private final Instant now = Instant.now();

    @AfterEach
    void close() {
        asking.close();
    }

    @Test
    void keepsAnAnswerToItsEndAndAsksAgainBefore() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now, now.plus(Duration.ofMinutes(40))));
        asking.passes(leaf);
        asking.clock.advance(Duration.ofMinutes(20));
        asking.passes(leaf);
        assertThat(asking.responder.asked(OCSP)).isEqualTo(1);

        asking.says(OcspAnswer.good(asking.root, leaf).valid(now.plusSeconds(60), now.plus(HOUR.multipliedBy(9))));
        asking.clock.advance(Duration.ofMinutes(15));
        asking.passes(leaf);
        Awaitility.await().until(() -> asking.responder.asked(OCSP) == 2);
        asking.responder.closesAt(OCSP);
        asking.clock.advance(Duration.ofMinutes(20));
        asking.passes(leaf);
    }

    @Test
    void asksAgainAfterAnHourHoweverLongTheAnswerIsGood() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now, now.plus(HOUR.multipliedBy(9))));
        asking.passes(leaf);

        asking.says(OcspAnswer.revoked(asking.root, leaf));
        asking.clock.advance(HOUR.plusMinutes(1));
        asking.isRevoked(leaf, "key compromise");
    }

    @Test
    void asksAnewOnceTheAnswerHasEnded() {
        for (Duration whole : List.of(Duration.ofMinutes(40), Duration.ofSeconds(10))) {
            Certified shown = asking.leafWithResponder();
            Instant begin = asking.clock.instant();
            asking.says(OcspAnswer.good(asking.root, shown).valid(begin, begin.plus(whole)));
            asking.passes(shown);

            asking.says(OcspAnswer.revoked(asking.root, shown));
            asking.clock.advance(whole.plusSeconds(1));
            asking.isRevoked(shown, "key compromise");
        }
    }

    @Test
    void takesAnAnswerThatHasJustEndedWhereThereIsNoOtherYet() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now.minus(HOUR), now.plusSeconds(60)));
        asking.clock.advance(Duration.ofMinutes(2));
        asking.passes(leaf);
        asking.passes(leaf);
        assertThat(asking.responder.asked(OCSP)).isEqualTo(1);

        asking.says(OcspAnswer.revoked(asking.root, leaf));
        asking.clock.advance(Fetching.AGAIN.plusSeconds(1));
        asking.isRevoked(leaf, "key compromise");
    }

    @Test
    void believesAnAnswerForTheAllowanceWhereNobodyAnswersAfterItsEnd() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now, now.plus(Duration.ofMinutes(40))));
        asking.passes(leaf);

        asking.responder.closesAt(OCSP);
        asking.clock.advance(Duration.ofMinutes(43));
        asking.passes(leaf);
        assertThat(asking.responder.asked(OCSP)).isGreaterThan(1);
        asking.clock.advance(Duration.ofMinutes(3));
        asking.refused(asking.refusing, leaf).withMessageContaining("gave no whole answer");
    }

    @Test
    void believesAnAnswerToItsEndWhereNobodyGivesANewOne() {
        asking.says(OcspAnswer.good(asking.root, leaf).valid(now, now.plus(HOUR.multipliedBy(3))));
        asking.passes(leaf);

        asking.responder.closesAt(OCSP);
        asking.clock.advance(HOUR.plusMinutes(1));
        asking.passes(leaf);
        asking.clock.advance(HOUR.multipliedBy(2).plusMinutes(5));
        asking.refused(asking.refusing, leaf).withMessageContaining("gave no whole answer");
    }

    @Test
    void doesNotGoBackToAnOlderAnswer() {
        asking.says(OcspAnswer.revoked(asking.root, leaf).valid(now, now.plus(HOUR)));
        asking.isRevoked(leaf, "key compromise");

        asking.says(OcspAnswer.good(asking.root, leaf).valid(now.minus(HOUR), now.plus(HOUR.multipliedBy(9))));
        asking.clock.advance(HOUR.plusMinutes(1));
        asking.isRevoked(leaf, "key compromise");
        assertThat(asking.responder.asked(OCSP)).isGreaterThan(1);
    }

    @Test
    void doesNotTakeTheAnswerForAnothersOfTheSameNumber() {
        asking.says(OcspAnswer.good(asking.root, leaf));
        asking.passes(leaf);

        Certified otherRoot = Issue.root("CN=Root");
        Certified namesake = Issue.to("CN=leaf")
                .serial(leaf.certificate().getSerialNumber())
                .ocsp(asking.responder.url(OCSP))
                .by(otherRoot);
        List<Issued> path = List.of(new Issued(namesake.certificate(), Authority.of(otherRoot.certificate())));
        assertThatExceptionOfType(RevocationException.class)
                .isThrownBy(() -> asking.refusing.with(asking.lists).check(path, List.of()))
                .withMessageContaining("is about another certificate");
    }
}
