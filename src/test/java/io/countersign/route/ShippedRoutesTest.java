package io.countersign.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.client.SendingFile;
import io.countersign.dns.Names;
import io.countersign.ledger.Ledger;
import io.countersign.operations.Expiry;
import io.countersign.operations.Folders;
import io.countersign.operations.History;
import io.countersign.operations.Metrics;
import io.countersign.operations.OutboxGauges;
import io.countersign.operations.Status;
import io.countersign.operations.TransferMetrics;
import io.countersign.partner.Partner;
import io.countersign.partner.Partners;
import io.countersign.refusal.Code;
import io.countersign.refusal.Refusal;
import io.countersign.refusal.Refusals;
import io.countersign.refusal.Refusing;
import io.countersign.settings.Problems;
import io.countersign.settings.Settings;
import io.countersign.sighting.Sightings;
import io.countersign.testing.NoOverview;
import io.countersign.tls.ListenerTls;
import io.countersign.transfer.Transfer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.jsse.ClientAuthentication;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The route files as they are shipped, in a context without a listener: admission is played, everything else is real. */
class ShippedRoutesTest extends CamelTestSupport {
    private static final String OWN_ROUTE = """
            - route:
                id: from-acme
                from:
                  uri: direct:from-acme
                  steps:
                    - to:
                        uri: mock:warehouse
            """;

    @TempDir
    private Path home;

    private final OwnRoute ownRoute = new OwnRoute();
    private final Refusals refusals = new Refusals();
    private final Refusing refusing = new Refusing();
    private final Names names = new Names(List.of(), Duration.ofSeconds(1));
    private final Problems problems = new Problems();
    private @Nullable Ledger ledger;

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withUseAdviceWith(true);
    }

    @Override
    protected CamelContext createCamelContext() throws Exception {
        CamelContext context = super.createCamelContext();
        var unused = SharedRegistry.under((DefaultRegistry) context.getRegistry());
        Properties free = new Properties();
        free.setProperty("countersign.port", "0");
        free.setProperty("countersign.operations-port", "0");
        Settings settings = Settings.gather(home, Map.of(), free, problems);
        context.getPropertiesComponent().setOverrideProperties(settings.placeholders());
        refusing.setRefusals(refusals);
        ledger = new Ledger("jdbc:sqlite:" + home.resolve("ledger.db"), "", "", "test");
        ledger.open();
        context.getRegistry().bind("ledger", ledger);
        context.getRegistry().bind("partners", new Partners(Clock.systemUTC()));
        context.getRegistry().bind("names", names);
        context.getRegistry().bind("sightings", new Sightings(Clock.systemUTC()));
        context.getRegistry().bind("refusal", refusing);
        context.getRegistry().bind("hasOwnRoute", ownRoute);
        PrometheusMeterRegistry metrics = Metrics.registry();
        context.getRegistry().bind("metrics", metrics);
        context.getRegistry().bind("tally", new TransferMetrics(metrics, Set::of));
        context.getRegistry()
                .bind(
                        "outboxes",
                        new OutboxGauges(metrics, new Folders(home, name -> true), Set::of, Clock.systemUTC()));
        Expiry expiry = new Expiry(List::of, Clock.systemUTC());
        context.getRegistry().bind("expiry", expiry);
        History history = new History(ledger, Clock.systemUTC());
        context.getRegistry()
                .bind("status", new Status(new NoOverview(), expiry, history, ledger, home, Clock.systemUTC()));
        context.getRegistry().bind("progress", (SendingFile.Progress) (file, sent, of) -> {});
        return context;
    }

    @AfterEach
    void close() {
        names.close();
        if (ledger != null) {
            ledger.close();
        }
    }

    static Stream<Path> shipped() throws Exception {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(Files::isRegularFile).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void everyFileLoadsAndSaysWhatItIsFor(Path file) throws Exception {
        RouteFiles files = new RouteFiles(context);
        files.load(RouteFile.in(Path.of("routes/templates"), problems), problems);
        files.load(
                RouteFile.in(java.util.Objects.requireNonNull(file.getParent()), problems).stream()
                        .filter(one -> file.toString().endsWith(one.name()) || one.comesFirst())
                        .toList(),
                problems);
        assertThat(problems.found()).isEmpty();
        assertThat(Files.readString(file)).matches("(?s)(# |<!--).+");
        assertThat(file.getFileName().toString()).matches("[a-z0-9-]+\\.camel\\.(yaml|xml)");
        for (RouteDefinition route : context.getCamelContextExtension()
                .getContextPlugin(org.apache.camel.model.Model.class)
                .getRouteDefinitions()) {
            assertThat(route.getRouteId()).matches("[a-z0-9-]+");
            assertThat(route.hasCustomIdAssigned()).as("%s has an id", route).isTrue();
        }
    }

    @Test
    void tlsRequiresClientsToAuthenticate() {
        load();
        ListenerTls tls = context.getRegistry().lookupByNameAndType("partnersTls", ListenerTls.class);
        assertThat(tls.clientAuthentication()).isEqualTo(ClientAuthentication.REQUIRE);
    }

    @Test
    void theSamplePartnersAreDescribedInYamlAndXml() {
        RouteFiles files = load();
        assertThat(files.partners().keySet()).containsExactly("acme", "globex");
        assertThat(context.getRegistry().findByTypeWithName(Partner.class)).containsOnlyKeys("acme", "globex");
        assertThat(files.withOwnRoute()).containsExactly("globex");
        assertThat(files.withOutbox()).containsExactlyInAnyOrder("acme", "globex");
    }

    @Test
    void aPayloadGoesToThePartnersInboxAndIsAnsweredByItsReceipt() throws Exception {
        start();
        Exchange answer = call("PUT", "/order.txt", "hello");
        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(201);
        assertThat(answer.getMessage().getHeader("Location", String.class)).contains("/receipts/");
        assertThat(answer.getMessage().getBody(String.class))
                .contains("\"partner\":\"acme\"", "\"name\":\"order.txt\"", "\"size\":5");
        assertThat(contents("data/inbox/acme")).containsExactly("hello");
        assertThat(contents("data/staging")).isEmpty();
        assertThat(contents("data/receipts/acme"))
                .containsExactly(answer.getMessage().getBody(String.class));
    }

    @Test
    void aRouteOfThePartnersOwnGoesBeforeTheInbox() throws Exception {
        start(OWN_ROUTE);
        MockEndpoint warehouse = getMockEndpoint("mock:warehouse");
        warehouse.expectedMessageCount(1);
        warehouse.message(0).body(String.class).isEqualTo("hello");
        warehouse.message(0).exchangeProperty("partner").isEqualTo("acme");
        assertThat(call("POST", "/order.txt", "hello").getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE))
                .isEqualTo(201);
        warehouse.assertIsSatisfied();
        assertThat(contents("data/inbox/acme")).isEmpty();
        assertThat(contents("data/receipts/acme")).hasSize(1);
    }

    @Test
    void aRouteOfThePartnersOwnThatFailsIsNoSuccess() throws Exception {
        start(
                OWN_ROUTE.replace(
                        "uri: mock:warehouse",
                        "uri: mock:warehouse\n        - throwException:\n            exceptionType: java.io.IOException\n            message: No space left on device"));
        Exchange answer = call("POST", "/order.txt", "hello");
        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(507);
        assertThat(answer.getMessage().getHeader("Retry-After")).isNotNull();
        assertThat(contents("data/receipts")).isEmpty();
        assertThat(contents("data/staging")).isEmpty();
    }

    @Test
    void theTemplateDeliversToItsFolder() throws Exception {
        start("""
                - templatedRoute:
                    routeId: from-acme
                    routeTemplateRef: deliver-to-folder
                    parameters:
                      - name: partner
                        value: acme
                      - name: folder
                        value: "{{countersign.data}}/elsewhere"
                """);
        assertThat(call("PUT", "/order.txt", "hello").getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE))
                .isEqualTo(201);
        assertThat(contents("data/elsewhere")).containsExactly("hello");
        assertThat(contents("data/inbox")).isEmpty();
    }

    @Test
    void twoFileEndpointsInARowBothGetThePayload() throws Exception {
        start("""
                - route:
                    id: from-acme
                    from:
                      uri: direct:from-acme
                      steps:
                        - to:
                            uri: file:{{countersign.data}}/one
                        - to:
                            uri: file:{{countersign.data}}/two
                """);
        assertThat(call("PUT", "/order.txt", "hello").getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE))
                .isEqualTo(201);
        assertThat(contents("data/one")).containsExactly("hello");
        assertThat(contents("data/two")).containsExactly("hello");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    '',             200, '\"partner\":\"acme\"'",
        "GET,    /,              200, '\"partner\":\"acme\"'",
        "GET,    /receipts/none, 404, not-found",
        "GET,    /order.txt,     404, not-found",
        "DELETE, /order.txt,     405, method-not-allowed",
        "HEAD,   '',             405, method-not-allowed",
        "PUT,    /..,            400, name-invalid",
    })
    void otherRequestsAreAnsweredOrRefused(String method, String path, int status, String body) throws Exception {
        start();
        Exchange answer = call(method, path, "");
        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class))
                .isEqualTo(status);
        assertThat(answer.getMessage().getBody(String.class)).contains(body);
        assertThat(contents("data/inbox")).isEmpty();
    }

    @Test
    void whoIsNotAdmittedGetsNoFurther() throws Exception {
        refused = Refusal.of(Code.CERTIFICATE_UNKNOWN, "nobody");
        start();
        Exchange answer = call("PUT", "/order.txt", "hello");
        assertThat(answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(403);
        assertThat(answer.getMessage().getHeader(Exchange.CONTENT_TYPE)).isEqualTo("application/problem+json");
        assertThat(refusals.events()).hasSize(1);
        assertThat(contents("data")).isEmpty();
    }

    private @org.jspecify.annotations.Nullable Refusal refused;

    private RouteFiles load(String... acmes) {
        RouteFiles files = new RouteFiles(context);
        for (String folder : List.of("routes/templates", "routes/partners")) {
            files.load(RouteFile.in(Path.of(folder), problems), problems);
        }
        List<RouteFile> rest = RouteFile.in(Path.of("routes"), problems);
        files.load(rest.stream().filter(RouteFile::comesFirst).toList(), problems);
        files.load(rest.stream().filter(file -> !file.comesFirst()).toList(), problems);
        for (String own : acmes) {
            files.load(List.of(new RouteFile("routes/partners/own.camel.yaml", own)), problems);
        }
        assertThat(problems.found()).isEmpty();
        return files;
    }

    private void start(String... acmes) throws Exception {
        ownRoute.use(Set.copyOf(load(acmes).withOwnRoute()));
        AdviceWith.adviceWith(
                context.getRouteDefinition("receive"), context, new org.apache.camel.builder.AdviceWithRouteBuilder() {
                    @Override
                    public void configure() {
                        replaceFromWith("direct:door");
                        weaveByToString(".*ref:admission.*").replace().process(exchange -> {
                            if (refused != null) {
                                throw refused;
                            }
                            exchange.setProperty(Transfer.PARTNER, "acme");
                            exchange.setProperty(
                                    Transfer.PROPERTY,
                                    new Transfer(Transfer.newId(Instant.now()), "acme", "ab", "127.0.0.1", 1_000));
                        });
                    }
                });
        for (String operators : List.of("page", "health", "metrics")) {
            AdviceWith.adviceWith(
                    context.getRouteDefinition(operators),
                    context,
                    new org.apache.camel.builder.AdviceWithRouteBuilder() {
                        @Override
                        public void configure() {
                            replaceFromWith("direct:operators-" + operators);
                        }
                    });
        }
        context.start();
    }

    private Exchange call(String method, String path, String body) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setHeader(Exchange.HTTP_METHOD, method);
        exchange.getMessage().setHeader(Exchange.HTTP_PATH, path);
        exchange.getMessage().setBody(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        Exchange ended = template.send("direct:door", exchange);
        if (ended.getException() != null) { // as the listener's binding does
            refusing.process(ended);
        }
        return ended;
    }

    private List<String> contents(String folder) throws Exception {
        Path start = home.resolve(folder);
        if (!Files.exists(start)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(start)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> {
                        try {
                            return Files.readString(file);
                        } catch (java.io.IOException failed) {
                            throw new java.io.UncheckedIOException(failed);
                        }
                    })
                    .toList();
        }
    }
}
