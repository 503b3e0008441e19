package io.countersign.change;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Certificate, trust, partners and routes change again and again, every fourth time for the worse, while fifty clients send:
 * none of them notices, and after each change the right set is in force.
 */
class ReloadsUnderLoadTest {
    /** 200 with {@code -Ptorture}; a round is 20. */
    private static final int RELOADS = Integer.getInteger("countersign.test.reloads", 20);

    private static final int CLIENTS = 50;
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String RECEIVE = "routes/receive.camel.yaml";

    @TempDir
    private Path folder;

    private TestHome home;
    private RunningService service;
    private Certified authority;
    private Certified routed;
    private String receive = "";
    private int reloads;
    private int broken;

    @Test
    void noClientNoticesAndTheRightSetIsInForceAfterEach() throws Exception {
        home = new TestHome(folder);
        authority = home.authority;
        home.authority.write(folder.resolve("trust"), "ca");
        home.set("countersign.trust", "trust");
        List<Certified> partners = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            partners.add(home.pinned("steady-" + i));
        }
        routed = home.pinned("routed");
        receive = home.read(RECEIVE);
        try (RunningService running = RunningService.start(home)) {
            service = running;
            warmUp(partners);
            long descriptors = descriptors();
            int threads = threads();
            SteadyClients clients = SteadyClients.start(CLIENTS, running.port(), authority.certificate(), partners);
            try (clients) {
                for (int round = 1; reloads < RELOADS; round++) {
                    certificate(round);
                    trust(round);
                    partners(round);
                    routes(round);
                    door(round);
                }
                int before = clients.accepted();
                await(() -> clients.accepted() > before + CLIENTS);
            }
            assertThat(clients.failures()).isEmpty();
            System.out.printf(
                    "%d reloads, %d of them broken, under %d clients: %d requests accepted on %d connections, %d failed%n",
                    reloads,
                    broken,
                    CLIENTS,
                    clients.accepted(),
                    clients.connections(),
                    clients.failures().size());
            assertThat(running.complaints()).isEmpty();
            Awaitility.await("descriptors, of which there were " + descriptors)
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> descriptors() <= descriptors + 5);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(90))
                    .untilAsserted(() -> assertThat(threads())
                            .as("threads: " + Thread.getAllStackTraces().keySet())
                            .isLessThanOrEqualTo(threads + 5));
        }
        assertThat(reloads).isGreaterThanOrEqualTo(RELOADS);
        assertThat(broken).isGreaterThanOrEqualTo(RELOADS / 4);
    }

    /** Once through everything, and the load without anything else: what these need is there then, threads above all. */
    private void warmUp(List<Certified> partners) throws Exception {
        certificate(0);
        trust(0);
        partners(0);
        routes(0);
        door(0);
        try (SteadyClients clients = SteadyClients.start(CLIENTS, service.port(), authority.certificate(), partners)) {
            await(() -> clients.accepted() > 20 * CLIENTS);
        }
        reloads = 0;
        broken = 0;
    }

    /** Four reloads, one of them broken. */
    private void certificate(int round) throws Exception {
        Certified first = own(round + "a");
        first.write(home.certificates(), "company");
        await(() -> shows(first));
        Certified second = own(round + "b");
        second.write(home.certificates(), "company");
        await(() -> shows(second));
        String good = home.read("certificates/company.crt");
        home.write("certificates/company.crt", good.substring(0, good.length() / 2));
        awaitComplaint();
        assertThat(shows(second)).isTrue();
        home.write("certificates/company.crt", good);
        awaitNoComplaint();
        assertThat(shows(second)).isTrue();
        count(4, 1);
    }

    private void trust(int round) throws Exception {
        Certified other = Issue.root("CN=Other authority " + round);
        Certified guest = Issue.to("CN=guest").dns("guest.example").by(other);
        home.partner("guest", Map.of("san", "dns:guest.example", "addresses", "any"));
        assertThat(status(guest)).isZero();
        other.write(folder.resolve("trust"), "other");
        await(() -> status(guest) == 200);
        home.write("trust/broken.crt", "-----BEGIN CERTIFICATE-----\nbroken");
        awaitComplaint();
        assertThat(status(guest)).isEqualTo(200);
        Files.delete(folder.resolve("trust/broken.crt"));
        awaitNoComplaint();
        Files.delete(folder.resolve("trust/other.crt"));
        await(() -> status(guest) == 0);
        count(4, 1);
    }

    private void partners(int round) throws Exception {
        Certified visitor = Issue.to("CN=visitor " + round).by(authority);
        visitor.write(home.certificates(), "visitor");
        assertThat(status(visitor)).isEqualTo(403);
        Map<String, String> properties = Map.of("certificates", "certificates/visitor.crt", "addresses", "127.0.0.0/8");
        home.partner("visitor", properties);
        await(() -> status(visitor) == 200);
        home.partner("visitor", Map.of("certificates", "certificates/missing.crt", "addresses", "any"));
        awaitComplaint();
        assertThat(status(visitor)).isEqualTo(200);
        home.partner("visitor", properties);
        awaitNoComplaint();
        Files.delete(folder.resolve("routes/partners/visitor.camel.yaml"));
        await(() -> status(visitor) == 403);
        count(4, 1);
    }

    private void routes(int round) throws Exception {
        route("file:{{countersign.data}}/one-" + round);
        await(() -> isDelivered("one-" + round));
        route("file:{{countersign.data}}/two-" + round);
        await(() -> isDelivered("two-" + round));
        route("nosuch:" + round);
        awaitComplaint();
        assertThat(isDelivered("two-" + round)).isTrue();
        route("file:{{countersign.data}}/three-" + round);
        await(() -> isDelivered("three-" + round));
        awaitNoComplaint();
        count(4, 1);
    }

    /** The partners' door itself. */
    private void door(int round) throws Exception {
        int first = 5_000 + 2 * round;
        home.write(RECEIVE, limited(first));
        await(() -> limit() == first);
        home.write(RECEIVE, limited(first + 1).replace("ref: intake", "ref: missing"));
        awaitComplaint();
        assertThat(limit()).isEqualTo(first);
        home.write(RECEIVE, limited(first + 1));
        await(() -> limit() == first + 1);
        awaitNoComplaint();
        home.write(RECEIVE, limited(first));
        await(() -> limit() == first);
        count(4, 1);
    }

    private void count(int all, int ofThemBroken) {
        reloads += all;
        broken += ofThemBroken;
    }

    private Certified own(String subject) {
        return Issue.to("CN=company " + subject).dns("localhost").by(authority);
    }

    private String limited(int bytes) {
        String limit = "maxSize: \"{{countersign.max-size}}\"";
        assertThat(receive).contains(limit);
        return receive.replace(limit, "maxSize: " + bytes + "B");
    }

    private long limit() {
        Answer answer = who(routed);
        assertThat(answer).isNotNull();
        return Long.parseLong(answer.body().replaceAll(".*\"maxSize\":(\\d+).*\\s*", "$1"));
    }

    private void route(String to) {
        home.partner(
                "routed", Map.of("certificates", "certificates/routed.crt", "addresses", "any"), """
                - route:
                    id: from-routed
                    from:
                      uri: direct:from-routed
                      steps:
                        - to:
                            uri: TO
                """.replace("TO", to));
    }

    private boolean isDelivered(String where) throws IOException {
        int before = home.files(where).size();
        try (SSLSocket socket = Client.of(authority.certificate(), routed).connect(service.port())) {
            Answer answer = Client.exchange(
                    socket, "PUT /exchange/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
            assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        }
        return home.files(where).size() > before;
    }

    private boolean shows(Certified expected) throws IOException {
        try (SSLSocket socket = Client.of(authority.certificate(), routed).connect(service.port())) {
            return socket.getSession().getPeerCertificates()[0].equals(expected.certificate());
        }
    }

    /** 0 where there is not even a handshake. */
    private int status(Certified caller) {
        Answer answer = who(caller);
        return answer == null ? 0 : answer.status();
    }

    private @Nullable Answer who(Certified caller) {
        try (SSLSocket socket = Client.of(authority.certificate(), caller).connect(service.port())) {
            return Client.exchange(socket, WHO);
        } catch (IOException noHandshake) {
            return null;
        }
    }

    private void awaitComplaint() {
        await(() -> !service.complaints().isEmpty());
    }

    private void awaitNoComplaint() {
        await(() -> service.complaints().isEmpty());
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
