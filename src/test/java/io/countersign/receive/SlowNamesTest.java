package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.NameServer;
import io.countersign.testing.ProxyDoor;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Whatever is wrong with name servers, it is the trouble of those whose names are looked up, and of nobody else. */
class SlowNamesTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String WHO_VIA = "GET /exchange HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: %s\r\n%s\r\n";
    private static final Duration WAIT = Duration.ofSeconds(3);
    private static final int SLOW_PARTNERS = 4;
    /** So many of one partner wait at most; who comes beyond that does not. */
    private static final int PLACES = 64;

    private static final int ADDRESSES = Integer.getInteger("countersign.test.addresses", 2_000);

    private final NameServer names = NameServer.start();
    private final List<Certified> slow = new ArrayList<>();
    private TestHome home;
    private Certified listed;
    private Certified named;
    private Certified wild;

    /** What is wrong with the name server. */
    enum Trouble {
        /** Nobody gets an answer, and there are more who wait than there is room for. */
        SILENT(66),
        SLOW(10),
        DEAD(10);

        private final int callersOfEach;

        Trouble(int callersOfEach) {
            this.callersOfEach = callersOfEach;
        }
    }

    @BeforeEach
    void describe(@TempDir Path folder) {
        home = new TestHome(folder)
                .set("countersign.dns-servers", names.setting())
                .set("countersign.dns-wait", WAIT.toMillis() + "ms")
                .set("countersign.proxies", "127.0.0.9")
                .set("countersign.without-proxy", "direct");
        listed = home.pinned("listed");
        named = partner("named", Issue.to("CN=named").dns("named.example"));
        wild = partner("wild", Issue.to("CN=wild").dns("*.wild.example"));
        for (int i = 0; i < SLOW_PARTNERS; i++) {
            slow.add(partner("slow" + i, Issue.to("CN=slow").dns("slow" + i + ".example")));
            names.host("slow" + i + ".example", "127.0.0.1");
        }
        names.host("named.example", Duration.ofHours(1), "127.0.0.1");
    }

    private Certified partner(String name, Issue issue) {
        Certified partner = issue.by(home.authority);
        partner.write(home.certificates(), name);
        home.partner(name, Map.of("certificates", "certificates/" + name + ".crt", "addressCheck", "certificate"));
        return partner;
    }

    @AfterEach
    void close() {
        names.close();
    }

    @ParameterizedTest
    @EnumSource
    void theirTroubleHoldsUpNobodyElse(Trouble trouble) throws Exception {
        try (RunningService service = RunningService.start(home);
                SSLSocket byList = client(listed).connect(service.port());
                SSLSocket byName = client(named).connect(service.port())) {
            ask(byList, 50);
            List<Duration> before = ask(byList, 100);
            before.addAll(ask(byName, 100));
            List<SSLSocket> waiting = connected(service.port(), trouble.callersOfEach);
            begin(trouble);
            for (SSLSocket socket : waiting) {
                socket.getOutputStream().write(WHO.getBytes(StandardCharsets.US_ASCII));
            }

            List<Duration> meanwhile = ask(byList, 100);
            meanwhile.addAll(ask(byName, 100));

            assertAsFast(before, meanwhile);
            assertThat(names.asked("named.example")).as("it is kept").isOne();
            assertAnswered(trouble, waiting, service);
        } finally {
            names.close();
        }
    }

    @Test
    void thousandsOfNamesHoldUpNobodyElse() throws Exception {
        names.otherwise(SlowNamesTest::hostOfItsOwn);
        Certified proxy = Issue.to("CN=proxy").by(home.authority);
        proxy.write(home.certificates(), "proxy");
        home.write("routes/behind-proxy.camel.yaml", ProxyDoor.yaml("behind-proxy", "certificates/proxy.crt"));
        try (RunningService service = RunningService.start(home);
                SSLSocket byList = client(listed).connect(ProxyDoor.port(service, "receive"));
                SSLSocket byName = client(named).connect(ProxyDoor.port(service, "receive"));
                SSLSocket fromEverywhere =
                        client(proxy).connect("127.0.0.9", ProxyDoor.port(service, "behind-proxy"))) {
            ask(byList, 50);
            List<Duration> before = ask(byList, 300);
            before.addAll(ask(byName, 300));
            List<Duration> meanwhile = new ArrayList<>();

            for (int i = 0; i < ADDRESSES; i++) {
                String address = "10.1." + (i >> 8) + "." + (i & 255);
                assertThat(Client.exchange(fromEverywhere, WHO_VIA.formatted(address, ProxyDoor.shown(wild)))
                                .body())
                        .contains("\"address\":\"" + address + "\"");
                if (i % 20 == 0) {
                    meanwhile.addAll(ask(byList, 1));
                    meanwhile.addAll(ask(byName, 1));
                }
            }

            assertAsFast(before, meanwhile);
            assertThat(names.asked("named.example"))
                    .as("others' names are kept")
                    .isOne();
        }
    }

    /** {@code 10.1.2.3} is {@code 3-2-1-10.wild.example}, and the other way round. */
    private static List<Record> hostOfItsOwn(Record question) {
        String[] labels = question.getName().getLabelString(0).split("-");
        if (question.getType() == Type.PTR) {
            Name name = question.getName();
            String host = String.join(
                    "-",
                    name.getLabelString(0),
                    name.getLabelString(1),
                    name.getLabelString(2),
                    name.getLabelString(3));
            return List.of(new PTRRecord(name, DClass.IN, 100, Name.fromConstantString(host + ".wild.example.")));
        }
        try {
            String address = String.join(".", labels[3], labels[2], labels[1], labels[0]);
            return List.of(new ARecord(question.getName(), DClass.IN, 100, InetAddress.getByName(address)));
        } catch (UnknownHostException unparsable) {
            throw new IllegalStateException(unparsable);
        }
    }

    private void begin(Trouble trouble) {
        switch (trouble) {
            case SILENT -> names.silent(true);
            case SLOW -> names.slow(Duration.ofSeconds(1));
            case DEAD -> names.close();
        }
    }

    private List<SSLSocket> connected(int port, int each) throws Exception {
        List<SSLSocket> all = new ArrayList<>();
        for (Certified partner : slow) {
            Client client = client(partner);
            for (int i = 0; i < each; i++) {
                all.add(client.connect(port));
            }
        }
        return all;
    }

    private static void assertAnswered(Trouble trouble, List<SSLSocket> waiting, RunningService service)
            throws Exception {
        int admitted = 0;
        for (SSLSocket socket : waiting) {
            try (socket) {
                Answer answer = Client.exchange(socket, "");
                admitted += answer.status() == 200 ? 1 : 0;
                assertThat(answer.status()).isIn(200, 403);
            }
        }
        long withoutRoom = service.refusals().stream()
                .filter(refused -> refused.reason().contains("too many requests wait"))
                .count();
        switch (trouble) {
            case SILENT -> {
                assertThat(admitted).isZero();
                assertThat(withoutRoom)
                        .as("there was a crowd")
                        .isBetween(1L, waiting.size() - (long) SLOW_PARTNERS * PLACES);
            }
            case SLOW -> {
                assertThat(admitted).isEqualTo(waiting.size());
                assertThat(withoutRoom).isZero();
            }
            case DEAD -> {
                assertThat(admitted).isZero();
                assertThat(service.refusals())
                        .anySatisfy(refused -> assertThat(refused.reason()).contains("no name server can be asked"));
            }
        }
    }

    /** Not to the millisecond, since the machine may be busy; but nobody has waited for a name server. */
    private static void assertAsFast(List<Duration> before, List<Duration> meanwhile) {
        assertThat(Collections.max(meanwhile)).isLessThan(WAIT.minusMillis(300));
        assertThat(median(meanwhile)).isLessThan(median(before).multipliedBy(4).plusMillis(40));
    }

    private static Duration median(List<Duration> times) {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }

    private static List<Duration> ask(SSLSocket socket, int times) throws Exception {
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            assertThat(Client.exchange(socket, WHO).status()).isEqualTo(200);
            took.add(Duration.ofNanos(System.nanoTime() - start));
        }
        return took;
    }

    private Client client(Certified partner) {
        return Client.of(home.authority.certificate(), partner);
    }
}
