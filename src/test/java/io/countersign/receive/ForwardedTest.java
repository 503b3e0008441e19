package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.ProxyDoor;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proxies at 127.0.0.5 and 127.0.0.6 that end TLS, and say in a header of each request where it comes from. */
class ForwardedTest {
    private static final String PROXY = "127.0.0.5";
    private static final String OTHER = "127.0.0.9";

    @TempDir
    private static Path folder;

    private static TestHome home;
    private static Certified acme;
    private static Certified near;
    private static Certified proxy;
    private static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"));
        near = home.pinned("near");
        home.partner("near", Map.of("certificates", "certificates/near.crt", "addresses", "198.51.100.0/24"));
        proxy = Issue.to("CN=proxy").by(home.authority);
        proxy.write(home.certificates(), "proxy");
        home.set("countersign.proxies", "127.0.0.5, 127.0.0.6").set("countersign.without-proxy", "direct");
        home.write(
                "routes/behind-proxies.camel.yaml",
                ProxyDoor.yaml("x-forwarded-for", "certificates/proxy.crt")
                        + ProxyDoor.yaml("forwarded", "certificates/proxy.crt", "header: forwarded"));
        home.write("routes/box.camel.yaml", listener("box", "NONE", "x-forwarded-for"));
        service = RunningService.start(home);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            x-forwarded-for | X-Forwarded-For: 198.51.100.7                                         | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 198.51.100.7:4711                                    | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 2001:db8::7                                          | 2001:db8::7
            x-forwarded-for | X-Forwarded-For: [2001:db8::7]:4711                                   | 2001:db8::7
            x-forwarded-for | X-Forwarded-For: 1.1.1.1, 198.51.100.7                                | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: x y z, 198.51.100.7, 127.0.0.6                       | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 1.1.1.1 ~ X-Forwarded-For: 198.51.100.7              | 198.51.100.7
            x-forwarded-for | x-forwarded-FOR: 198.51.100.7 ~ X-Forwarded-For: 127.0.0.6            | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 127.0.0.6                                            | 127.0.0.6
            x-forwarded-for | Forwarded: for=1.1.1.1 ~ X-Forwarded-For: 198.51.100.7                | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 198.51.100.7 ~ X-Real-IP: 1.1.1.1                    | 198.51.100.7
            forwarded       | Forwarded: for=198.51.100.7                                           | 198.51.100.7
            forwarded       | Forwarded: for="[2001:db8::7]:4711";proto=https                       | 2001:db8::7
            forwarded       | Forwarded: for="1.1.1.1, for=198.51.100.7, For="127.0.0.6:80"         | 198.51.100.7
            forwarded       | Forwarded: for=1.1.1.1 ~ Forwarded: for=198.51.100.7                  | 198.51.100.7
            forwarded       | X-Forwarded-For: 1.1.1.1 ~ Forwarded: for=198.51.100.7                | 198.51.100.7
            """)
    void callersHaveTheAddressThatTheProxySays(String door, String sent, String address) throws Exception {
        Answer answer = ask(door, PROXY, acme, sent);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"partner\":\"acme\"", "\"address\":\"" + address + "\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            x-forwarded-for | X-Nothing: 1.1.1.1                                    | no X-Forwarded-For
            x-forwarded-for | Forwarded: for=198.51.100.7                           | no X-Forwarded-For
            x-forwarded-for | X-Forwarded-For: unknown                              | 'unknown' where an address
            x-forwarded-for | X-Forwarded-For: 198.51.100.7, unknown                | 'unknown' where an address
            x-forwarded-for | X-Forwarded-For: 198.51.100.7,                        | '' where an address
            x-forwarded-for | X-Forwarded-For: 198.51.100.7 ~ X-Forwarded-For:      | '' where an address
            x-forwarded-for | X-Forwarded-For: localhost                            | 'localhost' where an address
            forwarded       | X-Forwarded-For: 198.51.100.7                         | no Forwarded
            forwarded       | Forwarded: for=unknown                                | 'unknown' where an address
            forwarded       | Forwarded: for=198.51.100.7, for=_x                   | '_x' where an address
            forwarded       | Forwarded: for=198.51.100.7, proto=https              | without 'for'
            forwarded       | Forwarded: for=198.51.100.7:1                         | cannot be read
            """)
    void aProxyThatDoesNotSayWhoCallsIsRefused(String door, String sent, String reason) throws Exception {
        Answer answer = ask(door, PROXY, acme, sent);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .contains("address-not-allowed", "\"detail\":\"Where you call from is not known here.\"")
                .doesNotContain("127.0.0", "orwarded");
        Refused refused = refused(answer);
        assertThat(refused.reason())
                .startsWith("the proxy 127.0.0.5 does not say who calls: ")
                .contains(reason);
        assertThat(refused.caller().address()).isEqualTo(PROXY);
        assertThat(refused.caller().partner()).isEqualTo("-");
        assertThat(home.files("staging")).isEmpty();
    }

    @Test
    void whoComesFromElsewhereIsNotEvenHeard() {
        assertThatThrownBy(() -> ask("x-forwarded-for", OTHER, acme, "X-Forwarded-For: 198.51.100.7"))
                .isInstanceOf(IOException.class);
        Awaitility.await()
                .untilAsserted(() -> assertThat(service.refusals())
                        .anySatisfy(refused -> assertThat(refused.reason())
                                .isEqualTo("127.0.0.9 is not among the proxies (127.0.0.5, 127.0.0.6)")));
    }

    @Test
    void theAddressCountsAsAnyOther() throws Exception {
        assertThat(ask("x-forwarded-for", PROXY, near, "X-Forwarded-For: 198.51.100.7")
                        .status())
                .isEqualTo(200);
        Answer answer = ask("x-forwarded-for", PROXY, near, "X-Forwarded-For: 198.51.100.7, 192.0.2.7");
        assertThat(answer.body()).contains("address-not-allowed");
        assertThat(refused(answer).caller().address()).isEqualTo("192.0.2.7");
        assertThat(refused(answer).caller().partner()).isEqualTo("near");
    }

    @Test
    void whereNobodyIsAskedForACertificateProxiesSayWhereFromAndOthersCallForThemselves() throws Exception {
        assertThat(ask("box", PROXY, null, "X-Forwarded-For: 1.1.1.1, 198.51.100.7")
                        .body())
                .contains("\"partner\":\"anyone\"", "\"address\":\"198.51.100.7\"");
        Answer answer = ask("box", PROXY, null, "Forwarded: for=198.51.100.7");
        assertThat(answer.body()).contains("address-not-allowed");
        assertThat(refused(answer).reason())
                .isEqualTo("the proxy 127.0.0.5 does not say who calls: no X-Forwarded-For");
        for (String sent : new String[] {"X-Forwarded-For: 198.51.100.7", "X-Forwarded-For: ???", "Accept: */*"}) {
            assertThat(ask("box", OTHER, null, sent).body()).contains("\"address\":\"127.0.0.9\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"REQUIRE, x-forwarded-for", "REQUIRE, forwarded", "WANT, x-forwarded-for", "WANT, forwarded"})
    void whereCallersSpeakTlsWithUsWhatStandsInRequestsIsTheirOwnAndMustNotCount(
            String choice, String header, @TempDir Path other) {
        TestHome wrong = new TestHome(other).set("countersign.proxies", PROXY);
        wrong.write("routes/box.camel.yaml", listener("box", choice, header));
        assertThatThrownBy(() -> RunningService.start(wrong))
                .hasMessageContaining("the bean boxTls: its proxies say who calls by " + header
                        + ", which callers can write themselves, since clientAuthentication: " + choice
                        + " makes them speak TLS with us; accepted: ");
    }

    @Test
    void noChangeBringsThatAbout(@TempDir Path other) throws Exception {
        TestHome changing = new TestHome(other).set("countersign.proxies", PROXY);
        Certified partner = changing.pinned("partner");
        changing.write("routes/box.camel.yaml", listener("box", "NONE", "x-forwarded-for"));
        String proxies = changing.read("routes/proxies.camel.yaml");
        try (RunningService running = RunningService.start(changing)) {
            changing.write(
                    "routes/proxies.camel.yaml", proxies.replace("header: proxy-protocol", "header: x-forwarded-for"));
            changing.write("routes/box.camel.yaml", listener("box", "WANT", "x-forwarded-for"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(running.complaints())
                            .hasSize(2)
                            .allSatisfy(complaint -> assertThat(complaint)
                                    .contains("its proxies say who calls by x-forwarded-for, which callers can write"
                                            + " themselves")));
            Client client = Client.of(changing.authority.certificate(), partner);
            assertThatThrownBy(() ->
                            exchange(client, PROXY, ProxyDoor.port(running, "receive"), "X-Forwarded-For: 127.0.0.1"))
                    .isInstanceOf(IOException.class);
            assertThat(running.refusal().reason()).isEqualTo("does not begin with a PROXY header");
            assertThat(exchange(client, PROXY, ProxyDoor.port(running, "box"), "X-Forwarded-For: 198.51.100.7")
                            .body())
                    .contains("\"partner\":\"anyone\"", "\"address\":\"198.51.100.7\"");
        }
    }

    /** Admission has proxies of its own here, of which the TLS bean knows nothing. */
    @Test
    void norDoesAnAdmissionOfItsOwn(@TempDir Path other) throws Exception {
        TestHome apart = new TestHome(other);
        Certified partner = apart.pinned("partner");
        apart.write(
                "routes/box.camel.yaml",
                listener("box", "REQUIRE", "x-forwarded-for")
                        .replace("        proxies: \"#bean:boxProxies\" # TLS\n", ""));
        try (RunningService running = RunningService.start(apart)) {
            Client client = Client.of(apart.authority.certificate(), partner);
            assertThat(exchange(client, PROXY, ProxyDoor.port(running, "box"), "X-Forwarded-For: 127.0.0.1")
                            .body())
                    .contains("address-not-allowed");
            assertThat(running.refusal().reason())
                    .isEqualTo("the caller speaks TLS with us through the proxy 127.0.0.5, and can write itself what"
                            + " x-forwarded-for says");
        }
    }

    private static Answer ask(String door, String from, @Nullable Certified caller, String headers) throws Exception {
        Client client = Client.of(home.authority.certificate(), caller == null ? null : proxy);
        return exchange(
                client,
                from,
                ProxyDoor.port(service, door),
                headers + (caller == null ? "" : " ~ " + ProxyDoor.shown(caller).strip()));
    }

    private static Answer exchange(Client client, String from, int port, String headers) throws IOException {
        try (SSLSocket socket = client.connect(from, port)) {
            return Client.exchange(
                    socket,
                    "GET /exchange HTTP/1.1\r\nHost: localhost\r\n" + headers.replace(" ~ ", "\r\n") + "\r\n\r\n");
        }
    }

    private static Refused refused(Answer answer) {
        return service.refusals().stream()
                .filter(one -> answer.body().contains(one.id()))
                .findFirst()
                .orElseThrow();
    }

    private static String listener(String id, String choice, String header) {
        return """
                - beans:
                    - name: IDProxies
                      type: io.countersign.proxy.Proxies
                      properties:
                        addresses: "127.0.0.5, 127.0.0.6"
                        header: HEADER
                        others: direct
                    - name: IDTls
                      type: io.countersign.tls.ListenerTls
                      properties:
                        identity: "#bean:company"
                        trust: "#bean:partners"
                        proxies: "#bean:IDProxies" # TLS
                        clientAuthentication: CHOICE
                    - name: IDAdmission
                      type: io.countersign.admission.Admission
                      properties:
                        partners: "#bean:partners"
                        proxies: "#bean:IDProxies"
                        anyone: "true"
                - route:
                    id: ID
                    routeConfigurationId: refusals
                    streamCache: "false"
                    startupOrder: 100001
                    from:
                      uri: jetty:https://127.0.0.1:0/exchange
                      parameters:
                        sslContextParameters: "#IDTls"
                        httpBinding: "#asSent"
                      steps:
                        - process:
                            ref: IDAdmission
                        - process:
                            ref: whoCalls
                """.replace("ID", id).replace("HEADER", header).replace("CHOICE", choice);
    }
}
