package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Certified;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.Logged;
import io.countersign.testing.NameServer;
import io.countersign.testing.NetworkNamespace;
import io.countersign.testing.NetworkNamespace.Cable;
import io.countersign.testing.RunningService;
import io.countersign.testing.ServerProgram;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Partners and proxies that are on other networks than this machine's loopback, as they are in practice. */
class NetworkNamespacesTest {
    /** 4 and 6 stand for the first addresses of the caller's network, 4' and 6' for the second ones, L for a link-local one. */
    private static final String TABLE = """
            check       | addresses             | names in the certificate | from | admitted, or why not
            listed      | {4}                   | -                        | 4    | admitted
            listed      | {net4}                | -                        | 4'   | admitted
            listed      | ::ffff:{4}            | -                        | 4    | admitted
            listed      | {4}                   | -                        | 4'   | {4'} is not among the partner's addresses: {4}/32
            listed      | ::/0                  | -                        | 4    | {4} is not among the partner's addresses: ::/0
            listed      | {6}                   | -                        | 6    | admitted
            listed      | {net6}/64             | -                        | 6'   | admitted
            listed      | {6}                   | -                        | 6'   | {6'} is not among the partner's addresses: {6}/128
            listed      | 0.0.0.0/0             | -                        | 6    | {6} is not among the partner's addresses: 0.0.0.0/0
            listed      | {L}%eth7              | -                        | L    | admitted
            listed      | fe80::/10             | -                        | L    | admitted
            listed      | fd00::/8              | -                        | L    | {L} is not among the partner's addresses: fd00::/8
            listed      | edi.example           | -                        | 4    | admitted
            listed      | edi.example           | -                        | 6    | admitted
            listed      | edi.example           | -                        | L    | admitted
            listed      | edi.example           | -                        | 4'   | {4'} is not among the partner's addresses: edi.example; {4'} is not an address of edi.example ({4})
            certificate | -                     | ip:{4}                   | 4    | admitted
            certificate | -                     | ip:{4}                   | 4'   | {4'} is not an address in the certificate ({4})
            certificate | -                     | ip:{6}                   | 6    | admitted
            certificate | -                     | ip:{6}                   | 6'   | {6'} is not an address in the certificate ({6})
            certificate | -                     | ip:{L}                   | L    | admitted
            certificate | -                     | dns:edi.example          | 4    | admitted
            certificate | -                     | dns:edi.example          | 6    | admitted
            certificate | -                     | dns:edi.example          | 6'   | {6'} is not an address of edi.example ({6}, {L})
            certificate | -                     | dns:four.example         | 6    | four.example has no IPv6 address
            certificate | -                     | dns:*.wild.example       | 4    | admitted
            certificate | -                     | dns:*.wild.example       | 6    | admitted
            certificate | -                     | dns:*.wild.example       | 6'   | {6'} has no reverse name (NXDOMAIN)
            both        | {net4}                | dns:edi.example          | 4    | admitted
            both        | {net4}                | dns:edi.example          | 4'   | {4'} is not an address of edi.example ({4})
            both        | {net6}/64             | dns:edi.example          | 4    | {4} is not among the partner's addresses: {net6}/64
            either      | {net6}/64             | dns:edi.example          | 4    | admitted
            either      | {net6}/64             | dns:four.example         | 6'   | admitted
            either      | {6}                   | ip:{4}                   | 6'   | {6'} is not among the partner's addresses: {6}/128; {6'} is not an address in the certificate ({4})
            """;

    @TempDir
    private static Path folder;

    private static final NameServer NAMES = NameServer.start();
    private static NetworkNamespace callers;
    private static NetworkNamespace proxys;
    private static TestHome home;
    private static RunningService service;

    static Stream<AddressCase> cases() {
        return AddressCase.read(TABLE).stream();
    }

    @BeforeAll
    static void start() throws Exception {
        if (!NetworkNamespace.areAllowed()) {
            return;
        }
        callers = NetworkNamespace.make(0);
        proxys = NetworkNamespace.make(1);
        NAMES.host("edi.example", here("{4}"), here("{6}"), here("{L}"))
                .host("four.example", here("{4}"))
                .host("gw.wild.example", here("{4}"), here("{6}"))
                .reverse(here("{4}"), "gw.wild.example")
                .reverse(here("{6}"), "gw.wild.example");
        home = home("all");
        for (AddressCase each : cases().toList()) {
            Map<String, String> properties = new HashMap<>(
                    Map.of("certificates", "certificates/" + each.id() + ".crt", "addressCheck", each.check()));
            if (!each.addresses().equals("-")) {
                properties.put("addresses", here(each.addresses()));
            }
            certificate(each).by(home.authority).write(home.certificates(), each.id());
            home.partner(each.id(), properties);
        }
        service = RunningService.start(home);
    }

    /** Of each test, so that each is seen to be skipped. */
    @BeforeEach
    void assumeAllowed() {
        Assumptions.assumeTrue(service != null, "no network namespaces here");
        Command.assumeInstalled("curl");
    }

    private static TestHome home(String name) throws IOException {
        TestHome made = new TestHome(folder.resolve(name))
                .set("countersign.host", NetworkNamespace.hasIpv6() ? "::" : "0.0.0.0")
                .set("countersign.dns-servers", NAMES.setting());
        Certified company = Issue.to("CN=company")
                .ip(callers.ipv4(1))
                .ip(callers.ipv6(1))
                .ip(NetworkNamespace.linkLocal(1))
                .dns("countersign.example")
                .by(made.authority);
        company.write(made.certificates(), "company");
        Files.writeString(made.folder.resolve("order"), "a hundred pieces");
        return made;
    }

    private static Issue certificate(AddressCase each) {
        Issue issue = Issue.to("CN=" + each.id());
        String value = here(each.names().substring(each.names().indexOf(':') + 1));
        if (each.names().startsWith("ip:")) {
            issue.ip(value);
        } else if (each.names().startsWith("dns:")) {
            issue.dns(value);
        }
        return issue;
    }

    private static String here(String text) {
        return text.replace("{4}", callers.ipv4(2))
                .replace("{4'}", callers.ipv4(3))
                .replace("{net4}", callers.ipv4(0) + "/28")
                .replace("{6}", callers.ipv6(2))
                .replace("{6'}", callers.ipv6(3))
                .replace("{net6}", callers.network6())
                .replace("{L}", NetworkNamespace.linkLocal(2));
    }

    @AfterAll
    static void stop() throws IOException {
        try {
            if (service != null) {
                service.close();
            }
        } finally {
            NAMES.close();
            for (NetworkNamespace each : new NetworkNamespace[] {callers, proxys}) {
                if (each != null) {
                    each.close();
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isAdmittedOrRefusedWithTheReason(AddressCase each) throws Exception {
        Assumptions.assumeTrue(each.from().startsWith("4") || NetworkNamespace.hasIpv6(), "no IPv6 here");
        String address = here("{" + each.from() + "}");
        try (Logged log = Logged.by("countersign.refused")) {
            String answer = curl(service, each.id(), each.from()).output();
            if (each.isAdmitted()) {
                assertThat(answer).contains("\"partner\":\"" + each.id() + "\"", "\"address\":\"" + address + "\"");
                return;
            }
            assertThat(answer)
                    .contains("urn:countersign:problem:address-not-allowed", "You may not call from " + address + ".");
            Refused refused = service.refusals().get(0);
            assertThat(answer).contains(refused.id());
            assertThat(refused.reason()).isEqualTo(here(each.expected()));
            assertThat(refused.caller().address()).isEqualTo(address);
            assertThat(log.news()).anyMatch(line -> line.contains(" address=" + address + " "));
        }
    }

    @Test
    void aListenerForAllOfIpv4TakesItAsIpv4() throws Exception {
        TestHome other = home("ipv4").set("countersign.host", "0.0.0.0");
        Issue.to("CN=acme").by(other.authority).write(other.certificates(), "acme");
        other.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", here("{4}")));
        try (RunningService listening = RunningService.start(other)) {
            assertThat(curl(other, listening, "acme", "4").output())
                    .contains("\"partner\":\"acme\"", here("\"address\":\"{4}\""));
            assertThat(curl(other, listening, "acme", "4'").output()).contains(here("You may not call from {4'}."));
        }
    }

    /** A network that callers share with the proxy, and another that the proxy shares with us. */
    @Test
    void aProxyOnItsOwnNetworkSaysWhoCallsAndNobodyElseDoes() throws Exception {
        Command.assumeInstalled("haproxy");
        Cable outside = proxys.connect(callers, 2);
        TestHome behind = home("behind").set("countersign.proxies", proxys.ipv4(2) + ", " + proxys.ipv6(2));
        for (String name : List.of("acme", "globex")) {
            Issue.to("CN=" + name).by(behind.authority).write(behind.certificates(), name);
            String may = name.equals("acme") ? outside.ipv4(2) + ", " + callers.ipv4(2) : callers.ipv4(2);
            behind.partner(name, Map.of("certificates", "certificates/" + name + ".crt", "addresses", may));
        }
        try (RunningService listening = RunningService.start(behind)) {
            Files.writeString(
                    behind.folder.resolve("haproxy.cfg"),
                    """
                    defaults
                      mode tcp
                      timeout connect 5s
                      timeout client 20s
                      timeout server 20s
                    listen over-ipv4
                      bind :9444
                      server countersign OURS:PORT send-proxy-v2 source THEIRS
                    """.replace("OURS", proxys.ipv4(1)).replace("THEIRS", proxys.ipv4(2))
                            + (NetworkNamespace.hasIpv6()
                                    ? """
                    listen over-ipv6
                      bind :9446
                      server countersign [OURS]:PORT send-proxy-v2 source [THEIRS]
                    """.replace("OURS", proxys.ipv6(1)).replace("THEIRS", proxys.ipv6(2))
                                    : ""));
            Files.writeString(
                    behind.folder.resolve("haproxy.cfg"),
                    behind.read("haproxy.cfg").replace("PORT", "" + listening.port()));
            List<Integer> ports = NetworkNamespace.hasIpv6() ? List.of(9444, 9446) : List.of(9444);
            try (ServerProgram proxy = ServerProgram.start(
                    behind.folder,
                    proxys.inside(List.of("haproxy", "-db", "-f", "haproxy.cfg")),
                    ports.stream()
                            .map(port -> new InetSocketAddress(proxys.ipv4(2), port))
                            .toList())) {
                for (int port : ports) {
                    assertThat(curl(behind, "acme", outside.ipv4(1), port).output())
                            .as(proxy.output())
                            .contains("\"partner\":\"acme\"", "\"address\":\"" + outside.ipv4(2) + "\"");
                    assertThat(curl(behind, "globex", outside.ipv4(1), port).output())
                            .contains("You may not call from " + outside.ipv4(2) + ".");
                    assertThat(listening.refusals().get(0).caller().address()).isEqualTo(outside.ipv4(2));
                }
            }
            for (String header : List.of("--no-progress-meter", "--haproxy-protocol")) {
                int before = listening.refusals().size();
                assertThat(curl(behind, "acme", callers.ipv4(1), listening.port(), header)
                                .exitCode())
                        .isNotZero();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> listening.refusals().size() > before);
                assertThat(listening.refusals().get(0).reason()).startsWith(here("{4} is not among the proxies ("));
            }
        }
    }

    private static Command curl(RunningService called, String name, String from) throws Exception {
        return curl(home, called, name, from);
    }

    private static Command curl(TestHome of, RunningService called, String name, String from) throws Exception {
        return from.equals("L")
                ? curl(of, name, "[" + NetworkNamespace.linkLocal(1) + "%25inside]", called.port())
                : curl(
                        of,
                        name,
                        from.startsWith("4") ? callers.ipv4(1) : "[" + callers.ipv6(1) + "]",
                        called.port(),
                        "--interface",
                        here("{" + from + "}"));
    }

    private static Command curl(TestHome of, String name, String host, int port, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--cacert", "certificates/ca.crt"));
        command.addAll(List.of("--cert", "certificates/" + name + ".crt", "--key", "certificates/" + name + ".key"));
        command.addAll(List.of(more));
        // Its name is not that of a proxy's address.
        command.addAll(List.of("--connect-to", "countersign.example::" + host + ":"));
        String named = List.of(callers.ipv4(1), "[" + callers.ipv6(1) + "]").contains(host) || host.contains("%")
                ? host
                : "countersign.example";
        command.addAll(List.of("-T", "order", "https://" + named + ":" + port + "/exchange/"));
        return Command.run(of.folder, callers.inside(command));
    }
}
