package io.countersign.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import io.countersign.tls.CompanyIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is wrong with one change holds up no other: above all, nobody stays in who is to be out. */
class NothingElseIsHeldUpTest {
    private static final Map<String, String> ACME = Map.of("certificates", "certificates/acme.crt", "addresses", "any");
    private static final String ROUTE = """
            - route:
                id: from-NAME
                from:
                  uri: direct:from-NAME
                  steps:
                    - to:
                        uri: file:{{countersign.data}}/own
            """;
    private static final String BOX = """
            - beans:
                - name: boxAdmission
                  type: io.countersign.admission.Admission
                  properties:
                    partners: "#bean:partners"
                    maxSize: 1MB
                - name: boxTls
                  type: io.countersign.tls.ListenerTls
                  properties:
                    identity: "#bean:company"
                    trust: "#bean:partners"

            - route:
                id: box
                routeConfigurationId: refusals
                streamCache: "false"
                from:
                  uri: jetty:https://127.0.0.1:PORT/box
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

    private static final String RECEIVE = "routes/receive.camel.yaml";

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private Certified globex;
    private RunningService service;

    /** What an operator may have left wrong, and does not look at. */
    enum Mistake {
        A_PARTNER_DESCRIBED_TWICE,
        A_FILE_THAT_DOES_NOT_PARSE,
        A_FILE_NESTED_WITHOUT_END,
        A_CLASS_THAT_CANNOT_BE_USED,
        A_LISTENER_WHOSE_PORT_IS_TAKEN,
        A_BEAN_THAT_COUNTS_FROM_THE_NEXT_START,
        A_CERTIFICATE_OF_ITS_OWN_THAT_IS_MISSING,
        A_ROUTE_OF_ITS_OWN_THAT_CANNOT_RUN
    }

    /** Its class cannot be initialized. */
    public static final class Uninitializable {
        static final int NONE = Integer.parseInt("none");
    }

    /** A component that lacks a class of its own once a route begins there. */
    public static final class Exploding extends DefaultComponent {
        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
            Component component = this;
            return new DefaultEndpoint(uri, component) {
                @Override
                public Producer createProducer() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Consumer createConsumer(Processor processor) {
                    return new DefaultConsumer(this, processor) {
                        @Override
                        protected void doStart() {
                            throw new NoClassDefFoundError("com/example/Missing");
                        }
                    };
                }
            };
        }
    }

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        globex = home.pinned("globex");
        home.partner("acme", ACME, ROUTE.replace("NAME", "acme"));
        // Whoever is on his way just when his partner's own route goes waits that long for it.
        home.write(RECEIVE, home.read(RECEIVE).replace("timeout: 10000", "timeout: 2000"));
        service = RunningService.start(home);
        assertThat(put(acme)).isEqualTo(201);
        assertThat(put(globex)).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @EnumSource
    void aDeletedPartnerIsTurnedAway(Mistake mistake) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            make(mistake, taken.getLocalPort());
            Files.delete(folder.resolve("routes/partners/acme.camel.yaml"));
            await(() -> put(acme) == 403);
            assertThat(put(globex)).isEqualTo(201);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDisabledPartnerIsTurnedAway(Mistake mistake) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            make(mistake, taken.getLocalPort());
            String enabled = home.read("routes/partners/acme.camel.yaml");
            home.write(
                    "routes/partners/acme.camel.yaml",
                    enabled.replace("      properties:\n", "      properties:\n        enabled: \"false\"\n"));
            await(() -> put(acme) == 403);
            assertThat(service.refusals().get(0).code()).isEqualTo("partner-disabled");
            assertThat(put(globex)).isEqualTo(201);
        }
    }

    private void make(Mistake mistake, int takenPort) throws IOException {
        String acmes = home.read("routes/partners/acme.camel.yaml");
        switch (mistake) {
            case A_PARTNER_DESCRIBED_TWICE ->
                home.write("routes/partners/zoe.camel.yaml", home.read("routes/partners/globex.camel.yaml"));
            case A_FILE_THAT_DOES_NOT_PARSE -> home.write("routes/partners/zoe.camel.yaml", "- route: [\n");
            case A_FILE_NESTED_WITHOUT_END -> home.write("routes/broken.camel.yaml", "- " + "[".repeat(20_000) + "\n");
            case A_CLASS_THAT_CANNOT_BE_USED ->
                home.write(
                        "routes/broken.camel.yaml",
                        "- beans:\n    - name: broken\n      type: " + Uninitializable.class.getName() + "\n");
            case A_LISTENER_WHOSE_PORT_IS_TAKEN ->
                home.write("routes/box.camel.yaml", BOX.replace("PORT", String.valueOf(takenPort)));
            case A_BEAN_THAT_COUNTS_FROM_THE_NEXT_START -> countFromTheNextStart();
            case A_CERTIFICATE_OF_ITS_OWN_THAT_IS_MISSING ->
                Files.delete(home.certificates().resolve("acme.crt"));
            case A_ROUTE_OF_ITS_OWN_THAT_CANNOT_RUN ->
                home.write("routes/partners/acme.camel.yaml", acmes.replace("file:", "nosuch:"));
        }
        await(() -> !service.complaints().isEmpty());
        assertThat(put(acme)).isEqualTo(201);
    }

    private void countFromTheNextStart() {
        home.write(
                "routes/send.camel.yaml",
                home.read("routes/send.camel.yaml")
                        .replace("data: \"{{countersign.data}}\"", "data: \"{{countersign.data}}/.\""));
        await(() -> service.complaints().stream().anyMatch(why -> why.contains("next start")));
    }

    @Test
    void aDeletedPartnerIsTurnedAwayAlthoughAnotherNamesItsBean() throws Exception {
        home.partner("acme", ACME, """
                    - name: shared
                      type: io.countersign.refusal.Refuse
                      properties:
                        code: not-found
                """, ROUTE.replace("NAME", "acme"));
        home.partner("globex", Map.of("certificates", "certificates/globex.crt", "addresses", "any"), """
                - route:
                    id: from-globex
                    from:
                      uri: direct:from-globex
                      steps:
                        - process:
                            ref: shared
                """);
        await(() -> put(globex) == 404);
        Files.delete(folder.resolve("routes/partners/acme.camel.yaml"));
        await(() -> put(acme) == 403);
        assertThat(put(globex)).as("its bean is still there").isEqualTo(404);
        assertThat(service.complaints()).anyMatch(why -> why.contains("shared"));
    }

    @Test
    void aPartnerThatIsDescribedTwiceIsToldOfTheSecondFile() {
        home.write("routes/partners/zoe.camel.yaml", home.read("routes/partners/globex.camel.yaml"));
        await(() -> !service.complaints().isEmpty());
        assertThat(service.complaints())
                .containsExactly("routes/partners/zoe.camel.yaml: describes partner globex, which"
                        + " routes/partners/globex.camel.yaml describes already");
    }

    @Test
    void anAuthorityThatIsRemovedTrustsNobodyAnyMore() {
        Certified named = Issue.to("CN=named").by(home.authority);
        home.partner("named", Map.of("subject", "CN=named", "addresses", "any"));
        await(() -> put(named) == 201);
        home.write("routes/partners/zoe.camel.yaml", home.read("routes/partners/globex.camel.yaml"));
        await(() -> !service.complaints().isEmpty());
        home.write("certificates/ca.crt", pem(Issue.root("CN=Another")));
        await(() -> isRefused(named));
    }

    @Test
    void aPinThatIsReplacedAdmitsNobodyAnyMore() {
        countFromTheNextStart();
        home.write("routes/partners/zoe.camel.yaml", "- route: [\n");
        Certified next = Issue.to("CN=acme 2").by(home.authority);
        next.write(home.certificates(), "acme");
        await(() -> put(next) == 201 && put(acme) == 403);
    }

    @Test
    void aGoodFileComesIntoForceWhileAListenerCannotBegin() throws Exception {
        Certified zoe = Issue.to("CN=zoe").by(home.authority);
        zoe.write(home.certificates(), "zoe");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            make(Mistake.A_LISTENER_WHOSE_PORT_IS_TAKEN, taken.getLocalPort());
            home.partner(
                    "zoe",
                    Map.of("certificates", "certificates/zoe.crt", "addresses", "any"),
                    ROUTE.replace("NAME", "zoe"));
            await(() -> put(zoe) == 201);
            assertThat(service.complaints()).singleElement().asString().startsWith("routes/box.camel.yaml: ");
        }
    }

    @Test
    void anErrorWhenARouteBeginsLeavesWhatRuns() {
        home.write(
                RECEIVE,
                home.read(RECEIVE) + "\n- beans:\n    - name: exploding\n      type: "
                        + Exploding.class.getName()
                        + "\n- route:\n    id: exploding\n    from:\n      uri: exploding:x\n      steps:\n"
                        + "        - log:\n            message: x\n");
        await(() -> !service.complaints().isEmpty());
        assertThat(service.complaints()).singleElement().asString().startsWith("routes/receive.camel.yaml: ");
        assertThat(put(acme)).isEqualTo(201);
    }

    @Test
    void aListenerThatGoesEndsNothingThatIsOnItsWay() throws Exception {
        home.write("routes/box.camel.yaml", BOX.replace("PORT", "0"));
        await(() -> service.service().addresses().stream().anyMatch(address -> address.endsWith("/box")));
        int port = service.at("/box").getPort();
        try (SSLSocket slow = Client.of(home.authority.certificate(), acme).connect(port)) {
            slow.getOutputStream()
                    .write("PUT /box/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx"
                            .getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            Awaitility.await().until(() -> !home.files("staging").isEmpty());
            Files.delete(folder.resolve("routes/box.camel.yaml"));
            await(() -> service.service().addresses().stream().noneMatch(address -> address.endsWith("/box")));
            assertThat(put(globex)).isEqualTo(201);
            assertThat(Client.exchange(slow, "x").status()).isEqualTo(201);
        }
    }

    @Test
    void ourOwnCertificateThatComesEarlyCountsOnceItIsValid() {
        Certified early = Issue.to("CN=early")
                .dns("localhost")
                .valid(Instant.now().plusSeconds(3), Instant.now().plus(Duration.ofDays(60)))
                .by(home.authority);
        early.write(home.certificates(), "company");
        await(() -> service.complaints().stream().anyMatch(why -> why.contains("is not valid before")));
        await(() -> {
            try (SSLSocket open = Client.of(home.authority.certificate(), acme).connect(service.port())) {
                return open.getSession().getPeerCertificates()[0].equals(early.certificate());
            }
        });
    }

    @Test
    void aBeanThatARouteConfigurationNamesChangesForTheRoutesThatUseIt() {
        home.write("routes/parts.camel.yaml", """
                - beans:
                    - name: refuseIt
                      type: io.countersign.refusal.Refuse
                      properties:
                        code: not-found
                """);
        home.write("routes/configuration.camel.yaml", """
                - routeConfiguration:
                    id: own
                    onException:
                      - onException:
                          exception:
                            - java.lang.Exception
                          steps:
                            - process:
                                ref: refuseIt
                """);
        home.partner("acme", ACME, """
                - route:
                    id: from-acme
                    routeConfigurationId: own
                    from:
                      uri: direct:from-acme
                      steps:
                        - throwException:
                            exceptionType: java.lang.IllegalStateException
                            message: no
                """);
        await(() -> put(acme) == 404);
        home.write(
                "routes/parts.camel.yaml",
                home.read("routes/parts.camel.yaml").replace("not-found", "method-not-allowed"));
        await(() -> put(acme) == 405);
    }

    @Test
    void aBeanThatOthersNameAndThatGoesIsTold() throws Exception {
        home.write("routes/parts.camel.yaml", """
                - beans:
                    - name: shared
                      type: io.countersign.refusal.Refuse
                      properties:
                        code: not-found
                """);
        home.partner("acme", ACME, """
                - route:
                    id: from-acme
                    from:
                      uri: direct:from-acme
                      steps:
                        - process:
                            ref: shared
                """);
        await(() -> put(acme) == 404);
        Files.delete(folder.resolve("routes/parts.camel.yaml"));
        await(() -> service.complaints().stream().anyMatch(why -> why.contains("shared")));
        assertThat(put(acme)).isEqualTo(404);
    }

    @Test
    void aBrokenFileIsNotCalledMendedBecauseTheFolderCannotBeRead() throws Exception {
        home.write("routes/partners/zoe.camel.yaml", "- route: [\n");
        await(() -> !service.complaints().isEmpty());
        Files.move(folder.resolve("routes"), folder.resolve("away"));
        await(() -> service.complaints().stream().anyMatch(why -> why.contains("cannot be read")));
        assertThat(service.complaints()).anyMatch(why -> why.contains("zoe"));
    }

    @Test
    void healthReadsTheRegistryWhileBeansComeAndGo() {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> reads = CompletableFuture.supplyAsync(() -> {
            int looked = 0;
            while (!over.get()) {
                looked += service.service()
                        .context()
                        .getRegistry()
                        .findByType(CompanyIdentity.class)
                        .size();
            }
            return looked;
        });
        for (int i = 0; i < 10; i++) {
            String part = "part" + i;
            home.write(
                    "routes/parts.camel.yaml",
                    "- beans:\n    - name: " + part
                            + "\n      type: io.countersign.refusal.Refuse\n      properties:\n        code: not-found\n");
            await(() -> service.service().context().getRegistry().lookupByName(part) != null);
        }
        over.set(true);
        assertThat(reads.join()).isPositive();
    }

    private boolean isRefused(Certified who) {
        try {
            return put(who) == 403;
        } catch (IllegalStateException inTheHandshake) {
            return true;
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(30))
                .until(condition);
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

    private static String pem(Certified of) {
        try {
            return Certified.pem(of.certificate());
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
