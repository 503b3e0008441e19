package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Command;
import io.countersign.testing.HeldPort;
import io.countersign.testing.Issue;
import io.countersign.testing.NameServer;
import io.countersign.testing.RunningService;
import io.countersign.testing.ServerProgram;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.DEROctetString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What must hold through every door of a proxy that people really use, called by curl from addresses of its own. The proxy
 * calls from 127.0.0.5; whoever is behind it never has that address.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class BehindRealProxy {
    static final String PROXY = "127.0.0.5";
    private static final String ACMES = "127.0.0.21";
    private static final String GLOBEXS = "127.0.0.22";
    private static final String INITECHS = "127.0.0.29";
    static final String HOOLIS = "127.0.0.26";
    private static final String ELSEWHERE = "127.0.0.66";
    /** As many lines of a certificate as the README's lines for nginx pass on. */
    private static final int LONGEST = 49;

    private static final int LARGE = Integer.getInteger("countersign.test.mebibytes", 8) << 20;
    private static final Pattern BLOCK = Pattern.compile("```text\\n(.*?)```", Pattern.DOTALL);
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final Map<String, Certified> certified = new HashMap<>();
    private final Map<String, HeldPort> ports = new HashMap<>();
    private final NameServer names = NameServer.start();
    private Path folder;
    private TestHome home;
    private RunningService service;
    private final List<ServerProgram> proxies = new ArrayList<>();

    /** One of the proxy's ports. */
    enum Door {
        /** It passes TLS on as it is, and says who calls by the PROXY protocol, version 1. */
        VERSION_1,
        VERSION_2,
        /** It ends TLS, and says in headers who calls. */
        ENDS_TLS
    }

    /** Those that this proxy has. */
    abstract List<Door> doors();

    /** What of it is not installed, if anything. */
    abstract List<String> missing();

    /**
     * Writes what it needs in files, as far as possible the README's own lines, and says how to run it.
     *
     * @return a command for each of its processes, and on which ports that listens
     */
    abstract Map<List<String>, List<Integer>> configure() throws IOException;

    /** Where it ends TLS and keeps its connections to us, for whoever calls next. */
    int keepingPort() {
        return port(Door.ENDS_TLS);
    }

    abstract boolean passesAnyLengthOn();

    /** A block of the README's section about proxies, by how it begins. */
    static String readme(String beginning) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Matcher block = BLOCK.matcher(readme.substring(readme.indexOf("\n## Behind a proxy")));
        return block.results()
                .map(found -> found.group(1))
                .filter(text -> text.startsWith(beginning))
                .findFirst()
                .orElseThrow();
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        if (!missing().isEmpty()) {
            return;
        }
        this.folder = folder;
        names.host("edi.named.example", "127.0.0.23")
                .reverse("127.0.0.25", "gw.wild.example")
                .host("gw.wild.example", "127.0.0.25");
        home = new TestHome(folder)
                .set("countersign.dns-servers", names.setting())
                .set("countersign.proxies", PROXY)
                .write("routes/behind-proxy.camel.yaml", """
                        - templatedRoute:
                            routeId: behind-proxy
                            routeTemplateRef: receive-behind-proxy
                            parameters:
                              - name: host
                                value: 127.0.0.2
                              - name: port
                                value: "%d"
                              - name: certificates
                                value: certificates/proxy.crt
                        """.formatted(vouching()));
        Issue.to("CN=company")
                .dns("localhost")
                .dns("edi.example")
                .by(home.authority)
                .write(home.certificates(), "company");
        partner("acme", Issue.to("CN=acme"), home.authority, Map.of("addresses", ACMES));
        partner("globex", Issue.to("CN=globex"), home.authority, Map.of("addresses", GLOBEXS));
        partner("named", Issue.to("CN=n").dns("edi.named.example"), home.authority, certificate());
        partner("wild", Issue.to("CN=w").dns("*.wild.example"), home.authority, certificate());
        partner("long", withLines(LONGEST), Map.of("addresses", ACMES));
        partner("longer", withLines(LONGEST + 1), Map.of("addresses", ACMES));
        Certified known = Issue.to("CN=Issuing and known").asAuthority().by(home.authority);
        Certified between = Issue.to("CN=Issuing and not known").asAuthority().by(home.authority);
        write("initech", Issue.to("CN=i").dns("initech.example").by(known));
        home.partner("initech", Map.of("san", "dns:initech.example", "addresses", INITECHS));
        write("hooli", Issue.to("CN=h").dns("hooli.example").by(between));
        home.partner("hooli", Map.of("san", "dns:hooli.example", "addresses", HOOLIS));
        Certified foreign = Issue.root("CN=Somebody else's authority");
        write("stranger", Issue.to("CN=stranger").by(home.authority));
        write("foreigner", Issue.to("CN=foreigner").by(foreign));
        write("proxy", Issue.to("CN=proxy").by(home.authority));
        home.write("certificates/trust.crt", home.read("certificates/ca.crt") + Certified.pem(known.certificate()))
                .set("countersign.trust", "certificates/trust.crt")
                .write("our-ca.crt", home.read("certificates/ca.crt"))
                .write("partners-ca.crt", home.read("certificates/ca.crt") + Certified.pem(foreign.certificate()));
        for (String both : List.of("company", "proxy")) {
            String certificate = home.read("certificates/" + both + ".crt");
            String key = home.read("certificates/" + both + ".key");
            home.write(both + ".crt", certificate).write(both + ".key", key).write(both + ".pem", certificate + key);
        }
        byte[] large = new byte[LARGE];
        new Random(2).nextBytes(large);
        Files.write(folder.resolve("large.bin"), large);
        service = RunningService.start(home);
        for (Map.Entry<List<String>, List<Integer>> each : configure().entrySet()) {
            proxies.add(ServerProgram.start(
                    folder,
                    each.getKey(),
                    each.getValue().stream()
                            .map(port -> new InetSocketAddress("127.0.0.1", port))
                            .toList()));
        }
    }

    /** Of each test, so that each is seen to be skipped. */
    @BeforeEach
    void assumeInstalled() {
        Assumptions.assumeTrue(missing().isEmpty(), missing() + " not installed here");
        Command.assumeInstalled("curl");
    }

    /** So many lines in PEM. */
    private Certified withLines(int lines) throws IOException {
        for (int bytes = 0; ; bytes += 16) {
            Certified one = Issue.to("CN=long")
                    .extension("1.2.3.4.5", new DEROctetString(new byte[bytes]))
                    .by(home.authority);
            if (Certified.pem(one.certificate()).lines().count() - 2 == lines) {
                return one;
            }
        }
    }

    private static Map<String, String> certificate() {
        return Map.of("addressCheck", "certificate");
    }

    private void partner(String name, Issue issue, Certified issuer, Map<String, String> properties) {
        partner(name, issue.by(issuer), properties);
    }

    private void partner(String name, Certified one, Map<String, String> properties) {
        write(name, one);
        Map<String, String> all = new HashMap<>(properties);
        all.put("certificates", "certificates/" + name + ".crt");
        home.partner(name, all);
    }

    private void write(String name, Certified one) {
        one.write(home.certificates(), name);
        certified.put(name, one);
    }

    /** Where TLS is spoken with callers. */
    final int partners() {
        return service.service().addresses().stream()
                .map(URI::create)
                .filter(address -> address.getHost().equals("127.0.0.1")
                        && address.getPath().equals("/exchange"))
                .findFirst()
                .orElseThrow()
                .getPort();
    }

    /** Where it is spoken with the proxy, at 127.0.0.2. */
    final int vouching() {
        return port("vouching");
    }

    /** The port on which the proxy listens, held from the first time on. */
    final int port(Object door) {
        return ports.computeIfAbsent(door.toString(), any -> {
                    try {
                        return HeldPort.take();
                    } catch (IOException none) {
                        throw new IllegalStateException(none);
                    }
                })
                .number();
    }

    final Path folder() {
        return folder;
    }

    final List<Refused> refusalsOf(String address) {
        return service.refusals().stream()
                .filter(refused -> refused.caller().address().equals(address))
                .toList();
    }

    @AfterAll
    void stop() throws IOException {
        try {
            for (ServerProgram each : proxies) {
                each.close();
            }
        } finally {
            if (service != null) {
                service.close();
            }
            names.close();
            for (HeldPort port : ports.values()) {
                port.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("doors")
    void aFileArrivesWithItsSendersCertificateAndAddress(Door door) throws Exception {
        Files.writeString(folder.resolve("order"), "a hundred pieces");

        String receipt = curl(door, ACMES, "acme", "-T", "order").output();

        assertThat(receipt)
                .contains("\"partner\":\"acme\"", "\"address\":\"127.0.0.21\"")
                .contains("\"certificate\":\"" + certified.get("acme").fingerprint() + "\"");
        assertThat(inbox("acme")).hasContent("a hundred pieces");
    }

    @ParameterizedTest
    @MethodSource("doors")
    void whoCallsFromElsewhereIsRefusedWithThatAddress(Door door) throws Exception {
        Refused refused = refused(door, ELSEWHERE, "acme", "address-not-allowed");
        assertThat(refused.reason()).isEqualTo("127.0.0.66 is not among the partner's addresses: 127.0.0.21/32");
        assertThat(refused.caller().partner()).isEqualTo("acme");
    }

    @ParameterizedTest
    @MethodSource("doors")
    void theAddressMustBeThatOfTheCertificatesNameToo(Door door) throws Exception {
        assertAdmitted(door, "127.0.0.23", "named");
        assertThat(refused(door, "127.0.0.24", "named", "address-not-allowed").reason())
                .isEqualTo("127.0.0.24 is not an address of edi.named.example (127.0.0.23)");
        assertAdmitted(door, "127.0.0.25", "wild");
        assertThat(refused(door, "127.0.0.24", "wild", "address-not-allowed").reason())
                .isEqualTo("127.0.0.24 has no reverse name (NXDOMAIN)");
    }

    @ParameterizedTest
    @MethodSource("doors")
    void aStrangerIsRefused(Door door) throws Exception {
        Refused refused = refused(door, ACMES, "stranger", "certificate-unknown");
        assertThat(refused.caller().certificate())
                .isEqualTo(certified.get("stranger").fingerprint());
    }

    /** Through the door that ends TLS it is the proxy that knows the authority, and we who do not. */
    @ParameterizedTest
    @MethodSource("doors")
    void aCertificateOfAnAuthorityThatWeDoNotKnowIsRefused(Door door) throws Exception {
        if (door == Door.ENDS_TLS) {
            Refused refused = refused(door, ACMES, "foreigner", "certificate-unknown");
            assertThat(refused.caller().certificate())
                    .isEqualTo(certified.get("foreigner").fingerprint());
        } else {
            assertThat(refusedHandshake(door, "127.0.0.27", "foreigner").reason())
                    .contains("CN=foreigner");
        }
    }

    @ParameterizedTest
    @MethodSource("doors")
    void whoShowsNoCertificateIsRefused(Door door) throws Exception {
        if (door == Door.ENDS_TLS) {
            int before = refusalsOf("127.0.0.28").size();
            assertThat(curl(door, "127.0.0.28", "-").output())
                    .containsAnyOf("alert certificate required", "400 No required SSL certificate was sent");
            assertThat(refusalsOf("127.0.0.28")).as("nobody came here").hasSize(before);
        } else {
            assertThat(refusedHandshake(door, "127.0.0.28", "-").reason()).contains("Empty client certificate chain");
        }
    }

    /** What ends TLS says nothing of the authority between, unless it is told to. */
    @ParameterizedTest
    @MethodSource("doors")
    void anAuthorityBetweenMustBeShownOrKnown(Door door) throws Exception {
        assertAdmitted(door, INITECHS, "initech");
        if (door == Door.ENDS_TLS) {
            assertThat(refused(door, HOOLIS, "hooli", "certificate-unknown")
                            .caller()
                            .partner())
                    .isEqualTo("-");
        } else {
            assertAdmitted(door, HOOLIS, "hooli");
        }
    }

    @ParameterizedTest
    @MethodSource("doors")
    void aLongCertificateComesThroughWhole(Door door) throws Exception {
        assertAdmitted(door, ACMES, "long");
        if (door == Door.ENDS_TLS && !passesAnyLengthOn()) {
            var unused = refused(door, ACMES, "longer", "certificate-missing");
        } else {
            assertAdmitted(door, ACMES, "longer");
        }
    }

    @ParameterizedTest
    @MethodSource("doors")
    void whatCallersSayOfThemselvesChangesNothing(Door door) throws Exception {
        String acmes = ":" + base64("acme") + ":";
        String[] lies = {
            "X-Forwarded-For: " + ACMES,
            "x-forwarded-FOR: " + ACMES + " ~ X-Forwarded-For: " + PROXY,
            "Forwarded: for=" + ACMES + " ~ X-Real-IP: " + ACMES + " ~ X-Forwarded-For: \"" + ACMES,
            "Client-Cert: " + acmes,
            "client-CERT: " + acmes + " ~ Client-Cert: " + acmes + " ~ Client_Cert: " + acmes,
            "Client-Cert: " + acmes + " ~ Client-Cert-Chain: " + acmes + " ~ client-cert-chain: " + acmes,
            "Client-Cert: " + acmes + ",  ~ Client-Cert-Chain: :" + "A".repeat(1_000) + ":",
            "Connection: Client-Cert, X-Forwarded-For, keep-alive ~ Client-Cert: " + acmes,
        };
        try (SSLSocket elsewhere = client("globex").connect(ELSEWHERE, port(door));
                SSLSocket stranger = client("stranger").connect(ACMES, port(door));
                SSLSocket globex = client("globex").connect("127.0.0.22", port(door))) {
            for (String lie : lies) {
                String request =
                        "GET /exchange HTTP/1.1\r\nHost: localhost\r\n" + lie.replace(" ~ ", "\r\n") + "\r\n\r\n";
                assertThat(Client.exchange(elsewhere, request).body())
                        .as(lie)
                        .contains("address-not-allowed", "You may not call from 127.0.0.66.");
                assertThat(Client.exchange(stranger, request).body())
                        .as(lie)
                        .contains(
                                "certificate-unknown", certified.get("stranger").fingerprint());
                assertThat(Client.exchange(globex, request).body())
                        .as(lie)
                        .contains("\"partner\":\"globex\"", "\"address\":\"127.0.0.22\"");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("doors")
    void severalRequestsOfOneConnectionHaveOneCaller(Door door) throws Exception {
        Files.writeString(folder.resolve("order"), "a hundred pieces");
        String target = "https://localhost:" + port(door) + "/exchange/";
        Command command = Command.run(
                folder, curl(ACMES, "acme", "-w", " connects=%{num_connects}\\n", "-T", "{order,order,order}", target));
        assertThat(command.output().replace("\n connects", " connects").lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).contains("\"partner\":\"acme\"", "\"address\":\"127.0.0.21\""))
                .filteredOn(line -> line.endsWith("connects=0"))
                .hasSize(2);
    }

    @Test
    void ofTwoWhoseRequestsComeOverOneConnectionEachKeepsItsOwnIdentity() throws Exception {
        try (SSLSocket acme = client("acme").connect(ACMES, keepingPort());
                SSLSocket globex = client("globex").connect(GLOBEXS, keepingPort())) {
            for (int i = 0; i < 5; i++) {
                assertThat(Client.exchange(acme, WHO).body())
                        .contains("\"partner\":\"acme\"", "\"address\":\"127.0.0.21\"");
                assertThat(Client.exchange(globex, WHO).body())
                        .contains("\"partner\":\"globex\"", "\"address\":\"127.0.0.22\"");
            }
            assertThat(established(vouching()))
                    .as("one of the proxy's for both")
                    .isOne();
        }
    }

    @ParameterizedTest
    @MethodSource("doors")
    void aLargeFileComesThroughUnbroken(Door door) throws Exception {
        for (String[] how :
                new String[][] {{"-T", "large.bin"}, {"-T", "large.bin", "-H", "Transfer-Encoding: chunked"}}) {
            assertThat(curl(door, ACMES, "acme", how).output())
                    .contains("\"partner\":\"acme\"", "\"size\":" + LARGE)
                    .contains("\"address\":\"127.0.0.21\"");
            Path arrived = inbox("acme");
            assertThat(Files.mismatch(arrived, folder.resolve("large.bin"))).isEqualTo(-1);
            Files.delete(arrived);
        }
    }

    Stream<Arguments> headers() {
        return doors().stream()
                .filter(door -> door != Door.ENDS_TLS)
                .flatMap(door -> Stream.of(Arguments.of(door, true), Arguments.of(door, false)));
    }

    /** A header of one's own for the proxy to pass on: what comes from a caller comes behind what the proxy says. */
    @ParameterizedTest
    @MethodSource("headers")
    void aCallersOwnProxyHeaderIsRefused(Door door, boolean text) throws Exception {
        byte[] header = text ? "PROXY TCP4 127.0.0.21 127.0.0.1 1 2\r\n".getBytes(StandardCharsets.US_ASCII) : binary();
        int before = refusalsOf("127.0.0.67").size();
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress("127.0.0.67", 0));
            socket.connect(new InetSocketAddress("127.0.0.1", port(door)));
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(header);
            socket.getOutputStream().write(new byte[] {0x16, 3, 1});
            assertThat(endOf(socket)).as("it is cut off").isEqualTo(-1);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> refusalsOf("127.0.0.67").size() > before);
        assertThat(refusalsOf("127.0.0.67").get(0).reason())
                .isEqualTo("has a second PROXY header behind the first; accepted: one");
    }

    private static int endOf(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (IOException reset) {
            return -1;
        }
    }

    private static byte[] binary() throws IOException {
        byte[] header = new byte[28];
        byte[] signature = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0, 12};
        System.arraycopy(signature, 0, header, 0, signature.length);
        System.arraycopy(InetAddress.getByName(ACMES).getAddress(), 0, header, signature.length, 4);
        return header;
    }

    @Test
    void whoGoesPastTheProxyIsRefusedOrADirectCallerAsTheSettingSays() throws Exception {
        assertThat(Command.run(folder, curl(ACMES, "acme", "https://localhost:" + partners() + "/exchange"))
                        .exitCode())
                .isNotZero();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(refusalsOf(ACMES))
                        .anyMatch(refused -> refused.reason().startsWith("127.0.0.21 is not among the proxies (")));
        String beans = home.read("routes/proxies.camel.yaml");
        home.write("routes/proxies.camel.yaml", beans.replace("\"{{countersign.without-proxy}}\"", "direct"));
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> Command.run(
                                    folder, curl(ACMES, "acme", "https://localhost:" + partners() + "/exchange"))
                            .output()
                            .contains("\"address\":\"127.0.0.21\""));
            for (Door door : doors()) {
                assertAdmitted(door, ACMES, "acme");
            }
        } finally {
            home.write("routes/proxies.camel.yaml", beans);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ACMES, PROXY})
    void nobodyElseMaySayWhatCertificateACallerHas(String from) throws Exception {
        String target = "https://localhost:" + vouching() + "/exchange";
        List<String> command =
                curl(from, "stranger", "--connect-to", "::127.0.0.2:", "-H", "Client-Cert: :" + base64("acme") + ":");
        command.addAll(List.of("-H", "X-Forwarded-For: " + ACMES, target));

        assertThat(Command.run(folder, command).exitCode()).isNotZero();

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(refusalsOf(from))
                        .anyMatch(refused -> refused.reason()
                                .matches(
                                        from.equals(PROXY)
                                                ? "certificate '?CN=stranger.* is not a proxy's: .*"
                                                : "127.0.0.21 is not among the proxies .*")));
    }

    private String base64(String name) throws Exception {
        return Base64.getEncoder()
                .encodeToString(certified.get(name).certificate().getEncoded());
    }

    private void assertAdmitted(Door door, String from, String name) throws Exception {
        assertAdmitted(port(door), from, name);
    }

    final void assertAdmitted(int port, String from, String name) throws Exception {
        assertThat(curl(port, from, name).output())
                .contains("\"partner\":\"" + name + "\"", "\"address\":\"" + from + "\"");
    }

    private Refused refused(Door door, String from, String name, String code) throws Exception {
        String answer = curl(door, from, name).output();
        assertThat(answer).contains("urn:countersign:problem:" + code);
        Refused refused = service.refusals().stream()
                .filter(one -> answer.contains(one.id()))
                .findFirst()
                .orElseThrow();
        assertThat(refused.caller().address()).isEqualTo(from);
        return refused;
    }

    private Refused refusedHandshake(Door door, String from, String name) throws Exception {
        int before = refusalsOf(from).size();
        assertThat(curl(door, from, name).exitCode()).isNotZero();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> refusalsOf(from).size() > before);
        Refused refused = refusalsOf(from).get(0);
        assertThat(refused.code()).isEqualTo("handshake");
        return refused;
    }

    private Command curl(Door door, String from, String name, String... more) throws Exception {
        return curl(port(door), from, name, more);
    }

    private Command curl(int port, String from, String name, String... more) throws Exception {
        List<String> command = curl(from, name, more);
        command.add("https://localhost:" + port + "/exchange" + (List.of(more).contains("-T") ? "/" : ""));
        return Command.run(folder, command);
    }

    private List<String> curl(String from, String name, String... more) {
        List<String> command =
                new ArrayList<>(List.of("curl", "-sS", "--interface", from, "--cacert", "certificates/ca.crt"));
        if (!name.equals("-")) {
            command.addAll(
                    List.of("--cert", "certificates/" + name + ".crt", "--key", "certificates/" + name + ".key"));
        }
        command.addAll(List.of(more));
        return command;
    }

    private Client client(String name) {
        return Client.of(home.authority.certificate(), certified.get(name));
    }

    /** The newest. */
    private Path inbox(String name) {
        List<Path> all = home.files("inbox/" + name);
        return all.get(all.size() - 1);
    }

    /** How many connections to a port of this machine are open (proc(5)). */
    private static long established(int port) throws IOException {
        String remote = String.format(":%04X", port);
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/tcp"))) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(cells -> cells[2].endsWith(remote) && cells[3].equals("01"))
                    .collect(Collectors.counting());
        }
    }
}
