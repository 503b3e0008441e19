package io.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.sighting.Sightings;
import io.countersign.testing.Certified;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.Jvm;
import io.countersign.testing.Ran;
import io.countersign.testing.TestHome;
import io.countersign.tls.PemFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code countersign partners}, in a home folder where no service runs. */
class PartnerCommandsTest {
    private static final String ACME = "routes/partners/acme.camel.yaml";
    private static final String GLOBEX = "routes/partners/globex.camel.xml";

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private Certified next;

    @BeforeEach
    void describe() {
        home = new TestHome(folder.resolve("home"));
        acme = Issue.to("CN=acme").by(home.authority);
        next = Issue.to("CN=acme, O=new").by(home.authority);
        acme.write(home.certificates(), "acme");
        next.write(folder, "next");
        home.saveSettings();
        home.write(ACME, """
                # Acme sends orders
                - beans:
                    - name: acme
                      type: io.countersign.partner.Partner
                      properties:
                        certificates: certificates/acme.crt # pinned
                        addresses: 127.0.0.0/8
                        url: https://localhost:9443/exchange
                """);
        home.write(GLOBEX, """
                <!-- Globex -->
                <beans xmlns="http://camel.apache.org/schema/xml-io">
                  <bean name="globex" type="io.countersign.partner.Partner">
                    <properties>
                      <!-- renews by itself -->
                      <property key="san" value="dns:globex.example"/>
                      <property key="addresses" value="any"/>
                    </properties>
                  </bean>
                </beans>
                """);
    }

    @Test
    void listHasALineForEachPartner() {
        used("acme", acme, "192.0.2.1");
        partners("disable", "globex");
        Ran ran = partners("list");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out().lines().map(line -> List.of(line.split(" {2,}"))))
                .satisfiesExactly(
                        heads -> assertThat(heads)
                                .containsExactly("NAME", "ENABLED", "IDENTIFIED BY", "VALID UNTIL", "LAST USED", "URL"),
                        line -> assertThat(line)
                                .startsWith("acme", "yes", "1 pin")
                                .endsWith("https://localhost:9443/exchange")
                                .contains(acme.certificate()
                                        .getNotAfter()
                                        .toInstant()
                                        .toString()),
                        line -> assertThat(line)
                                .containsExactly(
                                        "globex", "no", "dns:globex.example under the shared trust", "-", "-", "-"));
    }

    @Test
    void listAsJsonIsForPrograms() throws Exception {
        used("acme", acme, "192.0.2.1");
        JsonObject all =
                (JsonObject) Jsoner.deserialize(partners("list", "--json").out());
        assertThat((JsonArray) all.get("problems")).isEmpty();
        JsonObject first = first(all, "partners");
        assertThat(first)
                .containsEntry("name", "acme")
                .containsEntry("enabled", true)
                .containsEntry("url", "https://localhost:9443/exchange");
        assertThat(Instant.parse(first.getString("lastUsed")))
                .isCloseTo(Instant.now(), org.assertj.core.api.Assertions.within(Duration.ofMinutes(1)));
    }

    @Test
    void whatIsWrongWithOneFileIsToldAndTheOthersAreListed() {
        home.write("routes/partners/torn.camel.yaml", "- beans: [");
        home.partner("initech", Map.of("certificates", "certificates/missing.crt", "addresses", "any"));
        Ran ran = partners("list");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).containsPattern("(?m)^acme +yes").containsPattern("(?m)^initech +wrong");
        assertThat(ran.err())
                .contains("wrong: routes/partners/torn.camel.yaml: ")
                .contains("wrong: routes/partners/initech.camel.yaml, partner initech: certificates: ")
                .contains("missing.crt no such file");
        assertThat(partners("show", "acme").exitCode()).isZero();
        Ran wrong = partners("show", "initech");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.out()).contains("certificates/missing.crt");
        assertThat(partners("show", "nobody").err())
                .startsWith(
                        "partner nobody is described by no file that can be read; there are: acme, globex, initech");
    }

    @Test
    void showTellsEverythingAboutAPin() {
        used("acme", acme, "192.0.2.1");
        home.write(ACME, home.read(ACME).replace("acme.crt #", "acme.crt until 2099-12-10 #"));
        Ran ran = partners("show", "acme");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^file: +" + ACME)
                .containsPattern("(?m)^addresses: +127\\.0\\.0\\.0/8")
                .containsPattern("(?m)^  file: +certificates/acme\\.crt$")
                .containsPattern("(?m)^  counts: +now$")
                .containsPattern("(?m)^  until: +2099-12-11T00:00:00Z$")
                .containsPattern("(?m)^  subject: +CN=acme$")
                .containsPattern("(?m)^  fingerprint: +" + acme.fingerprint() + "$")
                .containsPattern("(?m)^  last used: +20\\S+ from 192\\.0\\.2\\.1$")
                .containsPattern("(?m)^  trust: +any server under countersign\\.trust$");
    }

    @Test
    void showTellsWhichCertificatesAPartnerByNameHasUsed() throws Exception {
        Certified globex = Issue.to("CN=globex").dns("globex.example").by(home.authority);
        used("globex", globex, "192.0.2.9");
        JsonObject facts = (JsonObject)
                Jsoner.deserialize(partners("show", "globex", "--json").out());
        assertThat(first(facts, "used"))
                .containsEntry("fingerprint", globex.fingerprint())
                .hasEntrySatisfying("lastUsed", at -> assertThat(at.toString()).endsWith(" from 192.0.2.9"));
    }

    @Test
    void aPartnerIsAddedAsAPersonWouldWriteIt() throws Exception {
        Certified hooli = Issue.to("CN=hooli").by(home.authority);
        Path file = hooli.write(folder, "hooli");
        Files.writeString(file, Files.readString(file) + Files.readString(folder.resolve("hooli.key")));
        Ran ran = partners(
                "add",
                "hooli",
                "--certificate",
                file,
                "--until",
                "2099-12-31",
                "--addresses",
                "192.0.2.0/24, ::1",
                "--url",
                "https://hooli.example/in");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .contains("fingerprint: " + hooli.fingerprint(), "added hooli: routes/partners/hooli.camel.yaml");
        String copy = "certs/hooli-" + hooli.fingerprint().substring(0, 8) + ".crt";
        assertThat(home.read("routes/partners/hooli.camel.yaml")).isEqualTo("""
                # hooli: known by a pinned certificate.
                - beans:
                    - name: hooli
                      type: io.countersign.partner.Partner
                      properties:
                        certificates: COPY until 2099-12-31
                        addresses: 192.0.2.0/24, ::1
                        url: https://hooli.example/in
                """.replace("COPY", copy));
        assertThat(PemFile.read(home.folder.resolve(copy)).certificates()).containsExactly(hooli.certificate());
        assertThat(home.read(copy)).doesNotContain("PRIVATE KEY");
        assertThat(partners("list").out()).containsPattern("(?m)^hooli +yes +1 pin");
    }

    @Test
    void aPartnerByNameIsAddedInXml() {
        home.authority.write(folder, "their-ca");
        Ran ran = partners(
                "add",
                "hooli",
                "--subject",
                "CN=edi, O=Hooli & Sons",
                "--authority",
                folder.resolve("their-ca.crt"),
                "--format",
                "xml");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                .isEqualTo("note: nobody is admitted as hooli yet, since it has no addresses; set addresses in"
                        + " routes/partners/hooli.camel.xml" + System.lineSeparator());
        assertThat(home.read("routes/partners/hooli.camel.xml"))
                .startsWith("<!-- hooli: ")
                .contains("<property key=\"subject\" value=\"CN=edi, O=Hooli &amp; Sons\"/>")
                .contains("<property key=\"authority\" value=\"certs/hooli-ca-"
                        + home.authority.fingerprint().substring(0, 8) + ".crt\"/>");
        assertThat(partners("show", "hooli").exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "certificate, false, those of the certificate's names",
        "either, false, those of the certificate's names",
        "both, true, none: nobody is admitted",
        "off, false, any (addressCheck: off)"
    })
    void aPartnerIsAddedWithWhatItsAddressMustFit(String check, boolean noted, String admitted) {
        Ran ran = partners("add", "hooli", "--san", "dns:edi.hooli.example", "--address-check", check);

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(home.read("routes/partners/hooli.camel.yaml")).contains("addressCheck: " + check);
        assertThat(ran.err().contains("nobody is admitted as hooli yet")).isEqualTo(noted);
        assertThat(partners("show", "hooli").out()).contains(admitted);
    }

    @Test
    void aPartnerIsNotAddedWithACheckThatThereIsNot() {
        Ran ran = partners("add", "hooli", "--san", "dns:edi.hooli.example", "--address-check", "dns");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err())
                .contains(
                        "addressCheck: 'dns' is not an address check; accepted: listed, certificate, both, either, off");
    }

    @Test
    void aPartnerThatWouldClashIsNotAddedAndNothingIsLeft() throws Exception {
        Path copy = Files.copy(home.certificates().resolve("acme.crt"), folder.resolve("copy.crt"));
        Ran ran = partners("add", "hooli", "--certificate", copy, "--addresses", "any");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err())
                .contains("partners acme and hooli: both pin the certificate 'CN=acme'", "nothing was changed");
        assertThat(home.folder.resolve("routes/partners/hooli.camel.yaml")).doesNotExist();
        assertThat(files("certs")).isEmpty();
        Ran bad = partners(
                "add",
                "hooli",
                "--certificate",
                folder.resolve("next.crt"),
                "--addresses",
                "nowhere",
                "--url",
                "ftp://x");
        assertThat(bad.exitCode()).isEqualTo(1);
        assertThat(bad.err()).contains("'nowhere' is not an IP address", "'ftp://x' is not an https URL");
        assertThat(files("certs")).isEmpty();
        assertThat(partners("add", "acme", "--san", "dns:x.example").err())
                .startsWith("partner acme is there already, in " + ACME);
        assertThat(partners("add", "../x", "--san", "dns:x.example").exitCode()).isEqualTo(1);
        assertThat(partners("add", "anyone", "--san", "dns:x.example").err()).contains("cannot be a partner's name");
    }

    @Test
    void nothingIsWrittenWhereThereIsNoHome() {
        Path nowhere = folder.resolve("nowhere");
        Ran ran = Ran.command("partners", "add", "hooli", "--san", "dns:x.example", "--home", nowhere);
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).startsWith(nowhere.resolve("routes") + ": no such folder");
        assertThat(nowhere).doesNotExist();
        assertThat(Ran.command("partners", "list", "--home", nowhere).exitCode())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "add hooli",
                "add hooli --san dns:x --subject CN=x",
                "add hooli --san dns:x --from 2026-12-01",
                "add hooli --certificate x.crt --authority y.crt",
                "add",
                "approve acme",
                "frobnicate",
                "",
            })
    void wrongUsageEndsWithTwo(String arguments) {
        Ran ran = Ran.command((Object[]) ("partners " + arguments).strip().split(" "));
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("partners");
    }

    @Test
    void aPartnerIsDisabledAndEnabledInYamlAndInXml() {
        for (String name : List.of("acme", "globex")) {
            String file = name.equals("acme") ? ACME : GLOBEX;
            String before = home.read(file);
            assertThat(partners("disable", name).out())
                    .isEqualTo(name + " is disabled: " + file + System.lineSeparator());
            assertThat(home.read(file))
                    .isNotEqualTo(before)
                    .contains(name.equals("acme") ? "# pinned" : "<!-- renews by itself -->");
            assertThat(partners("list").out()).containsPattern("(?m)^" + name + " +no");
            assertThat(partners("disable", name).out()).endsWith(", as before" + System.lineSeparator());
            assertThat(partners("enable", name).exitCode()).isZero();
            assertThat(home.read(file)).isEqualTo(before);
        }
    }

    @Test
    void approvalAddsAPinNextToTheOthers() {
        Ran ran = partners("approve", "acme", folder.resolve("next.crt"), "--from", "2026-12-01", "--yes");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        String entry = "certs/acme-" + next.fingerprint().substring(0, 8) + ".crt from 2026-12-01";
        assertThat(ran.out()).contains("fingerprint: " + next.fingerprint(), "pinned for acme: " + entry);
        assertThat(home.read(ACME))
                .contains("        certificates: certificates/acme.crt, " + entry + " # pinned\n")
                .startsWith("# Acme sends orders\n");
        Ran again = partners("approve", "acme", folder.resolve("next.crt"), "--yes");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).contains("is pinned already, by certs/acme-");
    }

    @Test
    void aCertificateInTheHomeFolderIsNamedWhereItIs() {
        next.write(home.certificates(), "next");
        assertThat(partners("approve", "acme", home.certificates().resolve("next.crt"), "--yes")
                        .exitCode())
                .isZero();
        assertThat(home.read(ACME)).contains("certificates: certificates/acme.crt, certificates/next.crt #");
        assertThat(files("certs")).isEmpty();
    }

    @Test
    void nothingIsApprovedWithoutAYes() {
        String before = home.read(ACME);
        Ran ran = partners("approve", "acme", folder.resolve("next.crt"));
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("there is no terminal to ask on; accepted: --yes");
        assertThat(home.read(ACME)).isEqualTo(before);
        assertThat(files("certs")).isEmpty();
    }

    @Test
    void onATerminalThePersonIsAsked() throws Exception {
        Command.assumeInstalled("script");
        String before = home.read(ACME);
        assertThat(onTerminal("n\n").output())
                .contains(next.fingerprint(), "Pin this certificate for acme? [y/N]", "nothing was changed");
        assertThat(home.read(ACME)).isEqualTo(before);
        assertThat(onTerminal("y\n").output()).contains("pinned for acme: certs/acme-");
        assertThat(home.read(ACME)).contains("certificates/acme.crt, certs/acme-");
    }

    @Test
    void aWrongDateIsNotApproved() {
        Ran ran = partners("approve", "acme", folder.resolve("next.crt"), "--from", "2026-02-30", "--yes");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("'2026-02-30' is not a date; accepted: a day (2026-12-01, in UTC)");
        assertThat(partners("approve", "acme", folder.resolve("next.crt"), "--from", "tomorrow", "--yes")
                        .err())
                .contains("would not be read as PATH [from DATE] [until DATE]");
        assertThat(files("certs")).isEmpty();
    }

    @Test
    void aRefusedCertificateIsApprovedByAnUnambiguousFingerprint() {
        Certified stranger = Issue.to("CN=stranger").by(home.authority);
        try (Sightings sightings = new Sightings(Clock.systemUTC())) {
            sightings.start(home.data());
            sightings.refused(next.certificate(), "192.0.2.1", true);
            sightings.refused(stranger.certificate(), "192.0.2.2", false);
        }
        Ran unknown = partners("approve", "acme", "00000000", "--yes");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err())
                .startsWith("no refused certificate has a fingerprint that begins with 00000000; there are:")
                .contains(next.fingerprint() + "  CN=acme,O=new", " from 192.0.2.2");
        assertThat(partners("approve", "acme", next.fingerprint().substring(0, 7), "--yes")
                        .exitCode())
                .isEqualTo(1);
        Ran ran = partners("approve", "acme", next.fingerprint().substring(0, 12), "--yes");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out()).containsPattern("key proven: +yes, by a handshake");
        assertThat(home.read(ACME))
                .contains(", certs/acme-" + next.fingerprint().substring(0, 8) + ".crt #");
    }

    @Test
    void aPartnerByNameIsNotGivenPins() {
        Ran ran = partners("approve", "globex", folder.resolve("next.crt"), "--yes");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).startsWith("partner globex is identified by a name in its certificates, not by pins; ");
    }

    @Test
    void whatCannotBeEditedSafelyIsLeftToAPerson() {
        home.write(
                ACME,
                home.read(ACME).replace("certificates/acme.crt #", ">-\n          certificates/acme.crt\n        #"));
        String before = home.read(ACME);
        Ran ran = partners("approve", "acme", folder.resolve("next.crt"), "--yes");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).startsWith(ACME + ", line 6: ").contains("write there by hand");
        assertThat(home.read(ACME)).isEqualTo(before);
        assertThat(files("certs")).isEmpty();
    }

    @Test
    void aChangeBesideABrokenFileIsInForceAndTheFileNamed() {
        home.write("routes/partners/torn.camel.yaml", "- beans: [");
        Ran ran = partners("disable", "acme");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err())
                .startsWith("note: also wrong, but not in the way of this change: ")
                .contains("torn.camel.yaml");
        assertThat(home.read(ACME)).contains("enabled: false");
    }

    @Test
    void aPartnerIsRemovedAndItsCertificatesStay() {
        partners("approve", "acme", folder.resolve("next.crt"), "--yes");
        assertThat(partners("remove", "acme").exitCode()).isEqualTo(2);
        Ran ran = partners("remove", "acme", "--yes");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(home.folder.resolve(ACME)).doesNotExist();
        assertThat(ran.out())
                .contains(
                        "removed acme: " + ACME,
                        "no longer named by anyone: " + home.certificates().resolve("acme.crt"));
        assertThat(home.certificates().resolve("acme.crt")).exists();
        assertThat(files("certs")).hasSize(1);
    }

    @Test
    void aFileOfTwoPartnersIsNotRemoved() {
        home.write(ACME, home.read(ACME) + """
                    - name: twin
                      type: io.countersign.partner.Partner
                      properties:
                        san: dns:twin.example
                """);
        Ran ran = partners("remove", "acme", "--yes");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).startsWith(ACME + " describes twin, too; remove acme from it by hand");
    }

    private Ran partners(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("partners"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--home", home.folder));
        return Ran.command(all.toArray());
    }

    private static JsonObject first(JsonObject of, String key) {
        return (JsonObject) Objects.requireNonNull((JsonArray) of.get(key)).get(0);
    }

    private Command onTerminal(String input) throws Exception {
        String command = "'"
                + String.join(
                        "' '",
                        Jvm.countersign(
                                "partners",
                                "approve",
                                "acme",
                                folder.resolve("next.crt").toString(),
                                "--home",
                                home.folder.toString()))
                + "'";
        return Command.run(folder, input, List.of("script", "-qec", command, "/dev/null"));
    }

    private void used(String partner, Certified shown, String address) {
        try (Sightings sightings = new Sightings(Clock.systemUTC())) {
            sightings.start(home.data());
            sightings.admitted(partner, shown.fingerprint(), shown.certificate(), address);
        }
    }

    private List<Path> files(String below) {
        Path start = home.folder.resolve(below);
        if (!Files.exists(start)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(start)) {
            return files.toList();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
