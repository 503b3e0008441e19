package io.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.sighting.Sightings;
import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.Ran;
import io.countersign.testing.TestHome;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong with a command is said in a line that helps, and in an exit code that is true. */
class CommandMistakesTest {
    private static final String ACME = "routes/partners/acme.camel.yaml";

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private Certified next;

    @BeforeEach
    void describe() {
        home = new TestHome(folder.resolve("home"));
        acme = home.pinned("acme");
        next = Issue.to("CN=acme, O=new").by(home.authority);
        next.write(folder, "next");
        home.saveSettings();
    }

    @Test
    void aFolderThatCannotBeMadeIsNamedInOneLine() throws Exception {
        Files.writeString(home.folder.resolve("certs"), "no folder");
        Ran ran = partners("approve", "acme", folder.resolve("next.crt"), "--yes");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).startsWith(home.folder.resolve("certs") + ": ").contains("folder");
    }

    @Test
    void partnersThatIsNoFolderIsNamedInOneLine() throws Exception {
        Path other = folder.resolve("other");
        Files.createDirectories(other.resolve("routes"));
        Files.writeString(other.resolve("routes/partners"), "no folder");
        Ran ran = Ran.command(
                "partners", "add", "hooli", "--san", "dns:x.example", "--addresses", "any", "--home", other);
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).startsWith(other.resolve("routes/partners") + ": ");
    }

    @Test
    void whatCertsCannotWriteIsNamedInOneLine() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        for (Path out : List.of(file.resolve("edi"), file.resolve("below/edi"))) {
            Ran ran = Ran.command("certs", "request", "--subject", "CN=edi", "--out", out);
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err().lines()).hasSize(1);
            assertThat(ran.err()).startsWith(file.toString()).doesNotContain("never replaced");
        }
        Ran sample = Ran.command("certs", "sample", file.resolve("samples"));
        assertThat(sample.exitCode()).isEqualTo(1);
        assertThat(sample.err().lines()).hasSize(1);
        assertThat(sample.err()).startsWith(file.toString());
    }

    @Test
    void whatToWriteByHandIsTheLineItself() {
        home.write(ACME, """
                - beans:
                    - name: acme
                      type: io.countersign.partner.Partner
                      properties: {certificates: certificates/acme.crt, addresses: any}
                """);
        assertThat(partners("disable", "acme").err()).contains("write there by hand: enabled: false" + end());
        assertThat(partners("approve", "acme", folder.resolve("next.crt"), "--from", "2026-12-01", "--yes")
                        .err())
                .contains("write there by hand: certificates: \"certificates/acme.crt, certs/acme-"
                        + next.fingerprint().substring(0, 8) + ".crt from 2026-12-01\"" + end());
    }

    @Test
    void aChangeBesideAnotherPartnersMistakeIsInForce() {
        home.partner("initech", Map.of("certificates", "certificates/missing.crt", "addresses", "any"));
        Ran ran = partners("approve", "acme", folder.resolve("next.crt"), "--yes");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                .isEqualTo(
                        "note: also wrong, but not in the way of this change: routes/partners/initech.camel.yaml; see"
                                + " partners list" + end());
    }

    @Test
    void aPartnerWhoseFileHasOtherMistakesIsTurnedAwayAllTheSame() {
        home.write(ACME, home.read(ACME).replace("127.0.0.0/8, ::1", "nowhere"));
        String kept = ACME + " has other mistakes, and its last good version stays in force until they are mended; a"
                + " partner that is disabled or removed is turned away all the same";
        Ran approved = partners("approve", "acme", folder.resolve("next.crt"), "--yes");
        assertThat(approved.exitCode()).isEqualTo(3);
        assertThat(approved.err()).contains(kept, "'nowhere' is not an IP address");
        Ran disabled = partners("disable", "acme");
        assertThat(disabled.exitCode()).as(disabled.err()).isZero();
        assertThat(disabled.err()).contains(kept);
        assertThat(home.read(ACME)).contains("enabled: false");
        assertThat(partners("enable", "acme").exitCode()).isEqualTo(3);
        assertThat(partners("remove", "acme", "--yes").exitCode()).isZero();
        assertThat(home.folder.resolve(ACME)).doesNotExist();
    }

    @Test
    void aMistakeFartherDownInItsFileDoesNotKeepAPartnerFromBeingDisabled() {
        home.write(
                ACME,
                home.read(ACME) + "- route:\n    id: x\n    from:\n      uri: direct:x\n      steps:\n"
                        + "        - frobnicate: {}\n");
        Ran ran = partners("disable", "acme");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(home.read(ACME)).contains("enabled: false");
    }

    @Test
    void partnersInAConflictAreNotUsable() throws Exception {
        acme.write(home.certificates(), "copy");
        home.partner("hooli", Map.of("certificates", "certificates/copy.crt", "addresses", "any"));
        JsonObject list =
                (JsonObject) Jsoner.deserialize(partners("list", "--json").out());
        assertThat((JsonArray) list.get("partners"))
                .hasSize(2)
                .allSatisfy(each -> assertThat((JsonObject) each).containsEntry("usable", false));
        Ran shown = partners("show", "acme");
        assertThat(shown.exitCode()).isEqualTo(1);
        assertThat(shown.err()).contains("both pin the certificate 'CN=acme'");
        Ran changed = partners("approve", "acme", folder.resolve("next.crt"), "--yes");
        assertThat(changed.exitCode()).isEqualTo(3);
        assertThat(changed.err()).contains("both pin the certificate 'CN=acme'");
    }

    @Test
    void whatIsPinnedAlreadyIsSaidAndDone() {
        String before = home.read(ACME);
        Ran ran = partners("approve", "acme", home.certificates().resolve("acme.crt"), "--yes");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("is pinned already, by certificates/acme.crt");
        Ran dated =
                partners("approve", "acme", home.certificates().resolve("acme.crt"), "--until", "2099-12-31", "--yes");
        assertThat(dated.exitCode()).isEqualTo(1);
        assertThat(dated.err()).contains("is pinned already, by certificates/acme.crt, with other dates");
        assertThat(home.read(ACME)).isEqualTo(before);
    }

    @Test
    void aPinThatWouldCountAtNoTimeIsRefused() {
        String before = home.read(ACME);
        String yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1).toString();
        Ran past = partners("approve", "acme", folder.resolve("next.crt"), "--until", yesterday, "--yes");
        assertThat(past.exitCode()).isEqualTo(1);
        assertThat(past.err()).startsWith("--until " + yesterday + " has passed");
        Ran turned = partners(
                "approve",
                "acme",
                folder.resolve("next.crt"),
                "--from",
                "2099-12-02",
                "--until",
                "2099-12-01",
                "--yes");
        assertThat(turned.exitCode()).isEqualTo(1);
        assertThat(turned.err()).contains("counts at no time");
        Ran added = partners("add", "hooli", "--certificate", folder.resolve("next.crt"), "--until", yesterday);
        assertThat(added.exitCode()).isEqualTo(1);
        assertThat(added.err()).startsWith("--until " + yesterday + " has passed");
        assertThat(home.read(ACME)).isEqualTo(before);
    }

    @Test
    void anAuthorityIsNotPinned() {
        Issue.to("CN=Issuing").asAuthority().by(home.authority).write(folder, "issuing");
        for (Ran ran : List.of(
                partners("approve", "acme", folder.resolve("issuing.crt"), "--yes"),
                partners("add", "hooli", "--certificate", folder.resolve("issuing.crt"), "--addresses", "any"))) {
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err())
                    .contains("certificate 'CN=Issuing' is an authority's", "authority with subject or san");
        }
    }

    /** As openssl req -x509 makes them. */
    @Test
    void aSelfSignedCertificateThatSaysItIsAnAuthorityIsPinnedAllTheSame() {
        Issue.root("CN=hooli").write(folder, "hooli");
        Ran ran = partners("add", "hooli", "--certificate", folder.resolve("hooli.crt"), "--addresses", "any");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"377a7ff", "SHA256:377a", "37:7A:7F"})
    void tooFewDigitsOfAFingerprintAreSaidToBeTooFew(String digits) {
        Ran ran = partners("approve", "acme", digits, "--yes");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).startsWith(digits + ": ").contains("at least 8 digits of the fingerprint are needed");
    }

    @Test
    void aFingerprintMayBeWrittenAsOtherToolsDo() {
        try (Sightings sightings = new Sightings(Clock.systemUTC())) {
            sightings.start(home.data());
            sightings.refused(next.certificate(), "192.0.2.1", true);
        }
        String bytes = next.fingerprint().toUpperCase(Locale.ROOT).replaceAll("(..)(?=.)", "$1:");
        Ran ran = partners("approve", "acme", "SHA256:" + bytes, "--yes");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(home.read(ACME)).contains("certs/acme-" + next.fingerprint().substring(0, 8) + ".crt");
    }

    @Test
    void commandsAtTheSameTimeTakeTurns() {
        List<CompletableFuture<Ran>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String name = "next" + i;
            Issue.to("CN=acme, O=" + name).by(home.authority).write(folder, name);
            running.add(CompletableFuture.supplyAsync(
                    () -> partners("approve", "acme", folder.resolve(name + ".crt"), "--yes"),
                    command -> new Thread(command).start()));
        }
        assertThat(running.stream().map(CompletableFuture::join))
                .allSatisfy(ran -> assertThat(ran.exitCode()).as(ran.err()).isZero());
        assertThat(home.read(ACME).split("certs/acme-", -1)).hasSize(4);
        assertThat(home.folder.resolve("routes/partners/.lock")).doesNotExist();
    }

    @Test
    void aCommandDoesNotWaitForeverForAnother() throws Exception {
        Path file = home.folder.resolve("routes/partners/.lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            Ran ran = partners("disable", "acme");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err()).startsWith(file.getParent() + ": another command has been changing partners");
        }
        assertThat(partners("disable", "acme").exitCode()).isZero();
    }

    private static String end() {
        return System.lineSeparator();
    }

    private Ran partners(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("partners"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--home", home.folder));
        return Ran.command(all.toArray());
    }
}
