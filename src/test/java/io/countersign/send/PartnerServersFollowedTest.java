package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.settings.InvalidSettingsException;
import io.countersign.testing.Issue;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.ServerTls;
import io.countersign.testing.Step;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What partners' files say about sending, and changes of it while the service runs. */
class PartnerServersFollowedTest {
    private static final String FILE = "routes/partners/acme.camel.yaml";

    private static final String TEMPLATED = "- templatedRoute:\n    routeId: to-acme\n    routeTemplateRef: ";
    private static final List<String> BROKEN = List.of(
            "- route: [\n",
            TEMPLATED + "no-such-template\n",
            TEMPLATED + "send-to-partner\n",
            ToAcme.templated("minAge", "soon"),
            ToAcme.templated("doneFile", "done"),
            "- route:\n    id: to-acme\n    from:\n      uri: nonsense:x\n      steps:\n        - log:\n            message: x\n",
            "- route:\n    id: receive\n    from:\n      uri: direct:x\n      steps:\n        - log:\n            message: x\n");

    @TempDir
    private Path folder;

    private ToAcme to;

    @BeforeEach
    void describe() {
        to = new ToAcme(folder);
    }

    @AfterEach
    void stop() {
        to.close();
    }

    @Test
    void aUrlIsEnoughToBeSentTo() throws Exception {
        to.start();
        to.put("order", "order");
        to.awaitFiled("sent/acme", "order");
        assertOneWay();
    }

    @Test
    void aUrlComesChangesAndGoes() throws Exception {
        to.home.partner("acme", without("url"));
        to.start();
        to.put("1", "waits from before there is a url");
        assertThat(context().getRoute("to-acme")).isNull();
        to.described();
        to.awaitFiled("sent/acme", "1");
        try (ScriptedServer other = ScriptedServer.start(
                ServerTls.of(Issue.to("CN=other").dns("localhost").by(to.home.authority)))) {
            Map<String, String> moved = to.properties();
            moved.put("url", other.url("/elsewhere").toString());
            change(moved);
            to.put("2", "goes to the new address");
            to.awaitFiled("sent/acme", "1", "2");
            assertThat(other.seen()).hasSize(1);
            assertThat(other.seen().get(0).target()).isEqualTo("/elsewhere");
        }
        change(without("url"));
        Path waiting = to.put("3", "waits in the outbox");
        assertThat(context().getRoute("to-acme")).isNull();
        change(to.properties());
        to.awaitFiled("sent/acme", "1", "2", "3");
        assertThat(waiting).doesNotExist();
        assertThat(to.arrived()).containsExactly("1", "3");
        assertOneWay();
    }

    @Test
    void aFileThatIsToBeTriedAgainGoesToTheNewAddressUnderItsKey() throws Exception {
        to.acme.otherwise(Step.answer(503, Map.of(), ""));
        to.start();
        to.put("order", "order");
        Awaitility.await().until(() -> !to.told("unavailable").isEmpty());
        try (ScriptedServer other = ScriptedServer.start(
                ServerTls.of(Issue.to("CN=other").dns("localhost").by(to.home.authority)))) {
            Map<String, String> moved = to.properties();
            moved.put("url", other.url("/elsewhere").toString());
            change(moved);
            to.awaitFiled("sent/acme", "order");
            assertThat(other.seen()).hasSize(1);
            assertThat(other.seen().get(0).headers())
                    .containsEntry("idempotency-key", to.keys().get(0));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPartnerIsDisabledDeletedAndAddedAgain(boolean templated) throws Exception {
        String[] routes = templated ? new String[] {ToAcme.templated()} : new String[0];
        to.described(routes).start();
        to.put("1", "x");
        to.awaitFiled("sent/acme", "1");
        Map<String, String> disabled = to.properties();
        disabled.put("enabled", "false");
        change(disabled, routes);
        to.put("2", "x");
        to.described(routes);
        to.awaitFiled("sent/acme", "1", "2");
        Files.delete(to.home.folder.resolve(FILE));
        Awaitility.await()
                .until(() -> url() == null && to.service().service().partners().size() == 0);
        assertThat(context().getRoute("to-acme")).isNull();
        to.put("3", "x");
        to.described(routes);
        to.awaitFiled("sent/acme", "1", "2", "3");
        assertThat(to.arrived()).containsExactly("1", "2", "3");
        assertOneWay();
    }

    @Test
    void aRouteOfItsOwnTakesThePlaceOfTheDefaultAndGivesItBack() throws Exception {
        to.start();
        List<String> sent = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            awaitOrdered("true");
            sent.add("default-" + round);
            to.put("default-" + round, "x");
            to.awaitArrived(sent.toArray(String[]::new));
            to.described(ToAcme.templated("ordered", "false"));
            awaitOrdered("false");
            sent.add("own-" + round);
            to.put("own-" + round, "x");
            to.awaitArrived(sent.toArray(String[]::new));
            assertOneWay();
            to.described();
        }
        awaitOrdered("true");
        to.awaitTurn("last");
        sent.add("last");
        to.awaitFiled("sent/acme", sent.toArray(String[]::new));
        assertThat(to.arrived()).containsExactlyElementsOf(sent);
        assertThat(to.service().complaints()).isEmpty();
        assertOneWay();
    }

    @Test
    void aFileOnItsWayWhenItsRouteIsReplacedGoesOnce() throws Exception {
        CountDownLatch changed = new CountDownLatch(1);
        to.acme.then(Step.onRequest(request -> {
            await(changed);
            Step.accept().play().with(request);
        }));
        to.start();
        to.put("slow", "x");
        Awaitility.await().until(() -> to.acme.seen().size() == 1);
        to.described(ToAcme.templated("ordered", "false"));
        Awaitility.await()
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(10))
                .until(() -> to.acme.seen().size() == 1);
        changed.countDown();
        awaitOrdered("false");
        to.awaitTurn("later");
        assertThat(to.arrived()).containsExactly("slow", "later");
        assertThat(to.keys()).doesNotHaveDuplicates();
        to.awaitFiled("sent/acme", "slow", "later");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "      uri: file:{{countersign.data}}/outbox/acme\n",
                "      uri: file:{{countersign.data}}/outbox/acme?delete=true&idempotent=false\n",
                "      uri: file\n      parameters:\n        directoryName: '{{countersign.data}}/outbox/acme'\n",
            })
    void aRouteWrittenByHandIsTheOnlyOneToReadItsOutbox(String from) throws Exception {
        to.start();
        to.put("1", "x");
        to.awaitFiled("sent/acme", "1");
        to.described("- route:\n    id: by-hand\n    from:\n" + from
                + "      steps:\n        - to:\n            uri: file:{{countersign.data}}/elsewhere\n");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> context().getRoute("by-hand") != null);
        to.put("2", "x");
        to.awaitFiled("elsewhere", "2");
        assertThat(context().getRoute("to-acme")).isNull();
        assertOneWay();
        to.described();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> context().getRoute("by-hand") == null);
        to.put("3", "x");
        to.awaitFiled("sent/acme", "1", "3");
        assertThat(to.arrived()).containsExactly("1", "3");
        assertOneWay();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<templatedRoute routeId=\"to-acme\" routeTemplateRef=\"send-to-partner\">"
                        + "<parameter name=\"partner\" value=\"acme\"/></templatedRoute>",
            })
    void aPartnerDescribedInXmlIsSentToAsWell(String route) throws Exception {
        Files.delete(to.home.folder.resolve(FILE));
        to.start();
        to.put("order", "order");
        StringBuilder file = new StringBuilder(
                "<beans xmlns=\"http://camel.apache.org/schema/xml-io\">\n<bean name=\"acme\" type=\"io.countersign.partner.Partner\">\n<properties>\n");
        to.properties()
                .forEach((key, value) -> file.append("<property key=\"")
                        .append(key)
                        .append("\" value=\"")
                        .append(value)
                        .append("\"/>\n"));
        to.home.write("routes/partners/acme.camel.xml", file + "</properties>\n</bean>\n" + route + "</beans>\n");
        to.awaitFiled("sent/acme", "order");
        assertOneWay();
        Files.delete(to.home.folder.resolve("routes/partners/acme.camel.xml"));
        Awaitility.await().until(() -> url() == null);
        to.described();
        to.put("yaml", "x");
        to.awaitFiled("sent/acme", "order", "yaml");
        assertThat(to.arrived()).containsExactly("order", "yaml");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBrokenChangeLeavesSendingAsItWas(boolean templated) throws Exception {
        String[] routes = templated ? new String[] {ToAcme.templated("ordered", "false")} : new String[0];
        to.described(routes).start();
        List<String> sent = new ArrayList<>();
        for (String broken : BROKEN) {
            List<String> complaints = to.service().complaints();
            to.described(broken);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> !to.service().complaints().equals(complaints));
            sent.add("after-" + sent.size());
            to.awaitTurn(sent.get(sent.size() - 1));
            awaitOrdered(templated ? "false" : "true");
        }
        to.described(templated ? new String[0] : new String[] {ToAcme.templated("ordered", "false")});
        awaitOrdered(templated ? "true" : "false");
        assertThat(to.service().complaints()).isEmpty();
        sent.add("last");
        to.awaitTurn("last");
        to.awaitFiled("sent/acme", sent.toArray(String[]::new));
        assertThat(to.arrived()).containsExactlyElementsOf(sent);
        assertOneWay();
    }

    @Test
    void aBrokenUrlLeavesTheOldOne() throws Exception {
        to.start();
        Map<String, String> broken = to.properties();
        broken.put("url", "http://localhost/exchange");
        to.home.partner("acme", broken);
        awaitComplaint();
        assertThat(to.service().complaints()).hasSize(1).allMatch(why -> why.contains("acme") && why.contains("url"));
        to.awaitTurn("1");
        to.described();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> to.service().complaints().isEmpty());
        to.awaitTurn("2");
    }

    @Test
    void aRouteFromATemplateNeedsNoIdOfItsOwn() throws Exception {
        to.start();
        to.described(ToAcme.templated("ordered", "false").replace("    routeId: to-acme\n", ""));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> context().getRoute("to-acme") == null);
        to.awaitTurn("1");
        assertOneWay();
        to.described();
        awaitOrdered("true");
        to.awaitTurn("2");
        assertThat(to.arrived()).containsExactly("1", "2");
        assertOneWay();
    }

    @Test
    void twoPartnersHaveTheirOwnWays() throws Exception {
        to.start();
        Issue.to("CN=globex").by(to.home.authority).write(to.home.certificates(), "globex");
        Map<String, String> globex = to.properties();
        globex.put("certificates", "certificates/globex.crt");
        globex.put("url", to.acme.url("/globex").toString());
        to.home.partner("globex", globex);
        Path outbox = Files.createDirectories(to.home.data().resolve("outbox/globex"));
        Files.move(to.put(".order", "order"), outbox.resolve("order"));
        to.awaitFiled("sent/globex", "order");
        assertThat(to.acme.seen().get(0).target()).isEqualTo("/globex");
        Files.delete(to.home.folder.resolve("routes/partners/globex.camel.yaml"));
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> context().getRoute("to-globex") == null);
        to.awaitTurn("order-for-acme");
        to.awaitFiled("sent/acme", "order-for-acme");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url         | http://localhost/exchange",
                "url         | https://localhost/exchange?x=y",
                "url         | https://localhost/exchange#x",
                "url         | https://user@localhost/exchange",
                "url         | https://user:secret@localhost/exchange",
                "url         | https://localhost:0/exchange",
                "url         | https://localhost:70000/exchange",
                "url         | https:///exchange",
                "url         | https://localhost/a b",
                "url         | https://localhost/%2e%2e/x",
                "url         | https://localhost/$simple{body}",
                "url         | https://{host}/x",
                "url         | localhost",
                "url         | ''",
                "serverTrust | certificates/missing.crt",
                "serverTrust | certificates/acme.key",
                "serverTrust | ''",
                "certificate | certificates/acme.crt",
                "key         | certificates/acme.key",
                "verifyHost  | perhaps",
            })
    void whatCannotBeSentWithIsToldAtStart(String property, String value) {
        Map<String, String> wrong = to.properties();
        wrong.put(property, value);
        to.home.partner("acme", wrong);
        assertThatThrownBy(to::start)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("1 problem ")
                .hasMessageContaining("acme")
                .hasMessageContaining(property.equals("key") ? "certificate" : property)
                .satisfies(told -> assertThat(told.getMessage()).doesNotContain("secret"));
    }

    private Map<String, String> without(String property) {
        Map<String, String> properties = new HashMap<>(to.properties());
        properties.remove(property);
        return properties;
    }

    /** Changes acme's file, and waits until that is in force. */
    private void change(Map<String, String> properties, String... routes) {
        to.home.partner("acme", properties, routes);
        boolean enabled = !"false".equals(properties.get("enabled"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> Objects.equals(Objects.toString(url(), null), enabled ? properties.get("url") : null));
    }

    private @Nullable URI url() {
        return to.service().service().partners().url("acme");
    }

    /** Waits until the route to acme runs that was given this parameter. */
    private void awaitOrdered(String ordered) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
            RouteDefinition route = context()
                    .getCamelContextExtension()
                    .getContextPlugin(Model.class)
                    .getRouteDefinition("to-acme");
            return route != null
                    && route.getTemplateParameters() != null // while it is being made
                    && ordered.equals(route.getTemplateParameters().getOrDefault("ordered", "true"))
                    && context().getRouteController().getRouteStatus("to-acme") == ServiceStatus.Started;
        });
    }

    private void awaitComplaint() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> !to.service().complaints().isEmpty());
    }

    private void assertOneWay() {
        assertThat(context().getRoutes())
                .filteredOn(route -> route.getEndpoint().getEndpointUri().contains("/outbox/acme"))
                .hasSize(1);
    }

    private CamelContext context() {
        return to.service().service().context();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IOException("it took too long");
            }
        } catch (InterruptedException stopped) {
            throw new IOException(stopped);
        }
    }
}
