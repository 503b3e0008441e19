package io.countersign.receive;

import static io.countersign.testing.ProxyBytes.bytes;
import static io.countersign.testing.ProxyBytes.bytesFrom;
import static io.countersign.testing.ProxyBytes.joined;
import static io.countersign.testing.ProxyBytes.text;
import static io.countersign.testing.ProxyBytes.textFrom;
import static io.countersign.testing.ProxyBytes.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A proxy at 127.0.0.5 that passes connections on, so that TLS is spoken with us, and says before where they come from. */
class ProxyProtocolTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String PUT =
            "PUT /exchange/order HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
    private static final String PROXY = "127.0.0.5";
    private static final String OTHER = "127.0.0.9";

    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private Client client;

    @BeforeEach
    void describe() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        home.partner(
                "acme", Map.of("certificates", "certificates/acme.crt", "addresses", "198.51.100.0/24, 2001:db8::/32"));
        client = Client.of(home.authority.certificate(), acme);
        home.set("countersign.proxies", PROXY);
    }

    static Stream<Arguments> callers() {
        return Stream.of("TLSv1.2", "TLSv1.3")
                .flatMap(protocol -> Stream.of(true, false)
                        .flatMap(whole -> Stream.of(
                                Arguments.of(protocol, whole, textFrom("198.51.100.7"), "198.51.100.7"),
                                Arguments.of(protocol, whole, textFrom("2001:db8::7"), "2001:db8::7"),
                                Arguments.of(protocol, whole, textFrom("::ffff:198.51.100.7"), "198.51.100.7"),
                                Arguments.of(protocol, whole, bytesFrom("198.51.100.7"), "198.51.100.7"),
                                Arguments.of(protocol, whole, bytesFrom("2001:db8::7"), "2001:db8::7"),
                                Arguments.of(protocol, whole, bytesFrom("::ffff:198.51.100.7"), "198.51.100.7"),
                                Arguments.of(
                                        protocol,
                                        whole,
                                        bytesFrom("198.51.100.7", value(4, new byte[2000])),
                                        "198.51.100.7"))));
    }

    @ParameterizedTest(name = "{0}, in one piece: {1}, {3}")
    @MethodSource("callers")
    void callersHaveTheAddressThatTheProxySays(String protocol, boolean whole, byte[] header, String address)
            throws Exception {
        try (RunningService service = RunningService.start(home);
                SSLSocket socket = client.connect(PROXY, service.port(), header, whole, protocol)) {
            for (int i = 0; i < 3; i++) { // one header, several requests
                Answer answer = Client.exchange(socket, i == 1 ? PUT : WHO);
                assertThat(answer.status()).as(answer.body()).isEqualTo(i == 1 ? 201 : 200);
                assertThat(answer.body()).contains("\"partner\":\"acme\"", "\"address\":\"" + address + "\"");
            }
            assertThat(service.refusals()).isEmpty();
        }
    }

    @Test
    void refusalsHaveItToo() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            try (SSLSocket socket = client.connect(PROXY, service.port(), textFrom("192.0.2.7"), true)) {
                assertThat(Client.exchange(socket, WHO).body()).contains("address-not-allowed");
                assertThat(service.refusal().caller().address()).isEqualTo("192.0.2.7");
                assertThat(service.refusal().reason()).contains("192.0.2.7 is not among the partner's addresses");
            }
            Certified stranger = Issue.to("CN=stranger").by(home.authority);
            try (SSLSocket socket = Client.of(home.authority.certificate(), stranger)
                    .connect(PROXY, service.port(), bytesFrom("2001:db8::7"), true)) {
                assertThat(Client.exchange(socket, WHO).body()).contains("certificate-unknown");
                assertThat(service.refusals().get(0).caller().address()).isEqualTo("2001:db8::7");
                assertThat(Client.exchange(socket, "GET /exchange/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                .status())
                        .isEqualTo(400);
                assertThat(service.refusals().get(0).caller().address()).isEqualTo("2001:db8::7");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2", "TLSv1.3"})
    void handshakesThatFailHaveItToo(String protocol) throws Exception {
        try (RunningService service = RunningService.start(home)) {
            assertThatThrownBy(() -> {
                        try (SSLSocket socket = Client.of(home.authority.certificate(), null)
                                .connect(PROXY, service.port(), bytesFrom("198.51.100.7"), true, protocol)) {
                            Client.exchange(socket, WHO);
                        }
                    })
                    .isInstanceOf(IOException.class);
            Refused refused = service.refusal();
            assertThat(refused.code()).isEqualTo("handshake");
            assertThat(refused.reason()).contains("Empty client certificate chain");
            assertThat(refused.caller().address()).isEqualTo("198.51.100.7");
        }
    }

    static Stream<Arguments> wrong() {
        byte[] header = textFrom("198.51.100.7");
        byte[] summed = bytesFrom("198.51.100.7", value(3, (byte) 1, (byte) 2, (byte) 3, (byte) 4));
        return Stream.of(
                Arguments.of("none", new byte[0], PROXY, "does not begin with a PROXY header"),
                Arguments.of(
                        "garbage", "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), PROXY, "not begin"),
                Arguments.of("twice", joined(header, header), "198.51.100.7", "a second PROXY header"),
                Arguments.of("v2 twice", joined(header, bytesFrom("1.1.1.1")), "198.51.100.7", "a second PROXY header"),
                Arguments.of("a name", text("PROXY TCP4 localhost 127.0.0.1 1 2"), PROXY, "'localhost' is no IPv4"),
                Arguments.of("too long", text("PROXY UNKNOWN " + "x".repeat(100)), PROXY, "at most 107 bytes"),
                Arguments.of("UDP", bytes(0x21, 0x12, new byte[12]), PROXY, "for family 1 and transport 2"),
                Arguments.of("UNIX", bytes(0x21, 0x31, new byte[216]), PROXY, "for family 3 and transport 1"),
                Arguments.of("a wrong checksum", summed, PROXY, "checksum is not that of its bytes"),
                Arguments.of(
                        "64 KiB", bytes(0x21, 0x11, new byte[65_535]), PROXY, "of 65551 bytes; accepted: at most"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void aProxyThatDoesNotSayWhoCallsIsRefused(String name, byte[] header, String address, String reason)
            throws Exception {
        try (RunningService service = RunningService.start(home)) {
            for (boolean whole : new boolean[] {true, false}) {
                int before = service.refusals().size();
                assertRefused(service, before, PROXY, header, whole, address, reason);
            }
        }
    }

    /** Else whoever may call from the proxy's network could call from anywhere. */
    @Test
    void requestsOfAProxyWhoseHeaderNamesNobodyAreRefused() throws Exception {
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "127.0.0.0/8"));
        try (RunningService service = RunningService.start(home)) {
            for (byte[] header :
                    new byte[][] {text("PROXY UNKNOWN"), bytes(0x20, 0, new byte[0]), bytes(0x21, 0, new byte[0])}) {
                try (SSLSocket socket = client.connect(PROXY, service.port(), header, true)) {
                    assertNamesNobody(service, socket);
                }
            }
        }
    }

    @Test
    void aHeaderThatNamesAnAddressOfTheProxysOwnNamesSomebody() throws Exception {
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "127.0.0.0/8"));
        try (RunningService service = RunningService.start(home);
                SSLSocket socket = client.connect(PROXY, service.port(), textFrom(PROXY), true)) {
            assertThat(Client.exchange(socket, WHO).body()).contains("\"address\":\"127.0.0.5\"");
        }
    }

    /** As curl does, and HAProxy in its checks. */
    @Test
    void aHeaderThatNamesTheProxysOwnEndOfTheConnectionNamesSomebody() throws Exception {
        Command.assumeInstalled("curl");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "127.0.0.0/8"));
        try (RunningService service = RunningService.start(home)) {
            String answer = Command.run(
                            folder,
                            List.of(
                                    "curl",
                                    "-sS",
                                    "--interface",
                                    PROXY,
                                    "--haproxy-protocol",
                                    "--cacert",
                                    "certificates/ca.crt",
                                    "--cert",
                                    "certificates/acme.crt",
                                    "--key",
                                    "certificates/acme.key",
                                    "https://127.0.0.1:" + service.port() + "/exchange"))
                    .output();
            assertThat(answer).contains("\"partner\":\"acme\"", "\"address\":\"127.0.0.5\"");
        }
    }

    @Test
    void aConnectionFromBeforeItsEndWasAProxysNamesNobody() throws Exception {
        home.set("countersign.proxies", "");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"));
        String beans = home.read("routes/proxies.camel.yaml");
        try (RunningService service = RunningService.start(home);
                SSLSocket open = client.connect(PROXY, service.port())) {
            assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
            home.write("routes/proxies.camel.yaml", beans.replace("{{countersign.proxies}}", PROXY));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> Client.exchange(open, WHO).status() == 403);
            assertNamesNobody(service, open);
        }
    }

    private static void assertNamesNobody(RunningService service, SSLSocket socket) throws IOException {
        Answer answer = Client.exchange(socket, WHO);
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).contains("address-not-allowed", "Where you call from is not known here.");
        assertThat(service.refusals().get(0).reason())
                .isEqualTo("the proxy 127.0.0.5 does not say who calls: its PROXY header names nobody");
    }

    /** Whatever they ask by, a handshake above all. */
    @Test
    void aProxyThatAsksAndSendsNoRequestIsNotRecorded() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            for (byte[] header :
                    new byte[][] {text("PROXY UNKNOWN"), bytes(0x20, 0, new byte[0]), bytes(0x21, 0, new byte[0])}) {
                try (Socket plain = new Socket()) {
                    plain.bind(new InetSocketAddress(InetAddress.getByName(PROXY), 0));
                    plain.connect(new InetSocketAddress("127.0.0.1", service.port()));
                    plain.getOutputStream().write(header);
                    plain.shutdownOutput();
                    assertThat(plain.getInputStream().read()).isEqualTo(-1);
                }
                for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
                    client.connect(PROXY, service.port(), header, true, protocol)
                            .close();
                }
            }
            assertRefused(service, 0, PROXY, new byte[0], true, PROXY, "does not begin");
            assertThat(service.refusals()).as("the one of the last").hasSize(1);
        }
    }

    @Test
    void aProxyThatAsksWhetherWeAreThereIsNotRecorded() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            try (Socket plain = new Socket()) {
                plain.bind(new InetSocketAddress(InetAddress.getByName(PROXY), 0));
                plain.connect(new InetSocketAddress("127.0.0.1", service.port()));
                plain.shutdownOutput();
                assertThat(plain.getInputStream().read()).isEqualTo(-1);
            }
            assertRefused(service, 0, PROXY, new byte[0], true, PROXY, "does not begin");
            assertThat(service.refusals()).as("the one of the second").hasSize(1);
        }
    }

    /** Proxies can also ask by a handshake, in which they show no certificate. */
    @Test
    void aProxyThatAsksByAHandshakeIsNotRecorded() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            for (byte[] header : new byte[][] {text("PROXY UNKNOWN"), bytes(0x20, 0, new byte[0])}) {
                for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
                    assertTurnedAway(service, null, header, protocol);
                }
            }
            Certified stranger = Issue.to("CN=stranger").selfSigned();
            assertTurnedAway(service, stranger, text("PROXY UNKNOWN"), "TLSv1.3");
            assertThat(service.refusal().caller().certificate())
                    .as("a certificate that is refused is worth a line")
                    .isEqualTo(stranger.fingerprint());
            assertThat(service.refusals()).hasSize(1);
        }
    }

    private void assertTurnedAway(RunningService service, @Nullable Certified shown, byte[] header, String protocol) {
        assertThatThrownBy(() -> {
                    try (SSLSocket socket = Client.of(home.authority.certificate(), shown)
                            .connect(PROXY, service.port(), header, true, protocol)) {
                        Client.exchange(socket, WHO);
                    }
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void whoComesFromElsewhereIsRefused() throws Exception {
        try (RunningService service = RunningService.start(home)) {
            for (byte[] header : new byte[][] {{}, textFrom("198.51.100.7"), bytesFrom("198.51.100.7")}) {
                int before = service.refusals().size();
                assertRefused(service, before, OTHER, header, true, OTHER, "127.0.0.9 is not among the proxies");
            }
        }
    }

    @Test
    void whoComesFromElsewhereIsADirectCallerWhereThatIsWelcome() throws Exception {
        home.set("countersign.without-proxy", "direct");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", OTHER));
        try (RunningService service = RunningService.start(home)) {
            try (SSLSocket socket = client.connect(OTHER, service.port())) {
                assertThat(Client.exchange(socket, WHO).body()).contains("\"address\":\"127.0.0.9\"");
            }
            try (SSLSocket socket = client.connect(PROXY, service.port(), textFrom(OTHER), true)) {
                assertThat(Client.exchange(socket, WHO).body()).contains("\"address\":\"127.0.0.9\"");
            }
            assertHeaderRefused(service);
        }
    }

    @Test
    void withoutProxiesNobodyMaySendAHeader() throws Exception {
        home.set("countersign.proxies", "").set("countersign.without-proxy", "refuse");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", OTHER));
        try (RunningService service = RunningService.start(home)) {
            try (SSLSocket socket = client.connect(OTHER, service.port())) {
                assertThat(Client.exchange(socket, WHO).body()).contains("\"address\":\"127.0.0.9\"");
            }
            assertHeaderRefused(service);
        }
    }

    private void assertHeaderRefused(RunningService service) throws Exception {
        for (byte[] header : new byte[][] {textFrom("198.51.100.7"), bytesFrom("198.51.100.7")}) {
            for (boolean whole : new boolean[] {true, false}) {
                int before = service.refusals().size();
                assertRefused(
                        service,
                        before,
                        OTHER,
                        header,
                        whole,
                        OTHER,
                        "begins with a PROXY header, and 127.0.0.9 is not among the proxies");
            }
        }
    }

    @Test
    void otherProxiesTakeEffectWithoutClosingTheListener() throws Exception {
        home.set("countersign.without-proxy", "direct");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"));
        String beans = home.read("routes/proxies.camel.yaml");
        try (RunningService service = RunningService.start(home);
                SSLSocket through = client.connect(PROXY, service.port(), textFrom("198.51.100.7"), true);
                SSLSocket direct = client.connect(OTHER, service.port())) {
            int port = service.port();
            assertThat(Client.exchange(through, WHO).status()).isEqualTo(200);
            assertThat(Client.exchange(direct, WHO).status()).isEqualTo(200);
            home.write("routes/proxies.camel.yaml", beans.replace("{{countersign.proxies}}", OTHER));
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                assertThat(service.complaints()).isEmpty();
                try (SSLSocket socket = client.connect(OTHER, port, textFrom("198.51.100.8"), true)) {
                    return Client.exchange(socket, WHO).body().contains("\"address\":\"198.51.100.8\"");
                } catch (IOException notYet) {
                    return false;
                }
            });
            try (SSLSocket socket = client.connect(PROXY, port)) {
                assertThat(Client.exchange(socket, WHO).body()).contains("\"address\":\"127.0.0.5\"");
            }
            Answer unnamed = Client.exchange(direct, WHO);
            assertThat(unnamed.status())
                    .as("the connection is open, the listener the same, and its end a proxy's")
                    .isEqualTo(403);
            assertThat(service.refusals().get(0).reason())
                    .isEqualTo("the proxy 127.0.0.9 does not say who calls: its PROXY header names nobody");
            Answer turnedAway = Client.exchange(through, WHO);
            assertThat(turnedAway.status())
                    .as("whom nobody vouches for any more")
                    .isEqualTo(403);
            assertThat(turnedAway.body()).contains("address-not-allowed", "Where you call from is not known here.");
            assertThat(service.refusals().get(0).reason()).isEqualTo("127.0.0.5 is not among the proxies (127.0.0.9)");
            assertThat(service.complaints()).isEmpty();
        }
    }

    private void assertRefused(
            RunningService service,
            int before,
            String from,
            byte[] header,
            boolean whole,
            String address,
            String reason) {
        assertThatThrownBy(() -> {
                    try (SSLSocket socket = client.connect(from, service.port(), header, whole)) {
                        Client.exchange(socket, WHO);
                    }
                })
                .isInstanceOf(IOException.class);
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> service.refusals().size() > before);
        Refused refused = service.refusals().get(0);
        assertThat(refused.code()).isEqualTo("handshake");
        assertThat(refused.reason()).contains(reason);
        assertThat(refused.caller().address()).isEqualTo(address);
        assertThat(refused.caller().partner()).isEqualTo("-");
    }
}
