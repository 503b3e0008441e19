package io.countersign.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.testing.SettableClock;
import io.countersign.tls.Dated;
import io.countersign.tls.Dated.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** When an operator is told that something ends, how loudly, and how often. */
class ExpiryTest {
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private final SettableClock clock = new SettableClock();
    private final List<Dated> inForce = new ArrayList<>();
    private final Expiry expiry = new Expiry(() -> inForce, clock);
    private final Logged log = Logged.by("countersign.expiry");

    @AfterEach
    void close() {
        log.close();
    }

    @ParameterizedTest
    @CsvSource({
        "40, 10,  WARN,  'in 29 days'",
        "40, 26,  WARN,  'in 13 days'",
        "40, 33,  WARN,  'in 6 days'",
        "40, 38,  WARN,  'in 1 day'",
        "40, 39,  ERROR, 'in less than a day'",
        "40, 41,  ERROR, 'ended on'",
    })
    void eachWarningComesOnceAtItsTime(int lasting, int after, String level, String said) {
        Dated pin = pin("acme", issue(lasting));
        inForce.add(pin);
        expiry.look();
        assertThat(log.news()).isEmpty();

        clock.advance(Duration.ofDays(after).plusHours(1));
        expiry.look();
        assertThat(log.news())
                .singleElement()
                .asString()
                .startsWith(level + " partner acme's pinned certificate 'CN=acme' ")
                .contains(said, pin.notAfter().toString(), "certificates/acme.crt", pin.fingerprint());
        expiry.look();
        assertThat(log.news()).isEmpty();
    }

    @Test
    void theWholeWayToTheEndHasFiveWarnings() {
        inForce.add(pin("acme", issue(40)));
        List<String> all = new ArrayList<>();
        for (int hours = 0; hours < 24 * 50; hours++) {
            expiry.look();
            all.addAll(log.news());
            clock.advance(Duration.ofHours(1));
        }
        assertThat(all.stream().map(line -> line.substring(0, line.indexOf(' '))))
                .containsExactly("WARN", "WARN", "WARN", "ERROR", "ERROR");
    }

    @Test
    void whatIsNearItsEndAtTheStartIsToldOnceAndNotForEachDayBefore() {
        inForce.add(pin("acme", issue(5)));
        expiry.look();
        assertThat(log.news()).singleElement().asString().contains("in 4 days");
        new Expiry(() -> inForce, clock).look();
        assertThat(log.news()).as("after a restart").hasSize(1);
    }

    @Test
    void everyOwnerIsToldOfItsOwn() {
        Certified shared = issue(5);
        inForce.addAll(List.of(pin("acme", shared), pin("globex", shared)));
        expiry.look();
        assertThat(log.news()).hasSize(2);
    }

    @Test
    void whatIsListedTwiceIsToldOnce() {
        Dated pin = pin("acme", issue(5));
        inForce.addAll(List.of(pin, pin));
        expiry.look();
        assertThat(log.news()).hasSize(1);
        assertThat(expiry.expiring()).hasSize(1);
    }

    @Test
    void aSuccessorIsNamedAndCalms() {
        Dated old = pin("acme", issue(40));
        Dated next = pin("acme", issue(400));
        inForce.addAll(List.of(old, next));
        clock.advance(Duration.ofDays(41));
        expiry.look();
        assertThat(log.news())
                .singleElement()
                .asString()
                .startsWith("WARN ")
                .contains("ended on " + old.notAfter(), "in place already, until " + next.notAfter());
        assertThat(expiry.expiring()).singleElement().asString().contains("in place already");
    }

    @Test
    void aSuccessorThatGoesIsToldAtOnce() {
        Dated old = pin("acme", issue(5));
        Dated next = pin("acme", issue(400));
        inForce.addAll(List.of(old, next));
        expiry.look();
        assertThat(log.news()).singleElement().asString().contains("in place already");
        inForce.remove(next);
        expiry.look();
        assertThat(log.news()).singleElement().asString().doesNotContain("in place already");
        expiry.look();
        assertThat(log.news()).isEmpty();
    }

    @Test
    void noSuccessorIsOneOfAnotherPartnerOrOneThatComesTooLateOrEndsSooner() {
        Instant end = start.plus(Duration.ofDays(5));
        Certified late = Issue.to("CN=acme")
                .valid(end.plusSeconds(1), end.plus(Duration.ofDays(400)))
                .selfSigned();
        inForce.addAll(List.of(
                pin("acme", issue(5)),
                pin("acme", issue(4)),
                pin("acme", late),
                pin("globex", issue(400)),
                Dated.of(Kind.PARTNER_IDENTITY, "acme", "x", issue(400).certificate())));
        assertThat(expiry.expiring()).hasSize(2);
        assertThat(expiry.expiring().get(0)).contains("in place already, until " + end);
        assertThat(expiry.expiring().get(1)).doesNotContain("in place already");
    }

    /** Whatever the one key signed, the other cannot stand for. */
    @ParameterizedTest
    @EnumSource(names = {"SHARED_AUTHORITY", "PARTNER_AUTHORITY", "OWN_CHAIN", "PARTNER_SERVER"})
    void anAuthoritysSuccessorIsAnotherCertificateOfTheSameAuthority(Kind kind) {
        Certified old = authority(5).selfSigned();
        Certified other = authority(400).selfSigned();
        Certified renewed = authority(400).keys(old.keys()).selfSigned();
        inForce.addAll(List.of(
                Dated.of(kind, "x", "ca.crt", old.certificate()), Dated.of(kind, "x", "ca.crt", other.certificate())));
        assertThat(expiry.expiring()).singleElement().asString().doesNotContain("in place already");
        inForce.add(Dated.of(kind, "x", "ca.crt", renewed.certificate()));
        assertThat(expiry.expiring()).singleElement().asString().contains("in place already");
    }

    @Test
    void theNextToEndComesFirst() {
        inForce.addAll(List.of(pin("b", issue(20)), pin("c", issue(40)), pin("a", issue(10)), pin("d", issue(15))));
        assertThat(expiry.expiring())
                .extracting(line -> line.substring(0, "partner x".length()))
                .containsExactly("partner a", "partner d", "partner b");
    }

    /** They are replaced every few days, and would be a warning for all their life. */
    @Test
    void aRevocationListIsAWarningOnlyWhereItsNextIsOverdueByItsOwnMeasure() {
        inForce.add(new Dated(
                Kind.REVOCATION_LIST,
                "shared",
                "'CN=ca'",
                "ca.crl",
                "ab",
                start,
                start.plus(Duration.ofDays(7)),
                null));
        expiry.look();
        assertThat(log.news()).isEmpty();
        clock.advance(Duration.ofDays(6).plusHours(1));
        expiry.look();
        assertThat(log.news()).singleElement().asString().startsWith("ERROR the revocation list of 'CN=ca' ends on");
        clock.advance(Duration.ofDays(1));
        expiry.look();
        assertThat(log.news()).singleElement().asString().contains("ended on");
    }

    @Test
    void oneThatCannotBeLookedAtDoesNotEndTheWatch() {
        List<RuntimeException> failures = new ArrayList<>(List.of(new IllegalStateException("no")));
        Expiry watch = new Expiry(
                () -> {
                    if (!failures.isEmpty()) {
                        throw failures.remove(0);
                    }
                    return List.of(pin("acme", issue(5)));
                },
                clock);
        watch.look();
        assertThat(log.news()).containsExactly("ERROR what expires could not be looked at");
        watch.look();
        assertThat(log.news()).singleElement().asString().contains("partner acme's");
    }

    private Certified issue(int days) {
        return Issue.to("CN=acme")
                .valid(start.minus(Duration.ofHours(1)), start.plus(Duration.ofDays(days)))
                .selfSigned();
    }

    private Issue authority(int days) {
        return Issue.to("CN=authority")
                .asAuthority()
                .valid(start.minus(Duration.ofHours(1)), start.plus(Duration.ofDays(days)));
    }

    private static Dated pin(String partner, Certified certified) {
        return Dated.of(Kind.PARTNER_PIN, partner, "certificates/" + partner + ".crt", certified.certificate());
    }
}
