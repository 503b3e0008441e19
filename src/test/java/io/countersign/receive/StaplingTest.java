package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.testing.ProxyDoor;
import io.countersign.testing.Responder;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The partners' listener brings along what the responder says of our own certificate. */
class StaplingTest {
    private final Responder responder = Responder.start();

    @TempDir
    private Path folder;

    @AfterEach
    void end() {
        responder.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void staplesAlsoWhereTheFileLeavesTheIssuerOut(String protocol) throws Exception {
        TestHome home = new TestHome(folder);
        Certified partner = home.pinned("acme");
        Certified company = company(home, home.authority);
        byte[] good = OcspAnswer.good(home.authority, company).bytes();
        responder.says("/ocsp", () -> good);

        try (RunningService service = RunningService.start(home)) {
            assertThat(stapled(home, partner, service, protocol)).first().isEqualTo(good);
            assertThat(stapled(home, partner, service, protocol)).first().isEqualTo(good);
            assertThat(responder.asked("/ocsp")).isEqualTo(1);
        }
    }

    @Test
    void staplesToProxiesToo() throws Exception {
        TestHome home =
                new TestHome(folder).set("countersign.proxies", "127.0.0.5").set("countersign.without-proxy", "direct");
        Certified proxy = Issue.to("CN=proxy").selfSigned();
        proxy.write(home.certificates(), "proxy");
        home.write("routes/door.camel.yaml", ProxyDoor.yaml("door", "certificates/proxy.crt"));
        Certified company = company(home, home.authority);
        byte[] good = OcspAnswer.good(home.authority, company).bytes();
        responder.says("/ocsp", () -> good);

        try (RunningService service = RunningService.start(home);
                SSLSocket socket = Client.of(home.authority.certificate(), proxy)
                        .connect("127.0.0.5", ProxyDoor.port(service, "door"), "TLSv1.3")) {
            assertThat(((ExtendedSSLSession) socket.getSession()).getStatusResponses())
                    .first()
                    .isEqualTo(good);
        }
    }

    @Test
    void staplesUnderAnIntermediate() throws Exception {
        TestHome home = new TestHome(folder);
        Certified partner = home.pinned("acme");
        Certified issuing = Issue.to("CN=Issuing").asAuthority().by(home.authority);
        Certified company = company(home, issuing);
        byte[] good = OcspAnswer.good(issuing, company).bytes();
        responder.says("/ocsp", () -> good);

        try (RunningService service = RunningService.start(home)) {
            assertThat(stapled(home, partner, service, "TLSv1.3")).first().isEqualTo(good);
        }
    }

    @Test
    void doesWithoutWhereTheResponderIsSilent() throws Exception {
        TestHome home = new TestHome(folder);
        Certified partner = home.pinned("acme");
        company(home, home.authority);
        responder.silentAt("/ocsp");

        try (RunningService service = RunningService.start(home)) {
            long start = System.nanoTime();
            assertThat(stapled(home, partner, service, "TLSv1.3")).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
        }
    }

    @Test
    void saysWhyItCannotStaple() throws Exception {
        TestHome home = new TestHome(folder);
        Certified partner = home.pinned("acme");
        Certified other = Issue.root("CN=Other");
        company(home, other);
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        ((Logger) LoggerFactory.getLogger("countersign.tls")).addAppender(told);

        try (RunningService service = RunningService.start(home);
                SSLSocket socket = Client.of(other.certificate(), partner).connect(service.port())) {
            assertThat(((ExtendedSSLSession) socket.getSession()).getStatusResponses())
                    .isEmpty();
            Awaitility.await().until(() -> !told.list.isEmpty());
            assertThat(told.list.get(0).getFormattedMessage())
                    .contains("no OCSP answer is stapled to 'CN=company'", "its issuer 'CN=Other'");
        }
        ((Logger) LoggerFactory.getLogger("countersign.tls")).detachAppender(told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void isUnderstoodByOpenssl(String protocol) throws Exception {
        Command.assumeInstalled("openssl");
        TestHome home = new TestHome(folder);
        Path partner = home.pinned("acme").write(folder, "client");
        Certified company = company(home, home.authority);
        byte[] good = OcspAnswer.good(home.authority, company).bytes();
        responder.says("/ocsp", () -> good);

        try (RunningService service = RunningService.start(home)) {
            Command seen = Command.run(
                    folder,
                    "",
                    List.of(
                            "openssl",
                            "s_client",
                            "-connect",
                            "127.0.0.1:" + service.port(),
                            protocol,
                            "-status",
                            "-CAfile",
                            "certificates/ca.crt",
                            "-cert",
                            partner.toString(),
                            "-key",
                            partner.toString().replace(".crt", ".key")));
            assertThat(seen.output())
                    .contains("OCSP Response Status: successful", "Cert Status: good", "Verify return code: 0 (ok)");
        }
    }

    /** A certificate that names a responder. */
    private Certified company(TestHome home, Certified issuer) {
        Certified company = Issue.to("CN=company")
                .dns("localhost")
                .ip("127.0.0.1")
                .ocsp(responder.url("/ocsp"))
                .by(issuer);
        company.write(home.certificates(), "company");
        return company;
    }

    private static List<byte[]> stapled(TestHome home, Certified partner, RunningService service, String protocol)
            throws Exception {
        try (SSLSocket socket = Client.of(home.authority.certificate(), partner).connect(service.port(), protocol)) {
            return ((ExtendedSSLSession) socket.getSession()).getStatusResponses();
        }
    }
}
