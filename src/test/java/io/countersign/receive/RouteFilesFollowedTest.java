package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLSocket;
import org.apache.camel.Route;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every route file may be changed while the service runs, that of the partners' door too: no connection notices. */
class RouteFilesFollowedTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String RECEIVE = "routes/receive.camel.yaml";
    private static final String BOX = """
            - beans:
                - name: boxTls
                  type: io.countersign.tls.ListenerTls
                  properties:
                    identity: "#bean:company"
                    trust: "#bean:partners"
                    clientAuthentication: REQUIRE
                - name: boxAdmission
                  type: io.countersign.admission.Admission
                  properties:
                    partners: "#bean:partners"
                    anyone: "true"
                    maxSize: 1MB

            - route:
                id: box
                description: A listener of one's own
                routeConfigurationId: refusals
                streamCache: "false"
                startupOrder: 100001
                from:
                  uri: jetty:https://127.0.0.1:0/box
                  parameters:
                    sslContextParameters: "#boxTls"
                    httpBinding: "#asSent"
                    matchOnUriPrefix: true
                    disableStreamCache: true
                    enableMultipartFilter: false
                  steps:
                    - process:
                        ref: boxAdmission
                    - process:
                        ref: intake
                    - to:
                        uri: file:{{countersign.data}}/box
                    - process:
                        ref: receipt
            """;

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private RunningService service;

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        service = RunningService.start(home);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void theDoorItselfIsReplacedWhileAnUploadIsOnItsWay() throws Exception {
        try (SSLSocket open = connect();
                SSLSocket slow = connect()) {
            assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
            slow.getOutputStream()
                    .write("PUT /exchange/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx"
                            .getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            Awaitility.await().until(() -> !home.files("staging").isEmpty());
            int port = service.port();
            Route before = route("receive");
            edit(RECEIVE, "{{countersign.data}}/inbox/${exchangeProperty.partner}", "{{countersign.data}}/other");
            await(() -> isReplaced(before));
            assertThat(put(acme, "quick")).isEqualTo(201);
            assertThat(home.files("other")).hasSize(1);
            assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
            assertThat(Client.exchange(slow, "x").status()).isEqualTo(201);
            assertThat(home.files("inbox/acme")).as("it began in the old route").hasSize(1);
            assertThat(service.port()).isEqualTo(port);
        }
        assertThat(service.complaints()).isEmpty();
    }

    @Test
    void aBeanThatIsChangedCountsForEveryRouteThatNamesIt() throws Exception {
        home.write("routes/box.camel.yaml", BOX.replace("ref: boxAdmission", "ref: admission"));
        await(() -> service.service().context().getRoute("box") != null);
        String limit = "maxSize: \"{{countersign.max-size}}\"";
        edit(RECEIVE, limit, "maxSize: 1B");
        await(() -> put(acme, "xx") == 413);
        assertThat(put(service.at("/box"), acme, "xx")).isEqualTo(413);
        edit(RECEIVE, "maxSize: 1B", limit);
        await(() -> put(acme, "xx") == 201);
        assertThat(put(service.at("/box"), acme, "xx")).isEqualTo(201);
    }

    @Test
    void aListenerOfOnesOwnComesChangesItsTlsAndGoes() throws Exception {
        assertThat(service.service().addresses()).noneMatch(address -> address.endsWith("/box"));
        home.write("routes/box.camel.yaml", BOX);
        await(() -> service.service().addresses().stream().anyMatch(address -> address.endsWith("/box")));
        URI box = service.at("/box");
        assertThat(put(box, acme, "x")).isEqualTo(201);
        assertThatThrownBy(() -> put(box, null, "x")).hasRootCauseInstanceOf(IOException.class);
        try (SSLSocket open = Client.of(home.authority.certificate(), acme).connect(box.getPort())) {
            edit("routes/box.camel.yaml", "clientAuthentication: REQUIRE", "clientAuthentication: NONE");
            await(() -> answers(box, null));
            assertThat(Client.exchange(open, "PUT /box/y HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\ny")
                            .status())
                    .isEqualTo(201);
        }
        Files.delete(folder.resolve("routes/box.camel.yaml"));
        await(() -> !answers(box, acme));
        // Once nothing can be on its way there any more.
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThatThrownBy(() ->
                                Client.of(home.authority.certificate(), acme).connect(box.getPort()))
                        .isInstanceOf(ConnectException.class));
        assertThat(put(acme, "x")).isEqualTo(201);
    }

    @Test
    void aTemplateThatIsChangedChangesTheRoutesThatComeFromIt() throws Exception {
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"), """
                - templatedRoute:
                    routeId: from-acme
                    routeTemplateRef: deliver-to-folder
                    parameters:
                      - name: partner
                        value: acme
                      - name: folder
                        value: "{{countersign.data}}/here"
                """);
        await(() -> put(acme, "x") == 201 && !home.files("here").isEmpty());
        edit("routes/templates/deliver-to-folder.camel.yaml", "uri: file:{{folder}}", "uri: file:{{folder}}/below");
        await(() -> put(acme, "x") == 201
                && home.files("here").stream().anyMatch(file -> file.toString().contains("/below/")));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            does not parse                  | - process:\\n            ref: admission | - process: [       | receive.camel.yaml: while parsing
            an unknown step                 | - process:\\n            ref: admission | - frobnicate: {}   | Unknown node id: frobnicate
            an unknown endpoint             | uri: file:{{countersign.data}}/inbox/   | uri: nosuch:x/     | -
            a missing bean                  | ref: intake                             | ref: missing       | No bean could be found in the registry for: missing
            a missing binding               | httpBinding: "#asSent"                  | httpBinding: "#no" | receive.camel.yaml: JettyHttpEndpoint
            a bean without its class        | type: io.countersign.transfer.Intake    | type: io.Missing   | receive.camel.yaml:
            a property that nobody knows    | arrivals: "#bean:arrivals"              | arivals: "x"       | Intake has no property arivals
            an option's wrong value          | matchOnUriPrefix: true                  | matchOnUriPrefix: so | receive.camel.yaml:
            the id of another file's route  | id: receive                             | id: box            | has a route with the id box, which routes/box.camel.yaml uses already
            a port that somebody has        | https://{{countersign.host}}:{{countersign.port}}/exchange | https://{{countersign.host}}:TAKEN/exchange | receive.camel.yaml:
            a component under another name  | - name: notFound                        | - name: https      | the bean https cannot be another
            """)
    void aRouteThatIsEditedWronglyLeavesTheOneThatRuns(String what, String from, String to, String complaint)
            throws Exception {
        home.write("routes/box.camel.yaml", BOX);
        await(() -> service.service().context().getRoute("box") != null);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                SSLSocket open = connect()) {
            assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
            String good = home.read(RECEIVE);
            Route before = route("receive");
            edit(RECEIVE, from.replace("\\n", "\n"), to.replace("TAKEN", String.valueOf(taken.getLocalPort())));
            if (complaint.equals("-")) {
                // A dynamic endpoint, which is only found out by who uses it.
                await(() -> isReplaced(before));
                assertThat(put(acme, "x")).isEqualTo(503);
            } else {
                await(() -> service.complaints().stream().anyMatch(why -> why.contains(complaint)));
                assertThat(service.complaints()).allMatch(why -> why.startsWith(RECEIVE + ": "));
                assertThat(put(acme, "x")).isEqualTo(201);
                assertThat(route("receive")).isSameAs(before);
            }
            assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
            home.write(RECEIVE, good);
            await(() -> service.complaints().isEmpty());
            await(() -> put(acme, "x") == 201);
            assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
        }
    }

    /** As if it were being written in pieces, and the one who writes it paused. */
    @Test
    void noBeginningOfTheDoorsFileComesIntoForce() throws Exception {
        String whole = home.read("routes/receive.camel.yaml");
        List<String> lines = whole.lines().toList();
        for (int cut = 1; cut < lines.size(); cut += cut > lines.size() - 3 ? 1 : 37) {
            String beginning = String.join("\n", lines.subList(0, cut)) + "\n";
            home.write("routes/receive.camel.yaml", beginning);
            Awaitility.await("line " + cut)
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> !service.complaints().isEmpty());
            assertThat(put(service.at("/exchange"), acme, "a")).as(beginning).isEqualTo(201);
            home.write("routes/receive.camel.yaml", whole);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> service.complaints().isEmpty());
        }
    }

    @Test
    void whoOnlySendsNeedsNoDoor(@TempDir Path other) throws Exception {
        TestHome sending = new TestHome(other);
        Files.delete(other.resolve("routes/receive.camel.yaml"));
        try (RunningService running = RunningService.start(sending)) {
            assertThat(running.service().addresses()).hasSize(3).allMatch(address -> address.startsWith("http:"));
        }
    }

    @Test
    void aRouteWhoseConfigurationIsMissingIsRefused() {
        home.write(
                "routes/box.camel.yaml",
                BOX.replace("routeConfigurationId: refusals", "routeConfigurationId: refusal"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(service.complaints())
                                .containsExactly(
                                        "routes/box.camel.yaml"
                                                + ": names the route configuration refusal, which no file has; accepted: alerts, operators, refusals"));
    }

    /** A folder that cannot be read says nothing of its files; trust goes on being followed. */
    @Test
    void aFolderThatVanishesTakesNothingWithIt() throws Exception {
        Path routes = folder.resolve("routes");
        Files.move(routes, folder.resolve("away"));
        await(() -> service.complaints().stream().anyMatch(why -> why.contains("cannot be read")));
        assertThat(put(acme, "x")).isEqualTo(201);
        home.write("certificates/ca.crt", Certified.pem(Issue.root("CN=Another").certificate()));
        Certified other = Issue.to("CN=other").by(home.authority);
        await(() -> {
            assertThat(answers(other)).isFalse();
            return service.refusals().stream()
                    .anyMatch(refused -> refused.reason().contains("which is not among the trusted authorities"));
        });
        assertThat(put(acme, "x")).as("pinned").isEqualTo(201);
        Files.move(folder.resolve("away"), routes);
        await(() -> service.complaints().isEmpty());
    }

    @Test
    void anIdThatIsUsedTwiceInOneFileIsToldToo() {
        String good = home.read(RECEIVE);
        home.write(RECEIVE, good + good.substring(good.indexOf("- route:\n    id: receive")));
        await(() -> !service.complaints().isEmpty());
        assertThat(service.complaints()).allMatch(why -> why.startsWith(RECEIVE + ": "));
        assertThat(put(acme, "x")).isEqualTo(201);
        home.write(RECEIVE, good);
        await(() -> service.complaints().isEmpty());
    }

    private boolean isReplaced(Route before) {
        Route now = route("receive");
        return now != null && now != before;
    }

    private Route route(String id) {
        return service.service().context().getRoute(id);
    }

    private SSLSocket connect() throws IOException {
        return Client.of(home.authority.certificate(), acme).connect(service.port());
    }

    private void edit(String file, String from, String to) {
        String before = home.read(file);
        assertThat(before).contains(from);
        home.write(file, before.replace(from, to));
    }

    private int put(Certified caller, String content) {
        return put(URI.create("https://localhost:" + service.port() + "/exchange"), caller, content);
    }

    private int put(URI listener, @Nullable Certified caller, String content) {
        try {
            return Client.of(home.authority.certificate(), caller)
                    .put(URI.create(listener.toString().replace("127.0.0.1", "localhost") + "/x"), content)
                    .statusCode();
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private boolean answers(Certified caller) {
        return answers(URI.create("https://localhost:" + service.port() + "/exchange"), caller);
    }

    private boolean answers(URI listener, @Nullable Certified caller) {
        try {
            return put(listener, caller, "x") == 201;
        } catch (IllegalStateException no) {
            return false;
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(30))
                .until(condition);
    }
}
