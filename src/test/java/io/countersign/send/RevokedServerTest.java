package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.OcspAnswer;
import io.countersign.testing.Responder;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.ServerTls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose certificate is revoked gets no file, and one of which nobody can say gets it later. */
class RevokedServerTest {
    private static final String OCSP = "/ocsp";

    private final Responder responder = Responder.start();
    private final List<ScriptedServer> servers = new ArrayList<>();

    @TempDir
    private Path folder;

    private SendingHome sending;

    private Certified server;

    @BeforeEach
    void describe() {
        sending = new SendingHome(folder);
        sending.home.set("countersign.revocation-wait", "2s");
        server =
                Issue.to("CN=server").dns("localhost").ocsp(responder.url(OCSP)).by(sending.home.authority);
    }

    @AfterEach
    void end() {
        servers.forEach(ScriptedServer::close);
        responder.close();
    }

    @ParameterizedTest(name = "{0}, pinned: {1}")
    @CsvSource({"TLSv1.2, true", "TLSv1.2, false", "TLSv1.3, true", "TLSv1.3, false"})
    void getsNothingWhereItIsRevoked(String protocol, boolean pinned) throws Exception {
        responder.says(
                OCSP, () -> OcspAnswer.revoked(sending.home.authority, server).bytes());
        ScriptedServer revoked = start(ServerTls.of(server).protocols(protocol));
        if (pinned) {
            pinBesideItsIssuer(revoked);
        }

        try (RunningService service = RunningService.start(sending.home)) {
            JsonObject problem = sending.problem("acme", "order.txt");
            assertThat(problem.getString("type")).isEqualTo("urn:countersign:problem:server-certificate-revoked");
            assertThat(problem.getString("detail"))
                    .contains(
                            "the server is not trusted: certificate 'CN=server' is revoked since", "(key compromise)");
            assertThat(revoked.seen()).isEmpty();
            assertThat(service.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void getsItLaterWhereNobodyCouldSay(String protocol) throws Exception {
        responder.silentAt(OCSP);
        ScriptedServer unknown = start(ServerTls.of(server).protocols(protocol));

        try (RunningService service = RunningService.start(sending.home)) {
            JsonObject state = sending.setback("acme", "order.txt");
            assertThat(state.getString("lastFailure"))
                    .startsWith(
                            "revocation-unknown: the server is not trusted: nobody says that certificate 'CN=server' is not revoked")
                    .contains("did not answer in time");
            assertThat(unknown.seen()).isEmpty();
            assertThat(service.complaints()).isEmpty();
        }
        responder.says(
                OCSP, () -> OcspAnswer.good(sending.home.authority, server).bytes());
        try (RunningService service = RunningService.start(sending.home)) {
            sending.answer("acme", "order.txt");
            assertThat(service.complaints()).isEmpty();
        }
    }

    @Test
    void getsItWhereNobodyCanSayAndThatIsAllowed() throws Exception {
        sending.home.set("countersign.revocation-unknown", "allow");
        responder.closesAt(OCSP);
        start(ServerTls.of(server));

        try (RunningService service = RunningService.start(sending.home)) {
            sending.answer("acme", "order.txt");
            assertThat(service.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bringsTheAnswerItself(String protocol) throws Exception {
        responder.says(
                OCSP, () -> OcspAnswer.good(sending.home.authority, server).bytes());
        ScriptedServer stapling = start(ServerTls.stapling(withIssuer()).protocols(protocol));

        try (RunningService service = RunningService.start(sending.home)) {
            sending.answer("acme", "order.txt");
            assertThat(stapling.seen()).hasSize(1);
            assertThat(responder.asked(OCSP)).as("only by the server").isEqualTo(1);
            assertThat(service.complaints()).isEmpty();
        }
    }

    @Test
    void isNotBelievedMoreThanItsIssuer() throws Exception {
        responder.says(
                OCSP, () -> OcspAnswer.revoked(sending.home.authority, server).bytes());
        start(ServerTls.stapling(withIssuer()));

        try (RunningService service = RunningService.start(sending.home)) {
            assertThat(sending.problem("acme", "order.txt").getString("detail")).contains("says stapled OCSP answer");
            assertThat(service.complaints()).isEmpty();
        }
    }

    private Certified withIssuer() {
        return new Certified(server.keys(), List.of(server.certificate(), sending.home.authority.certificate()));
    }

    /** Pinned, and shown with the certificate of its issuer: then there is somebody whose word can be verified. */
    private void pinBesideItsIssuer(ScriptedServer started) {
        server.write(sending.home.certificates(), "server");
        sending.home.authority.write(sending.home.certificates(), "authority");
        sending.home.partner(
                "acme",
                Map.of(
                        "certificates", "certificates/acme.crt",
                        "url", started.url("/exchange").toString(),
                        "serverTrust", "certificates/server.crt, certificates/authority.crt"));
    }

    private ScriptedServer start(ServerTls tls) {
        ScriptedServer started = ScriptedServer.start(tls);
        servers.add(started);
        sending.receiver("acme", started.url("/exchange"));
        sending.drop("acme", "order.txt", "an order");
        return started;
    }
}
