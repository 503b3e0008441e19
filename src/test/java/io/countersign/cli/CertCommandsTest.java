package io.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.Ran;
import io.countersign.testing.TestHome;
import io.countersign.tls.PemFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code countersign certs}. */
class CertCommandsTest {
    @TempDir
    private Path folder;

    private TestHome home;

    @BeforeEach
    void describe() {
        home = new TestHome(folder.resolve("home"));
        home.saveSettings();
    }

    @Test
    void withoutAFileTheCompanysOwnIsShown() {
        Ran ran = certs("show");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^file: +" + home.certificates().resolve("company.crt"))
                .containsPattern("(?m)^subject: +CN=company$")
                .containsPattern("(?m)^names: +dns:localhost, ip:127\\.0\\.0\\.1, ip:::1$")
                .containsPattern("(?m)^issuer: +CN=Test authority$")
                .containsPattern("(?m)^purposes: +TLS client, TLS server$")
                .containsPattern("(?m)^key: +EC, 256 bits \\(secp256r1\\)$")
                .containsPattern("(?m)^fingerprint: +" + home.company.fingerprint() + "$")
                .containsPattern("(?m)^days left: +59$")
                .containsPattern("(?m)^chain: +complete, under 'CN=Test authority' of countersign\\.trust$")
                .doesNotContain("identifies");
    }

    @Test
    void theNextOneIsShownToo() throws Exception {
        Certified next = Issue.to("CN=company, O=next").dns("localhost").by(home.authority);
        next.write(home.certificates(), "next");
        String soon = LocalDate.now(ZoneOffset.UTC).plusDays(9).toString();
        home.set("countersign.next-certificate", "certificates/next.crt")
                .set("countersign.next-key", "certificates/next.key")
                .set("countersign.next-from", soon)
                .saveSettings();
        Ran waiting = certs("show");
        assertThat(waiting.exitCode()).as(waiting.err()).isZero();
        assertThat(waiting.out())
                .containsSubsequence(
                        "in force:    now",
                        home.company.fingerprint(),
                        "in force:    not yet; from " + soon + ", or when the present one has ended",
                        next.fingerprint());
        home.set("countersign.next-from", "2020-01-01").saveSettings();
        assertThat(certs("show").out())
                .containsSubsequence(
                        "in force:    no longer; the next one has taken over",
                        home.company.fingerprint(),
                        "in force:    now",
                        next.fingerprint());
        Files.delete(home.certificates().resolve("next.key"));
        Ran missing = certs("show");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("countersign.next-certificate", "next.key");
        assertThat(missing.out()).contains(home.company.fingerprint(), next.fingerprint());
    }

    @Test
    void theKeyPinIsTheOneOfRfc7469() throws Exception {
        Command.assumeInstalled("openssl");
        JsonObject facts = shown("--json", home.certificates().resolve("company.crt"));
        String pin = Command.run(
                        home.certificates(),
                        List.of(
                                "sh",
                                "-c",
                                "openssl x509 -in company.crt -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst"
                                        + " -sha256 -binary | openssl enc -base64"))
                .output()
                .strip();
        assertThat(facts).containsEntry("keyPin", pin);
    }

    @Test
    void whomACertificateWouldIdentifyIsTold() throws Exception {
        home.pinned("acme");
        assertThat(shown("--json", home.certificates().resolve("acme.crt"))).containsEntry("identifies", "acme");
        Issue.to("CN=stranger").by(home.authority).write(folder, "stranger");
        assertThat(shown("--json", folder.resolve("stranger.crt")).getString("identifies"))
                .startsWith("nobody: certificate 'CN=stranger' issued by 'CN=Test authority' identifies no partner");
        Issue.to("CN=self").selfSigned().write(folder, "self");
        assertThat(shown("--json", folder.resolve("self.crt")).getString("identifies"))
                .startsWith("nobody, and is refused in the handshake: certificate 'CN=self' is self-signed");
        Issue.to("CN=server")
                .purposes(KeyPurposeId.id_kp_serverAuth)
                .by(home.authority)
                .write(folder, "server");
        assertThat(shown("--json", folder.resolve("server.crt")))
                .containsEntry("purposes", "TLS server")
                .hasEntrySatisfying(
                        "identifies", who -> assertThat(who.toString()).contains("is not for TLS clients"));
        Instant now = Instant.now();
        Issue.to("CN=old")
                .valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(2)))
                .by(home.authority)
                .write(folder, "old");
        JsonObject old = shown("--json", folder.resolve("old.crt"));
        assertThat(old.getString("identifies")).contains("expired on");
        assertThat(old.getInteger("daysLeft")).isEqualTo(-3);
    }

    @Test
    void theChainOfAFileIsJudged() throws Exception {
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        Certified leaf = Issue.to("CN=edi").by(intermediate);
        leaf.write(folder, "whole");
        JsonObject whole = shown("--json", folder.resolve("whole.crt"));
        assertThat(whole).containsEntry("chain", "complete, under 'CN=Test authority' of countersign.trust");
        assertThat((JsonArray) whole.get("above")).hasSize(1);
        Files.writeString(folder.resolve("cut.crt"), Certified.pem(leaf.certificate()));
        assertThat(shown("--json", folder.resolve("cut.crt")).getString("chain"))
                .isEqualTo(
                        "not complete under countersign.trust: 'CN=Issuing', which issued 'CN=edi', is neither in the file"
                                + " nor there");
        Files.writeString(
                folder.resolve("turned.crt"),
                Certified.pem(leaf.certificate(), home.authority.certificate(), intermediate.certificate()));
        assertThat(shown("--json", folder.resolve("turned.crt")).getString("chain"))
                .startsWith("out of order: 'CN=edi' is not issued by 'CN=Test authority'");
    }

    @Test
    void severalFilesAreShownAndOneThatCannotBeReadIsTold() {
        Ran ran = certs(
                "show",
                home.certificates().resolve("company.crt"),
                home.certificates().resolve("company.key"),
                home.certificates().resolve("ca.crt"));
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).contains("CN=company", "CN=Test authority");
        assertThat(ran.err()).contains("company.key holds no certificate");
    }

    @Test
    void aPartnersCertificatesAreShown() {
        Certified acme = home.pinned("acme");
        assertThat(certs("show", "--partner", "acme").out()).contains(acme.fingerprint());
        Ran nobody = certs("show", "--partner", "nobody");
        assertThat(nobody.exitCode()).isEqualTo(1);
        assertThat(nobody.err()).contains("partner nobody is described by no file that can be used; there are: acme");
        assertThat(certs("show", "--partner", "acme", "x.crt").exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec", "rsa", "EC"})
    void opensslAcceptsARequestAndItsKey(String kind) throws Exception {
        Command.assumeInstalled("openssl");
        Ran ran = Ran.command(
                "certs",
                "request",
                "--subject",
                "CN=edi.acme.example, O=Acme, C=DE",
                "--dns",
                "edi.acme.example",
                "--dns",
                "other.example",
                "--ip",
                "192.0.2.7",
                "--ip",
                "2001:db8::1",
                "--uri",
                "urn:acme:edi",
                "--email",
                "edi@acme.example",
                "--key-type",
                kind,
                "--out",
                folder.resolve("new/edi"));
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("wrote ", "key pin: ", "next:", "countersign.key = " + folder.resolve("new/edi.key"));
        Command verified =
                Command.run(folder, List.of("openssl", "req", "-verify", "-noout", "-text", "-in", "new/edi.csr"));
        assertThat(verified.exitCode()).as(verified.output()).isZero();
        assertThat(verified.output())
                .contains("verify OK", "CN = edi.acme.example", "DNS:edi.acme.example, DNS:other.example")
                .contains("IP Address:192.0.2.7", "URI:urn:acme:edi", "email:edi@acme.example")
                .contains("TLS Web Client Authentication, TLS Web Server Authentication, E-mail Protection")
                .contains(kind.equals("rsa") ? "3072 bit" : "prime256v1");
        Path key = folder.resolve("new/edi.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(PemFile.read(key).privateKey(null).getAlgorithm()).isEqualToIgnoringCase(kind);
        Command checked = Command.run(folder, List.of("openssl", "pkey", "-check", "-noout", "-in", "new/edi.key"));
        assertThat(checked.exitCode()).as(checked.output()).isZero();
    }

    @Test
    void aKeyIsNeverOverwritten() throws Exception {
        String[] request = {"certs", "request", "--subject", "CN=edi", "--out", folder.toString()};
        assertThat(Ran.command((Object[]) request).exitCode()).isZero();
        String key = Files.readString(folder.resolve("company.key"));
        Files.delete(folder.resolve("company.csr"));
        Ran again = Ran.command((Object[]) request);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("company.key is there already, and is never replaced; nothing was written");
        assertThat(folder.resolve("company.key")).hasContent(key.strip());
        assertThat(folder.resolve("company.csr")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--subject|edi",
                "--subject|CN=edi|--dns|a b",
                "--subject|CN=edi|--ip|300.1.2.3",
                "--subject|CN=edi|--email|ü@x.example",
            })
    void namesThatCannotStandInACertificateAreRefused(String arguments) {
        List<Object> all = new ArrayList<>(List.of("certs", "request", "--out", folder.resolve("edi")));
        all.addAll(List.of(arguments.split("\\|")));
        Ran ran = Ran.command(all.toArray());
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).startsWith("'");
        assertThat(folder.resolve("edi.key")).doesNotExist();
    }

    private JsonObject shown(Object... arguments) throws Exception {
        List<Object> all = new ArrayList<>(List.of("show"));
        all.addAll(List.of(arguments));
        Ran ran = certs(all.toArray());
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return (JsonObject) ((JsonArray) Jsoner.deserialize(ran.out())).get(0);
    }

    private Ran certs(Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("certs"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--home", home.folder));
        return Ran.command(all.toArray());
    }
}
