package io.countersign.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Ran;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code countersign doctor URL|PARTNER}, and a Countersign at the other end. */
class DoctorCommandTest {
    @TempDir
    private Path folder;

    private TestHome partner;
    private TestHome home;

    @BeforeEach
    void describe() {
        partner = new TestHome(folder.resolve("partner"));
        home = new TestHome(folder.resolve("home"));
        partner.authority.write(home.certificates(), "partner-ca");
        home.saveSettings();
    }

    private void knownThere() {
        home.company.write(partner.certificates(), "us");
        partner.partner("us", Map.of("certificates", "certificates/us.crt", "addresses", "127.0.0.0/8, ::1"));
    }

    private void knownHere(RunningService there) {
        Certified acme = home.pinned("acme");
        home.partner(
                "acme",
                Map.of(
                        "certificates",
                        "certificates/acme.crt",
                        "serverTrust",
                        "certificates/partner-ca.crt",
                        "url",
                        there.at("/exchange").toString().replace("127.0.0.1", "localhost")));
        assertThat(acme.chain()).hasSize(1);
    }

    @Test
    void aCountersignThatKnowsUsSaysWhoWeAre() throws Exception {
        knownThere();
        try (RunningService there = RunningService.start(partner)) {
            knownHere(there);
            Ran ran = doctor("acme");
            assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out())
                    .containsSubsequence(
                            "ok       terms: those of partner acme",
                            "trusted: the serverTrust of partner acme",
                            "ok       name: localhost is ",
                            "ok       connect: ",
                            "ok       TLS 1.3: TLS_",
                            "ok       TLS 1.2: TLS_",
                            "ok       server's chain: ",
                            "ok       host name: localhost",
                            "what it asks for: a certificate",
                            "ok       our certificate, TLS 1.3: accepted",
                            "ok       our certificate, TLS 1.2: accepted",
                            "ok       answer: 200 to GET /exchange",
                            "knows us as partner us, calling from 127.0.0.1",
                            home.company.fingerprint())
                    .doesNotContain("What is wrong", "PRIVATE KEY");
        }
    }

    @Test
    void oneThatDoesNotKnowUsIsNamedWithWhatItSays() throws Exception {
        try (RunningService there = RunningService.start(partner)) {
            knownHere(there);
            Ran ran = doctor("acme");
            assertThat(ran.exitCode()).as(ran.out()).isEqualTo(1);
            assertThat(ran.out()).contains("FAILED   our certificate, TLS 1.3: refused", "What to do: the partner ");
        }
    }

    @Test
    void oneThatTrustsOurAuthorityAndDoesNotKnowUsGivesAnInstance() throws Exception {
        home.authority.write(partner.certificates(), "ca2");
        partner.set("countersign.trust", "certificates/trust");
        partner.authority.write(partner.certificates().resolve("trust"), "ca");
        home.authority.write(partner.certificates().resolve("trust"), "theirs");
        try (RunningService there = RunningService.start(partner)) {
            knownHere(there);
            JsonArray findings = json(doctor("acme", "--json"), 1);
            JsonObject answer = (JsonObject) findings.get(findings.size() - 1);
            assertThat(answer)
                    .containsEntry("mark", "failed")
                    .containsEntry("step", "answer")
                    .containsEntry("seen", "403 to GET /exchange, over TLS 1.3");
            assertThat(answer.getString("wrong")).contains("certificate-unknown");
            assertThat(answer.getString("whatToDo"))
                    .contains("countersign partners approve", there.refusal().id());
        }
    }

    @Test
    void aUrlIsCalledOnTheCompanysTerms() throws Exception {
        knownThere();
        try (RunningService there = RunningService.start(partner)) {
            Ran ran = doctor("https://localhost:" + there.port() + "/exchange");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.out())
                    .contains(
                            "ok       terms: the company's, https://localhost:",
                            "FAILED   server's chain",
                            "same name is trusted here, with another key");
        }
    }

    @Test
    void whatIsNeitherIsWrongUsageAndListsPartners() {
        home.partner("acme", Map.of("certificates", "certificates/company.crt", "url", "https://acme.example/in"));
        Ran ran = doctor("acne");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).contains("'acne' is neither a partner nor https://", "partners with a url: acme");
        assertThat(doctor("http://acme.example").exitCode()).isEqualTo(2);
    }

    @Test
    void aPartnerWithoutAUrlAndOneWhoseFileIsWrongAreNamed() {
        home.pinned("acme");
        assertThat(doctor("acme").out()).contains("FAILED   terms", "partner acme has no url");
        home.partner("acme", Map.of("certificates", "certificates/none.crt", "url", "https://acme.example"));
        Ran ran = doctor("acme");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).contains("the file of partner acme cannot be used", "none.crt");
    }

    @Test
    void ourOwnCertificateThatHasEndedIsTheCause() {
        io.countersign.testing.Issue.to("CN=company")
                .dns("localhost")
                .valid(
                        java.time.Instant.now().minus(java.time.Duration.ofDays(9)),
                        java.time.Instant.now().minus(java.time.Duration.ofDays(1)))
                .by(home.authority)
                .write(home.certificates(), "company");
        Ran ran = doctor("https://localhost:1/");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out()).contains("FAILED   terms", "our own certificate cannot be used", "expired on");
    }

    @Test
    void helpSaysWhatTheServerSees() {
        Ran ran = doctor("--help");
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out()).contains("URL|PARTNER", "--json", "Exit codes:", "GET requests");
    }

    private Ran doctor(Object... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = "doctor";
        all[1] = "--home";
        all[2] = home.folder;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return Ran.command(all);
    }

    private static JsonArray json(Ran ran, int exitCode) throws Exception {
        assertThat(ran.exitCode()).as(ran.out() + ran.err()).isEqualTo(exitCode);
        return (JsonArray) Jsoner.deserialize(ran.out());
    }
}
