package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether clients must authenticate is each listener's own choice; the server always does. */
class ClientAuthenticationTest {
    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}, with a certificate: {1}, the route admits anyone: {2}, {5}")
    @CsvSource({
        // choice, certificate, anyone, status (0: no handshake), body
        "REQUIRE, partner, false, 200, acme",
        "REQUIRE, none,    false, 0,   ''",
        "REQUIRE, unknown, false, 0,   ''",
        "REQUIRE, none,    true,  0,   ''",
        "WANT,    partner, false, 200, acme",
        "WANT,    none,    false, 403, certificate-missing",
        "WANT,    unknown, false, 0,   ''",
        "WANT,    stranger, false, 403, certificate-unknown",
        "WANT,    partner, true,  200, acme",
        "WANT,    none,    true,  200, anyone",
        "WANT,    stranger, true, 403, certificate-unknown",
        "NONE,    partner, false, 403, certificate-missing",
        "NONE,    none,    false, 403, certificate-missing",
        "NONE,    none,    true,  200, anyone",
        "NONE,    partner, true,  200, anyone",
    })
    void isTheListenersOwnChoice(String choice, String certificate, boolean anyone, int status, String body)
            throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        Certified shown = switch (certificate) {
            case "partner" -> acme;
            case "stranger" -> Issue.to("CN=stranger").by(home.authority);
            case "unknown" -> Issue.to("CN=acme").selfSigned();
            default -> null;
        };
        home.write("routes/second.camel.yaml", second(choice, anyone));
        try (RunningService service = RunningService.start(home)) {
            int port = service.at("/drop").getPort();
            assertThat(port).isNotEqualTo(service.port());
            for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
                if (status == 0) {
                    int before = service.refusals().size();
                    assertThatThrownBy(() -> ask(home, shown, port, protocol)).isInstanceOf(IOException.class);
                    org.awaitility.Awaitility.await()
                            .until(() -> service.refusals().size() > before);
                    assertThat(service.refusals().get(0).code()).isEqualTo("handshake");
                } else {
                    Answer answer = ask(home, shown, port, protocol);
                    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
                    assertThat(answer.body()).contains(body);
                }
            }
        }
    }

    @Test
    void theServerIsAlwaysAuthenticated() throws Exception {
        TestHome home = new TestHome(folder);
        home.write("routes/second.camel.yaml", second("NONE", true));
        try (RunningService service = RunningService.start(home)) {
            int port = service.at("/drop").getPort();
            try (SSLSocket socket =
                    Client.of(home.authority.certificate(), null).connect(port)) {
                assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(home.company.certificate());
            }
            Certified other = Issue.root("CN=Other authority");
            assertThatThrownBy(() -> Client.of(other.certificate(), null).connect(port))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void anHttpsEndpointWithoutOurTlsIsAnErrorAtStart() {
        TestHome home = new TestHome(folder);
        home.write(
                "routes/second.camel.yaml",
                second("NONE", true).replace("        sslContextParameters: \"#secondTls\"\n", ""));
        assertThatThrownBy(() -> RunningService.start(home)).hasMessageContaining("has no TLS");
    }

    @Test
    void twoChoicesOnOnePortAreAnErrorAtStart() throws Exception {
        TestHome home = new TestHome(folder);
        String host = "127.45.67.89"; // where nobody else takes a port that was free a moment ago
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            port = free.getLocalPort();
        }
        home.set("countersign.host", host).set("countersign.port", Integer.toString(port));
        home.write("routes/second.camel.yaml", second("NONE", true).replace("127.0.0.1:0", host + ":" + port));
        assertThatThrownBy(() -> RunningService.start(home)).hasMessageContaining("different TLS beans");
        assertThatThrownBy(() -> new Socket(host, port)).isInstanceOf(IOException.class);
    }

    private static Answer ask(TestHome home, @Nullable Certified shown, int port, String protocol) throws IOException {
        try (SSLSocket socket = Client.of(home.authority.certificate(), shown).connect(port, protocol)) {
            return Client.exchange(socket, "GET /drop HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
    }

    private static String second(String choice, boolean anyone) {
        return """
                - beans:
                    - name: secondTls
                      type: io.countersign.tls.ListenerTls
                      properties:
                        identity: "#bean:company"
                        trust: "#bean:partners"
                        clientAuthentication: CHOICE
                    - name: secondAdmission
                      type: io.countersign.admission.Admission
                      properties:
                        partners: "#bean:partners"
                        anyone: "ANYONE"
                - route:
                    id: second
                    routeConfigurationId: refusals
                    streamCache: "false"
                    startupOrder: 100001
                    from:
                      uri: jetty:https://127.0.0.1:0/drop
                      parameters:
                        sslContextParameters: "#secondTls"
                        httpBinding: "#asSent"
                        enableMultipartFilter: false
                      steps:
                        - process:
                            ref: secondAdmission
                        - process:
                            ref: whoCalls
                """.replace("CHOICE", choice).replace("ANYONE", Boolean.toString(anyone));
    }
}
