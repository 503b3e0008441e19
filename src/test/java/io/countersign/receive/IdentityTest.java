package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who a caller is: decided by its certificate and the file of one partner, never by what another authority says. */
class IdentityTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    private Path folder;

    @Test
    void aCertificateOfAKnownAuthorityThatIdentifiesNoPartnerIsRefused() throws Exception {
        TestHome home = new TestHome(folder);
        home.pinned("acme");
        // The pinned one's own subject: a pin is the certificate itself.
        Certified stranger = Issue.to("CN=acme").by(home.authority);
        try (RunningService service = RunningService.start(home)) {
            Answer answer = ask(service, home, stranger, WHO);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
            assertThat(answer.body())
                    .contains("urn:countersign:problem:certificate-unknown", stranger.fingerprint())
                    .doesNotContain("acme", "CN=");
            Refused refused = service.refusal();
            assertThat(refused.code()).isEqualTo("certificate-unknown");
            assertThat(refused.reason()).contains("CN=acme", "Test authority", "identifies no partner");
            assertThat(answer.body()).contains(refused.id());
        }
    }

    @Test
    void whatOnePartnersAuthorityIssuesIsNeverAnotherPartner() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acmes = Issue.root("CN=Acme authority");
        acmes.write(home.certificates(), "acme-ca");
        home.partner(
                "acme",
                Map.of("authority", "certificates/acme-ca.crt", "subject", "CN=edi, O=Acme", "addresses", "any"));
        Certified globexes = Issue.root("CN=Globex authority");
        globexes.write(home.certificates(), "globex-ca");
        home.partner(
                "globex",
                Map.of("authority", "certificates/globex-ca.crt", "subject", "CN=edi, O=Globex", "addresses", "any"));
        home.partner("initech", Map.of("san", "dns:initech.example", "addresses", "any"));
        home.pinned("hooli");
        try (RunningService service = RunningService.start(home)) {
            assertThat(ask(service, home, Issue.to("CN=edi, O=Acme").by(acmes), WHO)
                            .body())
                    .contains("\"partner\":\"acme\"");
            assertThat(ask(
                                    service,
                                    home,
                                    Issue.to("CN=x").dns("initech.example").by(home.authority),
                                    WHO)
                            .body())
                    .contains("\"partner\":\"initech\"");
            for (Certified impostor : new Certified[] {
                Issue.to("CN=edi, O=Globex").by(acmes),
                Issue.to("CN=x").dns("initech.example").by(acmes),
                Issue.to("CN=hooli").by(acmes),
                Issue.to("CN=edi, O=Acme").by(home.authority),
                Issue.to("CN=edi, O=Acme").by(globexes),
            }) {
                Answer answer = ask(
                        service,
                        home,
                        impostor,
                        "PUT /exchange/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.body()).contains("certificate-unknown");
                assertThat(service.refusals().get(0).caller().partner()).isEqualTo("-");
            }
            assertThat(home.files("inbox")).isEmpty();
        }
    }

    @Test
    void anAuthorityIsTheSameWhetherOrNotTheOneBelowItIsTrustedToo() throws Exception {
        TestHome home = new TestHome(folder);
        Certified intermediate = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        intermediate.write(home.certificates(), "issuing");
        home.set("countersign.trust", "certificates/trust");
        home.authority.write(home.certificates().resolve("trust"), "ca");
        java.nio.file.Files.delete(home.certificates().resolve("trust/ca.key"));
        intermediate.write(home.certificates().resolve("trust"), "issuing");
        java.nio.file.Files.delete(home.certificates().resolve("trust/issuing.key"));
        home.partner("acme", Map.of("authority", "certificates/ca.crt", "subject", "CN=acme", "addresses", "any"));
        try (RunningService service = RunningService.start(home)) {
            assertThat(ask(service, home, Issue.to("CN=acme").by(intermediate), WHO)
                            .body())
                    .contains("\"acme\"");
        }
    }

    @Test
    void whatIsUnderAPartnersOwnAuthorityIsNotAnotherPartnerThroughASharedOneBelowIt() throws Exception {
        TestHome home = new TestHome(folder);
        Certified own = Issue.root("CN=Acme root");
        own.write(home.certificates(), "acme-ca");
        Certified shared = Issue.to("CN=Shared below").asAuthority().by(own);
        shared.write(home.certificates(), "shared");
        home.set("countersign.trust", "certificates/shared.crt");
        home.partner("acme", Map.of("authority", "certificates/acme-ca.crt", "subject", "CN=acme", "addresses", "any"));
        home.partner("globex", Map.of("subject", "CN=globex", "addresses", "any"));
        try (RunningService service = RunningService.start(home)) {
            assertThat(ask(service, home, Issue.to("CN=acme").by(shared), WHO).body())
                    .contains("\"acme\"");
            assertThat(ask(service, home, Issue.to("CN=globex").by(shared), WHO).status())
                    .isEqualTo(403);
        }
    }

    @Test
    void aCertificateThatNamesTwoPartnersIsNeither() throws Exception {
        TestHome home = new TestHome(folder);
        home.partner("acme", Map.of("subject", "CN=acme", "addresses", "any"));
        home.partner("globex", Map.of("san", "dns:globex.example", "addresses", "any"));
        Certified both = Issue.to("CN=acme").dns("globex.example").by(home.authority);
        try (RunningService service = RunningService.start(home)) {
            assertThat(ask(service, home, both, WHO).status()).isEqualTo(403);
            assertThat(service.refusal().reason()).contains("more than one partner", "acme", "globex");
        }
    }

    @Test
    void theRightCertificateFromAnotherAddressIsRefused() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "127.0.0.1, 10.0.0.0/8"));
        try (RunningService service = RunningService.start(home)) {
            Client client = Client.of(home.authority.certificate(), acme);
            try (SSLSocket near = client.connect("127.0.0.1", service.port());
                    SSLSocket far = client.connect("127.0.0.2", service.port())) {
                assertThat(Client.exchange(near, WHO).status()).isEqualTo(200);
                Answer answer = Client.exchange(
                        far,
                        "GET /exchange HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\n\r\n");
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.body()).contains("address-not-allowed").doesNotContain("10.0.0.0");
                Refused refused = service.refusal();
                assertThat(refused.caller().partner()).isEqualTo("acme");
                assertThat(refused.caller().address()).isEqualTo("127.0.0.2");
                assertThat(refused.reason()).contains("127.0.0.2 is not among", "127.0.0.1/32, 10.0.0.0/8");
            }
        }
    }

    @Test
    void aPartnerWithoutAddressesAdmitsNobody() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt"));
        try (RunningService service = RunningService.start(home)) {
            Answer answer = ask(service, home, acme, WHO);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).contains("address-not-allowed");
            assertThat(service.refusal().reason()).contains("none are listed");
        }
    }

    @Test
    void aPartnerThatIsSwitchedOffIsToldSo() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any", "enabled", "false"));
        try (RunningService service = RunningService.start(home)) {
            Answer answer = ask(service, home, acme, WHO);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).contains("partner-disabled");
            assertThat(service.refusal().caller().partner()).isEqualTo("acme");
        }
    }

    @Test
    void twoPartnersMayHaveTheSameSubjectUnderAuthoritiesOfTheirOwn() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acmes = Issue.root("CN=Acme authority");
        Certified globexes = Issue.root("CN=Globex authority");
        acmes.write(home.certificates(), "acme-ca");
        globexes.write(home.certificates(), "globex-ca");
        for (String name : new String[] {"acme", "globex"}) {
            home.partner(
                    name,
                    Map.of("authority", "certificates/" + name + "-ca.crt", "subject", "CN=edi", "addresses", "any"));
        }
        try (RunningService service = RunningService.start(home)) {
            assertThat(ask(service, home, Issue.to("CN=edi").by(acmes), WHO).body())
                    .contains("\"acme\"");
            assertThat(ask(service, home, Issue.to("CN=edi").by(globexes), WHO).body())
                    .contains("\"globex\"");
        }
    }

    private static Answer ask(RunningService service, TestHome home, Certified caller, String request)
            throws Exception {
        try (SSLSocket socket = Client.of(home.authority.certificate(), caller).connect(service.port())) {
            return Client.exchange(socket, request);
        }
    }
}
