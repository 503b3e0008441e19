package io.countersign.partner;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.partner.Partners.Described;
import io.countersign.settings.Problems;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.tls.Authorities;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a partner's pins may say together, and what is said of those that leave it out in the cold. */
class PinsTest {
    private static final Certified ROOT = Issue.root("CN=Root");
    private static final String FILE = "routes/partners/acme.camel.yaml";

    private final Instant now = Instant.now();
    private final Problems problems = new Problems();

    @TempDir
    private Path home;

    @BeforeEach
    void write() {
        for (String name : List.of("old", "new")) {
            Issue.to("CN=acme")
                    .valid(now.minus(Duration.ofDays(50)), now.plus(Duration.ofDays(50)))
                    .by(ROOT)
                    .write(home, name);
        }
    }

    @Test
    void oneCertificateIsPinnedOnceByAPartner() throws Exception {
        java.nio.file.Files.copy(home.resolve("old.crt"), home.resolve("copy.crt"));
        read("old.crt until 2026-12-10, copy.crt");
        assertThat(problems.found())
                .containsExactly(FILE
                        + ", partner acme: certificates: the certificate 'CN=acme' is pinned twice, by old.crt and by"
                        + " copy.crt; accepted: once");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "old.crt since 2026-12-01 | old.crt since 2026-12-01",
                "old.crt from tomorrow | old.crt from tomorrow",
                "old.crt until | old.crt until",
            })
    void wordsThatWereMeantAsDatesAreTold(String written, String path) {
        read(written);
        assertThat(problems.found())
                .containsExactly(FILE + ", partner acme: certificates: " + home.resolve(path)
                        + " no such file; accepted: PATH [from DATE] [until DATE], where DATE is a day (2026-12-01, in"
                        + " UTC) or a time (2026-12-01T08:00:00Z, RFC 3339)");
    }

    @Test
    void aWrongDateIsToldWithThePartner() {
        read("old.crt, new.crt from 2026-02-30");
        assertThat(problems.found())
                .singleElement()
                .asString()
                .startsWith(FILE + ", partner acme: certificates: '2026-02-30' is not a date; accepted: a day");
    }

    @Test
    void twoPartnersMayNotPinOneCertificateEvenAtDifferentTimes() {
        Map<String, Described> described = new TreeMap<>();
        described.put("acme", described("old.crt until 2026-12-10"));
        described.put("globex", described("old.crt from 2027-01-01"));
        Partners.read(described, Authorities.of(ROOT.chain()), (path, stapled) -> {}, home, problems);
        assertThat(problems.found())
                .singleElement()
                .asString()
                .startsWith("partners acme and globex: both pin the certificate 'CN=acme'");
    }

    @Test
    void pinsThatFollowEachOtherAreNoReasonToWarn() {
        read("old.crt until " + now.plusSeconds(60) + ", new.crt from " + now.plusSeconds(30));
        read("old.crt until " + now.plusSeconds(60) + ", new.crt from " + now.plusSeconds(60));
        read("old.crt, new.crt from " + now.plusSeconds(60));
        assertThat(problems.found()).isEmpty();
        assertThat(problems.warnings()).isEmpty();
    }

    @Test
    void aGapBetweenTwoPinsIsWarnedOf() {
        Instant ends = now.plusSeconds(60);
        Instant begins = now.plusSeconds(90);
        read("old.crt until " + ends + ", new.crt from " + begins);
        assertThat(problems.warnings())
                .containsExactly("partner acme: will admit nobody from " + ends + ", when old.crt runs out, until "
                        + begins + ", when new.crt begins to count");
    }

    @Test
    void pinsThatHaveAllRunOutAreWarnedOf() {
        Instant ended = now.minusSeconds(60);
        read("old.crt until " + ended + ", new.crt until " + now.minusSeconds(90));
        assertThat(problems.warnings())
                .containsExactly("partner acme: admits nobody: all of its pinned certificates have run out, the last"
                        + " one, old.crt, at " + ended);
    }

    @Test
    void pinsThatHaveAllYetToBeginAreWarnedOf() {
        Instant begins = now.plusSeconds(60);
        read("old.crt from " + begins);
        assertThat(problems.warnings())
                .containsExactly("partner acme: admits nobody before " + begins + ", when old.crt begins to count");
    }

    private void read(String certificates) {
        Partners.read(
                Map.of("acme", described(certificates)),
                Authorities.of(ROOT.chain()),
                (path, stapled) -> {},
                home,
                problems);
    }

    private static Described described(String certificates) {
        Partner partner = new Partner();
        partner.setCertificates(certificates);
        return new Described(FILE, partner);
    }
}
