package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Partners' files that change while the service runs: good ones take effect, broken ones change nothing. */
class PartnerFilesTest {
    private static final Map<String, String> ACME =
            Map.of("certificates", "certificates/acme.crt", "addresses", "127.0.0.0/8");

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private Certified globex;
    private RunningService service;

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        globex = Issue.to("CN=globex").by(home.authority);
        globex.write(home.certificates(), "globex");
        service = RunningService.start(home);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void aPartnerIsAddedRenamedAndDeleted() {
        assertThat(put(globex)).isEqualTo(403);
        home.partner("globex", Map.of("certificates", "certificates/globex.crt", "addresses", "any"));
        awaitStatus(globex, 201);
        assertThat(home.files("inbox/globex")).isNotEmpty();
        delete("globex");
        home.partner("globex-corp", Map.of("certificates", "certificates/globex.crt", "addresses", "any"));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
            put(globex);
            return !home.files("inbox/globex-corp").isEmpty();
        });
        delete("globex-corp");
        awaitStatus(globex, 403);
        assertThat(put(acme)).isEqualTo(201);
    }

    @Test
    void aRouteFromATemplateComesChangesAndGoes() {
        home.partner("acme", ACME, templated("one"));
        awaitFileIn("one");
        int inbox = home.files("inbox/acme").size();
        home.partner("acme", ACME, templated("two"));
        awaitFileIn("two");
        assertThat(home.files("inbox/acme")).hasSize(inbox);
        home.partner(
                "globex",
                Map.of("certificates", "certificates/globex.crt", "addresses", "any"),
                templated("three").replace("value: acme", "value: globex"));
        awaitComplaint();
        assertThat(service.complaints())
                .containsExactly("routes/partners/globex.camel.yaml: has a route with the id from-acme, which"
                        + " routes/partners/acme.camel.yaml uses already");
        delete("globex");
        home.partner("acme", ACME);
        awaitFileIn("inbox/acme");
    }

    @ParameterizedTest
    @ValueSource(strings = {"company", "https", "partners"})
    void aPartnerMayBeCalledLikeAPartThatRoutesName(String name) throws Exception {
        service.close();
        home.partner(name, Map.of("certificates", "certificates/globex.crt", "addresses", "any"));
        home.write("routes/box.camel.yaml", """
                - beans:
                    - name: boxTls
                      type: io.countersign.tls.ListenerTls
                      properties:
                        identity: "#bean:company"
                        trust: "#bean:partners"
                """);
        service = RunningService.start(home);
        assertThat(put(globex)).isEqualTo(201);
        assertThat(home.files("inbox/" + name)).hasSize(1);
        home.partner(name, Map.of("certificates", "certificates/globex.crt", "addresses", "10.0.0.0/8"));
        awaitStatus(globex, 403);
        assertThat(put(acme)).isEqualTo(201);
    }

    @Test
    void aRouteOfItsOwnComesChangesAndGoes() {
        home.partner("acme", ACME, route("one"));
        awaitFileIn("one");
        int inbox = home.files("inbox/acme").size();
        home.partner("acme", ACME, route("two"));
        awaitFileIn("two");
        assertThat(home.files("inbox/acme")).hasSize(inbox);
        home.partner("acme", ACME);
        awaitFileIn("inbox/acme");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- route:\n    id: from-acme\n    from:\n      uri: direct:from-acme\n      steps:\n        - to:\n            uri: nonsense:x\n",
                "- route:\n    id: from-acme\n    from:\n      uri: direct:from-acme\n      steps:\n        - process:\n            ref: missing\n",
                "- route:\n    id: receive\n    from:\n      uri: direct:from-acme\n      steps:\n        - log:\n            message: x\n",
                "- route:\n    id: from-acme\n    from:\n      uri: direct:from-acme\n      steps:\n        - frobnicate:\n            x: y\n",
                "- route: [\n",
            })
    void aRouteThatCannotRunLeavesTheOneThatDoes(String broken) {
        home.partner("acme", ACME, route("one"));
        awaitFileIn("one");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "10.0.0.0/8"), broken);
        awaitComplaint();
        int before = home.files("one").size();
        assertThat(put(acme)).isEqualTo(201);
        assertThat(home.files("one")).hasSize(before + 1);
        home.partner("acme", ACME, route("two"));
        awaitFileIn("two");
        assertThat(service.complaints()).isEmpty();
    }

    @Test
    void aBrokenPartnerChangesNothing() {
        home.partner("globex", Map.of("certificates", "certificates/acme.crt", "addresses", "any"));
        awaitComplaint();
        assertThat(put(acme)).isEqualTo(201);
        home.partner("globex", Map.of("certificates", "certificates/globex.crt", "addresses", "any"));
        awaitStatus(globex, 201);
    }

    @Test
    void whatIsWrongWithOneFileHoldsUpNoOther() {
        home.partner("aaron", Map.of("certificates", "certificates/globex.crt", "addresses", "any"));
        awaitStatus(globex, 201);
        home.partner("acme", ACME, route("nosuch").replace("file:", "nosuch:"));
        home.partner(
                "aaron",
                Map.of("certificates", "certificates/globex.crt", "addresses", "any"),
                route("one").replace("from-acme", "from-aaron"));
        awaitComplaint();
        assertThat(service.complaints()).hasSize(1).allMatch(why -> why.contains("routes/partners/acme.camel.yaml: "));
        assertThat(put(acme)).isEqualTo(201);
        assertThat(home.files("inbox/acme")).hasSize(1);
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
            assertThat(put(globex)).isEqualTo(201);
            return !home.files("one").isEmpty();
        });
        delete("aaron");
        awaitStatus(globex, 403);
        assertThat(service.complaints()).hasSize(1);
    }

    @Test
    void aCertificateMayComeAfterTheFileThatNamesIt() throws Exception {
        Files.delete(home.certificates().resolve("globex.crt"));
        home.partner("globex", Map.of("certificates", "certificates/globex.crt", "addresses", "any"));
        awaitComplaint();
        globex.write(home.certificates(), "globex");
        awaitStatus(globex, 201);
        assertThat(service.complaints()).isEmpty();
    }

    @Test
    void aFileThatWouldNotBeReadIsTold() throws Exception {
        home.write("routes/partners/globex.yaml", "- beans: []");
        awaitComplaint();
        assertThat(service.complaints())
                .containsExactly(
                        "routes/partners/globex.yaml: would not be read; accepted: names that end in .camel.yaml or .camel.xml");
        Files.delete(folder.resolve("routes/partners/globex.yaml"));
        Files.write(
                folder.resolve("routes/partners/zoe.camel.yaml"), "# caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() ->
                        service.complaints().equals(java.util.List.of("routes/partners/zoe.camel.yaml: is not UTF-8")));
    }

    @Test
    void whatIsOnItsWayWhenItsPartnerIsDeletedEndsNowhereElse() throws Exception {
        home.partner("acme", ACME, route("one"));
        awaitFileIn("one");
        int inbox = home.files("inbox").size();
        try (SSLSocket slow = Client.of(home.authority.certificate(), acme).connect(service.port())) {
            slow.getOutputStream()
                    .write("PUT /exchange/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na"
                            .getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            Awaitility.await().until(() -> !home.files("staging").isEmpty());
            delete("acme");
            awaitStatus(acme, 403);
            assertThat(Client.exchange(slow, "b").status()).isEqualTo(503);
            assertThat(home.files("inbox")).hasSize(inbox);
        }
    }

    @Test
    void aPinForServersOnlyIsWarnedOfOnce() {
        ListAppender<ILoggingEvent> told = new ListAppender<>();
        told.start();
        Logger log = (Logger) LoggerFactory.getLogger("countersign.changes");
        log.addAppender(told);
        try {
            Certified server = Issue.to("CN=server")
                    .purposes(KeyPurposeId.id_kp_serverAuth)
                    .by(home.authority);
            server.write(home.certificates(), "server");
            home.partner("server", Map.of("certificates", "certificates/server.crt", "addresses", "any"));
            Awaitility.await().until(() -> service.service().partners().size() == 2);
            assertThat(put(server)).isEqualTo(201);
            home.partner("globex", Map.of("certificates", "certificates/globex.crt", "addresses", "any"));
            awaitStatus(globex, 201);
            assertThat(told.list.stream().map(ILoggingEvent::getFormattedMessage))
                    .filteredOn(line -> line.contains("clientAuth"))
                    .containsExactly(
                            "partner server: certificates/server.crt is pinned although its purposes lack clientAuth");
        } finally {
            log.detachAppender(told);
        }
    }

    @Test
    void anUploadUnderWayIsNotDisturbed() throws Exception {
        try (SSLSocket socket = Client.of(home.authority.certificate(), acme).connect(service.port())) {
            socket.getOutputStream()
                    .write("PUT /exchange/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            Awaitility.await().until(() -> !home.files("staging").isEmpty());
            home.partner(
                    "globex",
                    Map.of("certificates", "certificates/globex.crt", "addresses", "any"),
                    route("g").replace("from-acme", "from-globex"));
            awaitStatus(globex, 201);
            assertThat(home.files("g")).isNotEmpty();
            assertThat(Client.exchange(socket, "x").status()).isEqualTo(201);
        }
    }

    private void awaitComplaint() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> !service.complaints().isEmpty());
    }

    private void awaitFileIn(String name) {
        int before = home.files(name).size();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
            assertThat(put(acme)).isEqualTo(201);
            return home.files(name).size() > before;
        });
    }

    /** One request may meet the moment at which its route is replaced or goes, and waits for that as long as the route says. */
    private void awaitStatus(Certified caller, int status) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> put(caller) == status);
    }

    private int put(Certified caller) {
        try {
            return Client.of(home.authority.certificate(), caller)
                    .put(URI.create("https://localhost:" + service.port() + "/exchange/x"), "x")
                    .statusCode();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void delete(String partner) {
        try {
            Files.delete(folder.resolve("routes/partners/" + partner + ".camel.yaml"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String route(String to) {
        return """
                - route:
                    id: from-acme
                    from:
                      uri: direct:from-acme
                      steps:
                        - to:
                            uri: file:{{countersign.data}}/FOLDER
                """.replace("FOLDER", to);
    }

    private static String templated(String to) {
        return """
                - templatedRoute:
                    routeId: from-acme
                    routeTemplateRef: deliver-to-folder
                    parameters:
                      - name: partner
                        value: acme
                      - name: folder
                        value: "{{countersign.data}}/FOLDER"
                """.replace("FOLDER", to);
    }
}
