package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.NameServer;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Rcode;

/** From where a partner is admitted, for every check and kind of name, from addresses of its own on loopback. */
class WhereFromTest {
    private static final String TABLE = """
            check       | addresses              | names in the certificate                        | from       | admitted, or why not
            listed      | 127.0.0.10             | -                                               | 127.0.0.10 | admitted
            listed      | 127.0.0.10             | -                                               | 127.0.0.11 | 127.0.0.11 is not among the partner's addresses: 127.0.0.10/32
            listed      | 127.0.0.0/28           | -                                               | 127.0.0.15 | admitted
            listed      | 127.0.0.0/28           | -                                               | 127.0.0.16 | 127.0.0.16 is not among the partner's addresses: 127.0.0.0/28
            listed      | ::ffff:127.0.0.10      | -                                               | 127.0.0.10 | admitted
            listed      | ::ffff:127.0.0.0/124   | -                                               | 127.0.0.16 | 127.0.0.16 is not among the partner's addresses: 127.0.0.0/28
            listed      | ::/0                   | -                                               | 127.0.0.10 | 127.0.0.10 is not among the partner's addresses: ::/0
            listed      | ::1%lo                 | -                                               | ::1        | admitted
            listed      | 0.0.0.0/0              | -                                               | ::1        | ::1 is not among the partner's addresses: 0.0.0.0/0
            listed      | any                    | -                                               | ::1        | admitted
            listed      | -                      | ip:127.0.0.10                                   | 127.0.0.10 | 127.0.0.10 is not among the partner's addresses: none are listed
            listed      | both.example           | -                                               | 127.0.0.10 | admitted
            listed      | both.example           | -                                               | ::1        | admitted
            listed      | BOTH.Example.          | -                                               | 127.0.0.10 | admitted
            listed      | both.example           | -                                               | 127.0.0.11 | 127.0.0.11 is not an address of both.example (127.0.0.10)
            listed      | 10.0.0.0/8,alias.example | -                                             | 127.0.0.10 | admitted
            listed      | gone.example,both.example | -                                            | 127.0.0.10 | admitted
            listed      | silent.example,both.example | -                                          | 127.0.0.10 | admitted
            listed      | 127.0.0.10,silent.example | -                                            | 127.0.0.10 | admitted
            listed      | gone.example           | -                                               | 127.0.0.10 | gone.example does not exist (NXDOMAIN)
            listed      | silent.example         | -                                               | 127.0.0.10 | no answer about silent.example
            listed      | broken.example         | -                                               | 127.0.0.10 | the name server failed on broken.example (SERVFAIL)
            listed      | localhost              | -                                               | 127.0.0.1  | admitted
            certificate | -                      | ip:127.0.0.10                                   | 127.0.0.10 | admitted
            certificate | -                      | ip:127.0.0.10                                   | 127.0.0.11 | 127.0.0.11 is not an address in the certificate (127.0.0.10)
            certificate | -                      | ip:127.0.0.9,ip:127.0.0.10                      | 127.0.0.10 | admitted
            certificate | -                      | ip:::1                                          | ::1        | admitted
            certificate | -                      | ip:fd00::1                                      | ::1        | ::1 is not an address in the certificate (fd00::1)
            certificate | -                      | ip:::ffff:127.0.0.10                            | 127.0.0.10 | admitted
            certificate | -                      | dns:four.example                                | 127.0.0.10 | admitted
            certificate | -                      | dns:four.example                                | 127.0.0.11 | 127.0.0.11 is not an address of four.example (127.0.0.10)
            certificate | -                      | dns:four.example                                | ::1        | four.example has no IPv6 address
            certificate | -                      | dns:six.example                                 | ::1        | admitted
            certificate | -                      | dns:six.example                                 | 127.0.0.10 | six.example has no IPv4 address
            certificate | -                      | dns:FOUR.example                                | 127.0.0.10 | admitted
            certificate | -                      | dns:alias.example                               | 127.0.0.10 | admitted
            certificate | -                      | dns:alias.example                               | ::1        | admitted
            certificate | -                      | dns:circle.example                              | 127.0.0.10 | circle.example leads through too many aliases
            certificate | -                      | dns:many.example                                | 127.0.0.40 | admitted
            certificate | -                      | dns:mapped.example                              | 127.0.0.10 | mapped.example has no IPv4 address
            certificate | -                      | dns:gone.example                                | 127.0.0.10 | gone.example does not exist (NXDOMAIN)
            certificate | -                      | dns:empty.example                               | 127.0.0.10 | empty.example has no IPv4 address
            certificate | -                      | dns:silent.example                              | 127.0.0.10 | no answer about silent.example
            certificate | -                      | dns:broken.example                              | 127.0.0.10 | the name server failed on broken.example (SERVFAIL)
            certificate | -                      | dns:gone.example,dns:four.example               | 127.0.0.10 | admitted
            certificate | -                      | dns:silent.example,dns:four.example             | 127.0.0.10 | admitted
            certificate | -                      | dns:gone.example,dns:silent.example             | 127.0.0.10 | gone.example does not exist (NXDOMAIN); no answer about silent.example
            certificate | -                      | ip:127.0.0.9,dns:gone.example                   | 127.0.0.10 | 127.0.0.10 is not an address in the certificate (127.0.0.9); gone.example does not exist (NXDOMAIN)
            certificate | -                      | dns:127.0.0.10                                  | 127.0.0.10 | the certificate says nothing about where its owner is
            certificate | -                      | -                                               | 127.0.0.10 | the certificate says nothing about where its owner is
            certificate | -                      | email:edi@four.example                          | 127.0.0.10 | the certificate says nothing about where its owner is
            certificate | 127.0.0.10             | -                                               | 127.0.0.10 | the certificate says nothing about where its owner is
            certificate | -                      | uri:https://four.example:8443/exchange          | 127.0.0.10 | admitted
            certificate | -                      | uri:https://four.example/                       | 127.0.0.11 | 127.0.0.11 is not an address of four.example (127.0.0.10)
            certificate | -                      | uri:spiffe://Both.Example/edi                   | ::1        | admitted
            certificate | -                      | uri:https://127.0.0.10/                         | 127.0.0.10 | admitted
            certificate | -                      | uri:https://[::1]:8443/                         | ::1        | admitted
            certificate | -                      | uri:https://four.example@gone.example/          | 127.0.0.10 | gone.example does not exist (NXDOMAIN)
            certificate | -                      | uri:urn:example:four.example                    | 127.0.0.10 | the certificate says nothing about where its owner is
            certificate | -                      | dns:*.wild.example                              | 127.0.0.10 | admitted
            certificate | -                      | dns:*.wild.example                              | ::1        | admitted
            certificate | -                      | dns:*.WILD.example                              | 127.0.0.10 | admitted
            certificate | -                      | dns:*.wild.example                              | 127.0.0.11 | 127.0.0.11 is not an address of gw11.wild.example (127.0.0.99)
            certificate | -                      | dns:*.wild.example                              | 127.0.0.12 | the reverse name of 127.0.0.12 is gw.wild.example.evil.example, which is not right under wild.example
            certificate | -                      | dns:*.wild.example                              | 127.0.0.13 | 127.0.0.13 has no reverse name (NXDOMAIN)
            certificate | -                      | dns:*.wild.example                              | 127.0.0.14 | the reverse name of 127.0.0.14 is deep.gw.wild.example, which is not right under wild.example
            certificate | -                      | dns:*.wild.example                              | 127.0.0.15 | the reverse name of 127.0.0.15 is wild.example, which is not right under wild.example
            certificate | -                      | dns:*.wild.example                              | 127.0.0.16 | admitted
            certificate | -                      | dns:*.wild.example                              | 127.0.0.17 | the name server failed on 127.0.0.17 (SERVFAIL)
            certificate | -                      | dns:*.wild.example                              | 127.0.0.18 | gw18.wild.example does not exist (NXDOMAIN)
            certificate | -                      | dns:*.wild.example                              | 127.0.0.19 | 127.0.0.19 has 31 reverse names, more than the 30 that are looked at
            certificate | -                      | dns:*.wild.example                              | 127.0.0.20 | no answer about 127.0.0.20
            certificate | -                      | dns:*.example                                   | 127.0.0.10 | the certificate says nothing about where its owner is
            certificate | -                      | dns:g*.wild.example                             | 127.0.0.10 | the certificate says nothing about where its owner is
            certificate | -                      | dns:*.wild.example,dns:four.example             | 127.0.0.10 | admitted
            both        | 127.0.0.0/8            | dns:four.example                                | 127.0.0.10 | admitted
            both        | 127.0.0.0/8            | dns:four.example                                | 127.0.0.11 | 127.0.0.11 is not an address of four.example (127.0.0.10)
            both        | 10.0.0.0/8             | dns:four.example                                | 127.0.0.10 | 127.0.0.10 is not among the partner's addresses: 10.0.0.0/8
            both        | -                      | dns:four.example                                | 127.0.0.10 | 127.0.0.10 is not among the partner's addresses: none are listed
            both        | any                    | ip:127.0.0.10                                   | 127.0.0.10 | admitted
            both        | any                    | -                                               | 127.0.0.10 | the certificate says nothing about where its owner is
            both        | both.example           | dns:four.example                                | 127.0.0.10 | admitted
            both        | silent.example         | ip:127.0.0.10                                   | 127.0.0.10 | no answer about silent.example
            either      | 127.0.0.0/8            | dns:silent.example                              | 127.0.0.10 | admitted
            either      | 10.0.0.0/8             | dns:four.example                                | 127.0.0.10 | admitted
            either      | -                      | dns:*.wild.example                              | 127.0.0.10 | admitted
            either      | silent.example         | ip:127.0.0.10                                   | 127.0.0.10 | admitted
            either      | 10.0.0.0/8             | dns:four.example                                | 127.0.0.11 | 127.0.0.11 is not among the partner's addresses: 10.0.0.0/8; 127.0.0.11 is not an address of four.example (127.0.0.10)
            either      | -                      | -                                               | 127.0.0.11 | 127.0.0.11 is not among the partner's addresses: none are listed; the certificate says nothing
            off         | 10.0.0.0/8             | dns:gone.example                                | 127.0.0.11 | admitted
            off         | -                      | -                                               | ::1        | admitted
            """;

    @TempDir
    private static Path folder;

    private static final NameServer NAMES = NameServer.start();
    private static final Certified AUTHORITY = Issue.root("CN=Issuer of all partners");
    private static final Map<AddressCase, Certified> CERTIFICATES = new HashMap<>();
    private static RunningService ipv4;
    private static RunningService ipv6;
    private static TestHome homeOfIpv4;
    private static TestHome homeOfIpv6;

    static Stream<AddressCase> cases() {
        return AddressCase.read(TABLE).stream();
    }

    @BeforeAll
    static void start() throws Exception {
        NAMES.host("four.example", "127.0.0.10")
                .host("six.example", "::1")
                .host("both.example", "127.0.0.10", "::1")
                .host("mapped.example", "::1")
                .host("empty.example")
                .alias("alias.example", Duration.ofSeconds(5), "both.example")
                .alias("circle.example", Duration.ofSeconds(5), "elcric.example")
                .alias("elcric.example", Duration.ofSeconds(5), "circle.example")
                .host(
                        "many.example",
                        Stream.iterate(1, i -> i < 100, i -> i + 1)
                                .map(i -> "127.0.0." + i)
                                .toArray(String[]::new))
                .fail("broken.example", Rcode.SERVFAIL)
                .ignore("silent.example")
                .reverse("127.0.0.10", "gw.wild.example")
                .host("gw.wild.example", "127.0.0.10")
                .reverse("127.0.0.11", "gw11.wild.example")
                .host("gw11.wild.example", "127.0.0.99")
                .reverse("127.0.0.12", "gw.wild.example.evil.example")
                .host("gw.wild.example.evil.example", "127.0.0.12")
                .reverse("127.0.0.14", "deep.gw.wild.example")
                .host("deep.gw.wild.example", "127.0.0.14")
                .reverse("127.0.0.15", "wild.example")
                .host("wild.example", "127.0.0.15")
                .reverse("127.0.0.16", "somewhere.else.example", "gw16.wild.example")
                .host("gw16.wild.example", "127.0.0.1", "127.0.0.16")
                .fail(NameServer.reverse("127.0.0.17"), Rcode.SERVFAIL)
                .reverse("127.0.0.18", "gw18.wild.example")
                .reverse(
                        "127.0.0.19",
                        Stream.iterate(0, i -> i < 31, i -> i + 1)
                                .map(i -> "n" + i + ".wild.example")
                                .toArray(String[]::new))
                .ignore(NameServer.reverse("127.0.0.20"))
                .reverse("::1", "gw6.wild.example")
                .host("gw6.wild.example", "::1");
        homeOfIpv4 = home("four", "127.0.0.1");
        homeOfIpv6 = home("six", "::1");
        ipv4 = RunningService.start(homeOfIpv4);
        ipv6 = RunningService.start(homeOfIpv6);
    }

    private static TestHome home(String name, String host) {
        TestHome made = new TestHome(folder.resolve(name))
                .set("countersign.host", host)
                .set("countersign.dns-servers", NAMES.setting())
                .set("countersign.dns-wait", "1s");
        cases().forEach(each -> {
            Certified partner = CERTIFICATES.computeIfAbsent(each, WhereFromTest::certificate);
            partner.write(made.certificates(), each.id());
            Map<String, String> properties = new HashMap<>(
                    Map.of("certificates", "certificates/" + each.id() + ".crt", "addressCheck", each.check()));
            if (!each.addresses().equals("-")) {
                properties.put("addresses", each.addresses());
            }
            made.partner(each.id(), properties);
        });
        AUTHORITY.write(made.certificates(), "partners-ca");
        return made;
    }

    private static Certified certificate(AddressCase each) {
        Issue issue = Issue.to("CN=" + each.id());
        for (String name : each.names().split(",")) {
            String value = name.substring(name.indexOf(':') + 1);
            switch (name.substring(0, Math.max(0, name.indexOf(':')))) {
                case "ip" -> issue.ip(value);
                case "dns" -> issue.dns(value);
                case "uri" -> issue.uri(value);
                case "email" -> issue.email(value);
                default -> assertThat(name).isEqualTo("-");
            }
        }
        return issue.by(AUTHORITY);
    }

    @Test
    void aHostThatHasMovedIsFollowed() throws Exception {
        Certified partner = Issue.to("CN=moving").dns("moving.example").by(AUTHORITY);
        partner.write(homeOfIpv4.certificates(), "moving");
        NAMES.host("moving.example", "127.0.0.60");
        homeOfIpv4.partner(
                "moving",
                Map.of(
                        "certificates",
                        "certificates/moving.crt",
                        "addresses",
                        "moving.example",
                        "addressCheck",
                        "both"));
        Client client = Client.of(homeOfIpv4.authority.certificate(), partner);
        Awaitility.await().until(() -> status(client, "127.0.0.60") == 200);
        assertThat(status(client, "127.0.0.61")).isEqualTo(403);

        NAMES.host("moving.example", "127.0.0.61");
        Awaitility.await().until(() -> status(client, "127.0.0.61") == 200);
        assertThat(status(client, "127.0.0.60")).isEqualTo(403);

        NAMES.forget("moving.example");
        Awaitility.await().until(() -> status(client, "127.0.0.61") == 403);
    }

    /** 0 where the handshake fails, as it does before the partner's file has been read. */
    private static int status(Client client, String from) throws Exception {
        try (SSLSocket socket = client.connect(from, ipv4.port())) {
            return Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .status();
        } catch (SSLHandshakeException | SocketException unknown) {
            return 0;
        }
    }

    @AfterAll
    static void stop() {
        ipv4.close();
        ipv6.close();
        NAMES.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isAdmittedOrRefusedWithTheReason(AddressCase each) throws Exception {
        boolean six = each.from().contains(":");
        RunningService service = six ? ipv6 : ipv4;
        Client client = Client.of((six ? homeOfIpv6 : homeOfIpv4).authority.certificate(), CERTIFICATES.get(each));
        Answer answer;
        try (SSLSocket socket = client.connect(each.from(), service.port())) {
            answer = Client.exchange(
                    socket, "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
        }
        if (each.isAdmitted()) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(201);
            assertThat(answer.body()).contains("\"address\":\"" + each.from() + "\"");
            return;
        }
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body())
                .contains("urn:countersign:problem:address-not-allowed")
                .doesNotContain(".example", "certificate says", "127.0.0.99");
        boolean passes = each.expected().contains("no answer about")
                || each.expected().contains("failed on")
                || each.expected().contains("too many aliases");
        assertThat(answer.headers().containsKey("retry-after")).as("may pass").isEqualTo(passes);
        assertThat(answer.body().contains("cannot be found out at the moment")).isEqualTo(passes);
        Refused refused = service.refusals().stream()
                .filter(one -> answer.body().contains(one.id()))
                .findFirst()
                .orElseThrow();
        assertThat(refused.reason()).contains(each.expected());
        assertThat(refused.caller().partner()).isEqualTo(each.id());
        assertThat(refused.caller().address()).isEqualTo(each.from());
    }
}
