package io.countersign.sighting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.SettableClock;
import io.countersign.tls.PemFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of certificates that were used or refused, and how little of it however many there are. */
class SightingsTest {
    private final SettableClock clock = new SettableClock();

    @TempDir
    private Path data;

    @Test
    void theLastUseOfEachCertificateSurvivesARestart() throws Exception {
        Certified old = Issue.to("CN=acme").selfSigned();
        Certified next = Issue.to("CN=acme").selfSigned();
        try (Sightings sightings = started()) {
            admitted(sightings, old, "192.0.2.1");
            clock.advance(Duration.ofMinutes(1));
            admitted(sightings, old, "192.0.2.2");
        }
        clock.advance(Duration.ofMinutes(1));
        try (Sightings sightings = started()) {
            admitted(sightings, next, "192.0.2.3");
        }
        List<Use> uses = UseFile.of(data, "acme").read();
        assertThat(uses).extracting(Use::fingerprint).containsExactly(next.fingerprint(), old.fingerprint());
        assertThat(uses).extracting(Use::address).containsExactly("192.0.2.3", "192.0.2.2");
        assertThat(uses)
                .allMatch(use -> use.subject().equals("'CN=acme'"))
                .extracting(Use::notAfter)
                .containsExactly(
                        next.certificate().getNotAfter().toInstant(),
                        old.certificate().getNotAfter().toInstant());
        assertThat(Duration.between(uses.get(1).at(), uses.get(0).at()))
                .isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
    }

    @Test
    void aUseIsWrittenWhileTheServiceRuns() {
        Certified acme = Issue.to("CN=acme").selfSigned();
        try (Sightings sightings = started()) {
            admitted(sightings, acme, "192.0.2.1");
            Awaitility.await().until(() -> UseFile.of(data, "acme").read().size() == 1);
            admitted(sightings, acme, "192.0.2.2");
            Awaitility.await()
                    .until(() ->
                            UseFile.of(data, "acme").read().get(0).address().equals("192.0.2.2"));
        }
    }

    @Test
    void onlyTheLastFiftyCertificatesOfAPartnerAreKept() throws Exception {
        Certified acme = Issue.to("CN=acme").selfSigned();
        try (Sightings sightings = started()) {
            for (int i = 0; i < 300; i++) {
                clock.advance(Duration.ofSeconds(1));
                sightings.admitted("acme", "%064x".formatted(i), acme.certificate(), "192.0.2.1");
            }
        }
        List<Use> uses = UseFile.of(data, "acme").read();
        assertThat(uses).hasSize(PartnerUses.KEPT);
        assertThat(uses.get(0).fingerprint()).isEqualTo("%064x".formatted(299));
        assertThat(uses.get(49).fingerprint()).isEqualTo("%064x".formatted(250));
    }

    @Test
    void aFileThatCannotBeReadIsBegunAnewAndHarmsNoOther() throws Exception {
        Certified acme = Issue.to("CN=acme").selfSigned();
        try (Sightings sightings = started()) {
            admitted(sightings, acme, "192.0.2.1");
            sightings.admitted("globex", acme.fingerprint(), acme.certificate(), "192.0.2.1");
        }
        Files.writeString(data.resolve("used/acme.json"), "{ torn");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> UseFile.of(data, "acme").read())
                .withMessageContaining("used/acme.json cannot be read");
        try (Sightings sightings = started()) {
            admitted(sightings, acme, "192.0.2.2");
        }
        assertThat(UseFile.of(data, "acme").read()).extracting(Use::address).containsExactly("192.0.2.2");
        assertThat(UseFile.of(data, "globex").read()).hasSize(1);
    }

    @Test
    void aRefusedCertificateIsKeptWithWhatIsKnownOfIt() throws Exception {
        Certified stranger = Issue.to("CN=stranger").selfSigned();
        try (Sightings sightings = started()) {
            sightings.refused(stranger.certificate(), "192.0.2.1", false);
        }
        Path file = data.resolve("seen/" + stranger.fingerprint() + ".crt");
        assertThat(file).content().startsWith("# refused at 20");
        assertThat(Files.readAllLines(file).get(0))
                .contains(" from 192.0.2.1; possession of its key was not proven; subject 'CN=stranger'");
        assertThat(PemFile.read(file).certificates()).containsExactly(stranger.certificate());
        assertThat(SeenCertificates.in(data)).singleElement().satisfies(seen -> {
            assertThat(seen.certificate()).isEqualTo(stranger.certificate());
            assertThat(seen.address()).isEqualTo("192.0.2.1");
            assertThat(seen.possessed()).isFalse();
        });
    }

    @Test
    void aProvenKeyIsRememberedAndNotForgottenByALaterHandshake() throws Exception {
        Certified stranger = Issue.to("CN=stranger").selfSigned();
        try (Sightings sightings = started()) {
            sightings.refused(stranger.certificate(), "192.0.2.1", false);
            sightings.refused(stranger.certificate(), "192.0.2.2", true);
        }
        try (Sightings sightings = started()) {
            clock.advance(Duration.ofDays(1));
            sightings.refused(stranger.certificate(), "192.0.2.3", false);
        }
        assertThat(SeenCertificates.in(data)).singleElement().satisfies(seen -> {
            assertThat(seen.address()).isEqualTo("192.0.2.2");
            assertThat(seen.possessed()).isTrue();
        });
    }

    @Test
    void aSubjectCannotPassForAnythingElse() throws Exception {
        Certified stranger = Issue.to("CN=\"x\n-----BEGIN CERTIFICATE-----\nAA==\", O=" + "y".repeat(60))
                .selfSigned();
        try (Sightings sightings = started()) {
            sightings.refused(stranger.certificate(), "192.0.2.1", true);
        }
        Path file = data.resolve("seen/" + stranger.fingerprint() + ".crt");
        assertThat(PemFile.read(file).certificates()).containsExactly(stranger.certificate());
        assertThat(SeenCertificates.in(data)).hasSize(1);
    }

    @Test
    void aCertificateOfUnusualSizeIsNotKept() throws Exception {
        Issue large = Issue.to("CN=large");
        for (int i = 0; i < 1_000; i++) {
            large.dns("host-" + i + ".example");
        }
        try (Sightings sightings = started()) {
            sightings.refused(large.selfSigned().certificate(), "192.0.2.1", true);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void aFloodOfStrangersFillsNothingAndPushesOutNobodyWhoseKeyWasProven() throws Exception {
        Certified partner = Issue.to("CN=partner-to-be").selfSigned();
        Certified elsewhere = Issue.to("CN=elsewhere").selfSigned();
        List<Certified> strangers = new ArrayList<>();
        var keys = Issue.ec("secp256r1");
        for (int i = 0; i < 80; i++) {
            strangers.add(Issue.to("CN=" + i)
                    .keys(keys)
                    .purposes(KeyPurposeId.id_kp_clientAuth)
                    .selfSigned());
        }
        SeenCertificates seen = new SeenCertificates();
        saw(seen, partner, "192.0.2.1", true);
        saw(seen, elsewhere, "192.0.2.2", false);
        seen.write(data, 2);
        for (Certified stranger : strangers) {
            clock.advance(Duration.ofSeconds(1));
            saw(seen, stranger, "192.0.2.3", false);
            seen.write(data, 1);
        }
        assertThat(files()).hasSize(12);
        for (int i = 0; i < strangers.size(); i++) {
            clock.advance(Duration.ofSeconds(1));
            saw(seen, strangers.get(i), "198.51.100." + i, false);
            seen.write(data, 1);
        }
        assertThat(files()).hasSizeBetween(50, 51).contains(partner.fingerprint() + ".crt");
    }

    @Test
    void moreThanCanBeWrittenIsLeftOut() throws Exception {
        SeenCertificates seen = new SeenCertificates();
        var keys = Issue.ec("secp256r1");
        for (int i = 0; i < 40; i++) {
            saw(seen, Issue.to("CN=" + i).keys(keys).selfSigned(), "198.51.100." + i, true);
        }
        seen.write(data, Integer.MAX_VALUE);
        assertThat(files()).hasSize(16);
    }

    private Sightings started() {
        Sightings sightings = new Sightings(clock);
        sightings.start(data);
        return sightings;
    }

    private static void admitted(Sightings sightings, Certified shown, String address) {
        sightings.admitted("acme", shown.fingerprint(), shown.certificate(), address);
    }

    private void saw(SeenCertificates seen, Certified shown, String address, boolean possessed) {
        seen.saw(shown.fingerprint(), new SeenCertificate(shown.certificate(), clock.instant(), address, possessed));
    }

    private List<String> files() throws IOException {
        if (!Files.exists(data.resolve("seen"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(data.resolve("seen"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
