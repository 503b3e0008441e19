package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.NameServer;
import io.countersign.testing.ProxyBytes;
import io.countersign.testing.ProxyDoor;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who and where a caller is behind proxies, for every check of the address, way of saying it and family; and that nothing that
 * a caller writes himself changes either. Proxies are 127.0.1.0/24 and 203.0.113.200. On the partners' own listener they pass
 * connections on, and others are taken as they are; the other doors are for proxies that end TLS, and nobody else.
 */
class WhereFromBehindProxyTest {
    /**
     * door: the partners' own (main), or one of the template whose proxies say who calls by X-Forwarded-For (xff) or Forwarded
     * (fwd), and in Client-Cert that it is the partner. says: what goes before TLS, as v1 or v2. headers: Forwarded (F),
     * X-Forwarded-For (X), X-Real-IP (R) and Client-Cert (C, of another partner), each with its lines.
     */
    private static final String TABLE = """
            door  | from      | says before TLS              | headers                                     | partner | address, or why not
            main  | 127.0.1.1 | v1 203.0.113.7               | -                                           | list    | 203.0.113.7
            main  | 127.0.1.1 | v2 203.0.113.7               | -                                           | list    | 203.0.113.7
            main  | 127.0.1.9 | v1 2001:db8:0::7             | -                                           | list    | 2001:db8::7
            main  | 127.0.1.9 | v2 2001:db8::7               | -                                           | list    | 2001:db8::7
            main  | 127.0.1.1 | v1 ::ffff:203.0.113.7        | -                                           | list    | 203.0.113.7
            main  | 127.0.1.1 | v2 ::ffff:203.0.113.7        | -                                           | list    | 203.0.113.7
            main  | 127.0.1.1 | v1 198.51.100.7              | -                                           | list    | ! 198.51.100.7 is not among the partner's addresses: 203.0.113.0/24, 2001:db8::/32
            main  | 127.0.1.1 | v2 2001:db9::7               | -                                           | list    | ! 2001:db9::7 is not among the partner's addresses: 203.0.113.0/24, 2001:db8::/32
            main  | 127.0.1.1 | v2 203.0.113.7               | -                                           | cert    | 203.0.113.7
            main  | 127.0.1.1 | v2 203.0.113.8               | -                                           | cert    | 203.0.113.8
            main  | 127.0.1.1 | v2 2001:db8::7               | -                                           | cert    | 2001:db8::7
            main  | 127.0.1.1 | v2 203.0.113.9               | -                                           | cert    | ! 203.0.113.9 is not an address in the certificate (203.0.113.8); 203.0.113.9 is not an address of gw.example (203.0.113.7)
            main  | 127.0.1.1 | v1 2001:db8::8               | -                                           | cert    | ! 2001:db8::8 is not an address of gw.example (2001:db8::7)
            main  | 127.0.1.1 | v2 203.0.113.7               | -                                           | wild    | 203.0.113.7
            main  | 127.0.1.1 | v2 2001:db8::7               | -                                           | wild    | 2001:db8::7
            main  | 127.0.1.1 | v2 203.0.113.9               | -                                           | wild    | ! 203.0.113.9 has no reverse name (NXDOMAIN)
            main  | 127.0.1.1 | v2 203.0.113.7               | -                                           | both    | 203.0.113.7
            main  | 127.0.1.1 | v2 203.0.113.9               | -                                           | both    | ! 203.0.113.9 is not an address of gw.example (203.0.113.7)
            main  | 127.0.1.1 | v2 198.51.100.7              | -                                           | either  | 198.51.100.7
            main  | 127.0.1.1 | v2 203.0.113.7               | -                                           | either  | 203.0.113.7
            main  | 127.0.1.1 | v2 203.0.113.9               | -                                           | either  | ! 203.0.113.9 is not among the partner's addresses: 198.51.100.0/24; 203.0.113.9 is not an address of gw.example
            main  | 127.0.1.1 | v2 203.0.113.7               | -                                           | near    | ! 203.0.113.7 is not among the partner's addresses: 127.0.0.0/16
            main  | 127.0.0.5 | -                            | -                                           | near    | 127.0.0.5
            main  | 127.0.0.5 | -                            | -                                           | list    | ! 127.0.0.5 is not among the partner's addresses
            main  | 127.0.1.1 | -                            | -                                           | near    | !! does not begin with a PROXY header
            main  | 127.0.1.1 | v1 203.0.113.7+v1 127.0.0.5  | -                                           | near    | !! has a second PROXY header behind the first
            main  | 127.0.1.1 | v1 198.51.100.7+v2 203.0.113.7 | -                                         | list    | !! has a second PROXY header behind the first
            main  | 127.0.1.1 | v2 198.51.100.7+v1 203.0.113.7 | -                                         | list    | !! has a second PROXY header behind the first
            main  | 127.0.0.5 | v1 203.0.113.7               | -                                           | list    | !! begins with a PROXY header, and 127.0.0.5 is not among the proxies
            main  | 127.0.0.5 | v2 203.0.113.7               | -                                           | list    | !! begins with a PROXY header, and 127.0.0.5 is not among the proxies
            main  | 127.0.1.1 | v2 198.51.100.7              | X 203.0.113.7                               | list    | ! 198.51.100.7 is not among the partner's addresses
            main  | 127.0.1.1 | v2 198.51.100.7              | F for=203.0.113.7                           | list    | ! 198.51.100.7 is not among the partner's addresses
            main  | 127.0.1.1 | v2 203.0.113.7               | X 127.0.0.5 & F for=127.0.0.5 & R 127.0.0.5 & C | list | 203.0.113.7
            main  | 127.0.0.5 | -                            | X 203.0.113.7 & F for=203.0.113.7 & R 203.0.113.7 & C | list | ! 127.0.0.5 is not among the partner's addresses
            main  | 127.0.0.5 | -                            | X 203.0.113.7 & F for=203.0.113.7 & R 203.0.113.7 & C | near | 127.0.0.5
            main  | 127.0.1.1 | v2 198.51.100.7              | R 203.0.113.7                               | list    | ! 198.51.100.7 is not among the partner's addresses
            main  | 127.0.1.1 | v1 198.51.100.7              | X 203.0.113.7, 127.0.1.5 & F for=203.0.113.7, for=127.0.1.5 & R 203.0.113.7 & C | list | ! 198.51.100.7 is not among the partner's addresses
            main  | 127.0.1.1 | v1 198.51.100.7              | X 203.0.113.7 & X 203.0.113.7               | cert    | ! 198.51.100.7 is not an address in the certificate (203.0.113.8)
            main  | 127.0.1.1 | v2 203.0.113.7               | X garbage & F garbage & R garbage & C       | cert    | 203.0.113.7
            main  | 127.0.1.1 | -                            | X 203.0.113.7 & F for=203.0.113.7           | list    | !! does not begin with a PROXY header
            main  | 127.0.0.5 | -                            | F for=203.0.113.7                           | list    | ! 127.0.0.5 is not among the partner's addresses
            main  | 127.0.0.5 | -                            | X 203.0.113.7                               | list    | ! 127.0.0.5 is not among the partner's addresses
            main  | 127.0.0.5 | -                            | R 203.0.113.7                               | list    | ! 127.0.0.5 is not among the partner's addresses
            main  | 127.0.0.5 | -                            | X 127.0.1.1 & F for=127.0.1.1 & R 127.0.1.1 | near    | 127.0.0.5
            main  | 127.0.0.5 | -                            | X 203.0.113.7, 127.0.1.1                    | cert    | ! 127.0.0.5 is not an address in the certificate
            xff   | 127.0.1.1 | -                            | X 203.0.113.7                               | list    | 203.0.113.7
            xff   | 127.0.1.1 | -                            | X 2001:DB8:0:0::7                           | list    | 2001:db8::7
            xff   | 127.0.1.1 | -                            | X [2001:db8::7]:4711                        | list    | 2001:db8::7
            xff   | 127.0.1.1 | -                            | X 203.0.113.7:4711                          | list    | 203.0.113.7
            xff   | 127.0.1.1 | -                            | X ::ffff:203.0.113.7                        | list    | 203.0.113.7
            xff   | 127.0.1.1 | -                            | X fe80::7%eth0                              | list    | ! fe80::7 is not among the partner's addresses
            xff   | 127.0.1.1 | -                            | X 203.0.113.7, 127.0.1.5                    | list    | 203.0.113.7
            xff   | 127.0.1.1 | -                            | X 203.0.113.7, 203.0.113.200, 127.0.1.5     | list    | 203.0.113.7
            xff   | 127.0.1.1 | -                            | X 203.0.113.7 & X 198.51.100.7              | list    | ! 198.51.100.7 is not among the partner's addresses
            xff   | 127.0.1.1 | -                            | X 198.51.100.7 & X 203.0.113.7              | list    | 203.0.113.7
            xff   | 127.0.1.1 | -                            | X 203.0.113.7, 198.51.100.7                 | list    | ! 198.51.100.7 is not among the partner's addresses
            xff   | 127.0.1.1 | -                            | X garbage, unknown, 203.0.113.7             | list    | 203.0.113.7
            xff   | 127.0.1.1 | -                            | X 203.0.113.7, unknown, 127.0.1.5           | list    | ! the proxy 127.0.1.1 does not say who calls: X-Forwarded-For has 'unknown' where an address should be
            xff   | 127.0.1.1 | -                            | X 203.0.113.7,                              | list    | ! the proxy 127.0.1.1 does not say who calls
            xff   | 127.0.1.1 | -                            | -                                           | near    | ! the proxy 127.0.1.1 does not say who calls: no X-Forwarded-For
            xff   | 127.0.1.1 | -                            | F for=203.0.113.7 & R 203.0.113.7           | list    | ! the proxy 127.0.1.1 does not say who calls: no X-Forwarded-For
            xff   | 127.0.1.1 | -                            | X 198.51.100.7 & F for=203.0.113.7 & R 203.0.113.7 | list | ! 198.51.100.7 is not among the partner's addresses
            xff   | 127.0.1.1 | -                            | X 203.0.113.7 & F for=127.0.0.5 & R 127.0.0.5 | cert | 203.0.113.7
            xff   | 127.0.0.5 | -                            | X 203.0.113.7 & F for=203.0.113.7           | list    | !! 127.0.0.5 is not among the proxies
            xff   | 127.0.0.5 | -                            | X 203.0.113.7 & R 203.0.113.7           | near    | !! 127.0.0.5 is not among the proxies
            xff   | 127.0.1.1 | v1 203.0.113.7               | X 203.0.113.7                               | list    | !! begins with a PROXY header, and the proxies say who calls by x-forwarded-for
            xff   | 127.0.1.1 | -                            | X 2001:db8::7                               | wild    | 2001:db8::7
            xff   | 127.0.1.1 | -                            | X 203.0.113.9                               | both    | ! 203.0.113.9 is not an address of gw.example (203.0.113.7)
            fwd   | 127.0.1.1 | -                            | F for=203.0.113.7                           | list    | 203.0.113.7
            fwd   | 127.0.1.1 | -                            | F For="[2001:db8::7]:4711";proto=https      | list    | 2001:db8::7
            fwd   | 127.0.1.1 | -                            | F by=127.0.1.1;for="203.0.113.7:80"         | cert    | 203.0.113.7
            fwd   | 127.0.1.1 | -                            | F for=203.0.113.7, for=127.0.1.5            | both    | 203.0.113.7
            fwd   | 127.0.1.1 | -                            | F for=127.0.0.5 & F for=203.0.113.7         | list    | 203.0.113.7
            fwd   | 127.0.1.1 | -                            | F for=127.0.0.5, for=198.51.100.7           | either  | 198.51.100.7
            fwd   | 127.0.1.1 | -                            | F for=203.0.113.7, for=198.51.100.7         | list    | ! 198.51.100.7 is not among the partner's addresses
            fwd   | 127.0.1.1 | -                            | F for=203.0.113.7, for=_hidden              | list    | ! the proxy 127.0.1.1 does not say who calls: Forwarded has '_hidden' where an address should be
            fwd   | 127.0.1.1 | -                            | F for="203.0.113.7, for=198.51.100.7        | list    | ! 198.51.100.7 is not among the partner's addresses
            fwd   | 127.0.1.1 | -                            | F proto=https                               | near    | ! the proxy 127.0.1.1 does not say who calls: Forwarded has an element without 'for'
            fwd   | 127.0.1.1 | -                            | X 203.0.113.7 & R 203.0.113.7               | list    | ! the proxy 127.0.1.1 does not say who calls: no Forwarded
            fwd   | 127.0.1.1 | -                            | F for=198.51.100.7 & X 203.0.113.7      | list    | ! 198.51.100.7 is not among the partner's addresses
            fwd   | 127.0.0.5 | -                            | F for=203.0.113.7                           | list    | !! 127.0.0.5 is not among the proxies
            fwd   | 127.0.0.5 | -                            | F for=203.0.113.7                       | near    | !! 127.0.0.5 is not among the proxies
            """;

    private static final Map<String, String> ROUTES = Map.of("main", "receive", "xff", "xff", "fwd", "fwd");

    @TempDir
    private static Path folder;

    private static final NameServer NAMES = NameServer.start();
    private static final Map<String, Certified> PARTNERS = new HashMap<>();
    private static TestHome home;
    private static Certified proxy;
    private static RunningService service;

    record Case(String door, String from, String before, String headers, String partner, String expected) {
        boolean endsBeforeTls() {
            return expected.startsWith("!!");
        }

        boolean isOnPartnersListener() {
            return door.equals("main");
        }

        boolean isAdmitted() {
            return !expected.startsWith("!");
        }

        String reason() {
            return expected.replaceFirst("^!+ ", "");
        }

        byte[] bytes() {
            byte[] all = new byte[0];
            for (String header : before.equals("-") ? new String[0] : before.split("\\+")) {
                String address = header.substring(3);
                all = ProxyBytes.joined(
                        all, header.startsWith("v1") ? ProxyBytes.textFrom(address) : ProxyBytes.bytesFrom(address));
            }
            return all;
        }

        String lines() {
            StringBuilder lines = new StringBuilder();
            for (String header : headers.equals("-") ? new String[0] : headers.split(" & ")) {
                String value = header.substring(1).strip();
                lines.append(
                        switch (header.charAt(0)) {
                            case 'X' -> "X-Forwarded-For: " + value + "\r\n";
                            case 'F' -> "Forwarded: " + value + "\r\n";
                            case 'R' -> "X-Real-IP: " + value + "\r\n";
                            default ->
                                ProxyDoor.shown(certified("either")) + "Client-Cert-Chain: "
                                        + ProxyDoor.member(certified("list").certificate()) + "\r\n";
                        });
            }
            return (isOnPartnersListener() ? "" : ProxyDoor.shown(certified(partner))) + lines;
        }

        @Override
        public String toString() {
            return String.join(" | ", door, from, before, headers, partner, expected);
        }
    }

    static Stream<Case> cases() {
        return TABLE.lines().skip(1).map(line -> {
            String[] cells = line.strip().split("\\s*\\|\\s*");
            return new Case(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]);
        });
    }

    @BeforeAll
    static void start() throws Exception {
        NAMES.host("gw.example", Duration.ofHours(1), "203.0.113.7", "2001:db8::7")
                .reverse("203.0.113.7", "gw.wild.example")
                .reverse("2001:db8::7", "gw.wild.example")
                .host("gw.wild.example", Duration.ofHours(1), "203.0.113.7", "2001:db8::7");
        home = new TestHome(folder)
                .set("countersign.dns-servers", NAMES.setting())
                .set("countersign.proxies", "127.0.1.0/24, 203.0.113.200")
                .set("countersign.without-proxy", "direct");
        describe("list", Issue.to("CN=list"), "listed", "203.0.113.0/24, 2001:db8::/32");
        describe("near", Issue.to("CN=near"), "listed", "127.0.0.0/16");
        describe("cert", Issue.to("CN=cert").dns("gw.example").ip("203.0.113.8"), "certificate", "");
        describe("wild", Issue.to("CN=wild").dns("*.wild.example"), "certificate", "");
        describe("both", Issue.to("CN=both").dns("gw.example"), "both", "203.0.113.0/24");
        describe("either", Issue.to("CN=either").dns("gw.example"), "either", "198.51.100.0/24");
        proxy = Issue.to("CN=proxy").by(home.authority);
        proxy.write(home.certificates(), "proxy");
        home.write(
                "routes/behind-proxies.camel.yaml",
                ProxyDoor.yaml("xff", "certificates/proxy.crt")
                        + ProxyDoor.yaml("fwd", "certificates/proxy.crt", "header: forwarded"));
        service = RunningService.start(home);
    }

    private static void describe(String name, Issue issue, String check, String addresses) {
        Certified partner = issue.selfSigned();
        PARTNERS.put(name, partner);
        partner.write(home.certificates(), name);
        home.partner(
                name,
                Map.of("certificates", "certificates/" + name + ".crt", "addressCheck", check, "addresses", addresses));
    }

    private static Certified certified(String name) {
        return Objects.requireNonNull(PARTNERS.get(name), name);
    }

    @AfterAll
    static void stop() {
        service.close();
        NAMES.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void whoAndWhereIsAsTheProxySays(Case each) throws Exception {
        Client client = Client.of(
                home.authority.certificate(), each.isOnPartnersListener() ? certified(each.partner()) : proxy);
        if (each.endsBeforeTls()) {
            List<Refused> before = List.copyOf(service.refusals());
            assertThat(catchThrowable(() -> exchange(client, each))).isInstanceOf(IOException.class);
            Awaitility.await().until(() -> !service.refusals().equals(before));
            Refused refused = service.refusals().get(0);
            assertThat(refused.code()).isEqualTo("handshake");
            assertThat(refused.reason()).contains(each.reason());
            return;
        }
        Answer answer = exchange(client, each);
        if (each.isAdmitted()) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(201);
            assertThat(answer.body())
                    .contains("\"partner\":\"" + each.partner() + "\"")
                    .contains("\"address\":\"" + each.expected() + "\"")
                    .contains("\"certificate\":\"" + certified(each.partner()).fingerprint() + "\"");
            return;
        }
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).contains("urn:countersign:problem:address-not-allowed");
        Refused refused = service.refusals().stream()
                .filter(one -> answer.body().contains(one.id()))
                .findFirst()
                .orElseThrow();
        assertThat(refused.reason()).contains(each.reason());
        assertThat(refused.caller().partner()).isIn(each.partner(), "-");
        boolean isProxysFault = each.reason().startsWith("the proxy");
        assertThat(refused.caller().certificate())
                .isEqualTo((isProxysFault ? proxy : certified(each.partner())).fingerprint());
    }

    private static Answer exchange(Client client, Case each) throws IOException {
        try (SSLSocket socket = client.connect(each.from(), port(each), each.bytes(), true)) {
            return Client.exchange(
                    socket,
                    "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n" + each.lines() + "\r\nhi");
        }
    }

    private static int port(Case each) {
        return ProxyDoor.port(service, Objects.requireNonNull(ROUTES.get(each.door()), each.door()));
    }
}
