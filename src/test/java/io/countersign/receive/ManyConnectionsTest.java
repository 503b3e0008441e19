package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.ProxyBytes;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listener has room for so many, and gives it to those who have shown who they are. */
class ManyConnectionsTest {
    private static final String WHOLE = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx";
    private static final String BEGUN = "PUT /exchange/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nx";

    @TempDir
    Path folder;

    private TestHome home;
    private Certified acme;
    private final List<Socket> open = new ArrayList<>();

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"));
    }

    @AfterEach
    void closeAll() throws IOException {
        for (Socket each : open) {
            each.close();
        }
    }

    @Test
    void thoseWithoutAHandshakeGiveWay() throws Exception {
        home.set("countersign.max-connections", "10");
        try (RunningService service = RunningService.start(home)) {
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                silent.add(opened(new Socket(InetAddress.getLoopbackAddress(), service.port())));
            }
            for (int i = 0; i < 5; i++) {
                assertThat(Client.exchange(connect(service), WHOLE).status()).isEqualTo(201);
            }
            int ended = 0;
            for (Socket each : silent) {
                each.setSoTimeout(300);
                ended += isOpen(each) ? 0 : 1;
            }
            assertThat(ended).isEqualTo(5);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(service.refusals())
                            .extracting(Refused::reason)
                            .containsOnly("does not begin its handshake: gave way to others: 10 connections are open")
                            .hasSize(5));
        }
    }

    @Test
    void thoseInTheirHandshakeGiveWayAsWell() throws Exception {
        home.set("countersign.max-connections", "3");
        try (RunningService service = RunningService.start(home)) {
            for (int i = 0; i < 3; i++) {
                Socket begun = opened(new Socket(InetAddress.getLoopbackAddress(), service.port()));
                begun.getOutputStream().write(Client.hello());
                assertThat(begun.getInputStream().read()).isEqualTo(22);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(Client.exchange(connect(service), WHOLE).status()).isEqualTo(201);
            }
            Awaitility.await()
                    .untilAsserted(() -> assertThat(service.refusals())
                            .extracting(Refused::reason)
                            .containsOnly(
                                    "does not come to the end of its handshake: gave way to others: 3 connections are open")
                            .hasSize(3));
        }
    }

    @Test
    void whoeverHasSaidNothingGivesWayBeforeWhoeverHasBegun() throws Exception {
        home.set("countersign.max-connections", "8");
        try (RunningService service = RunningService.start(home)) {
            Socket begun = opened(new Socket(InetAddress.getLoopbackAddress(), service.port()));
            begun.getOutputStream().write(Client.hello());
            assertThat(begun.getInputStream().read()).isEqualTo(22);
            for (int i = 0; i < 7; i++) {
                opened(new Socket(InetAddress.getLoopbackAddress(), service.port()));
            }
            for (int i = 0; i < 7; i++) {
                assertThat(Client.exchange(connect(service), WHOLE).status()).isEqualTo(201);
            }
            begun.setSoTimeout(100);
            begun.getInputStream().skipNBytes(begun.getInputStream().available());
            assertThat(isOpen(begun)).isTrue();
        }
    }

    @Test
    void aBurstOfStrangersTakesNoPartnersConnection() throws Exception {
        home.set("countersign.max-connections", "20");
        try (RunningService service = RunningService.start(home)) {
            SSLSocket partner = connect(service);
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 60; i++) {
                    opened(new Socket(InetAddress.getLoopbackAddress(), service.port()));
                }
                assertThat(Client.exchange(partner, WHOLE).status()).isEqualTo(201);
                SSLSocket another = connect(service);
                assertThat(Client.exchange(another, WHOLE).status()).isEqualTo(201);
                another.close();
            }
            assertThat(home.files("inbox")).hasSize(40);
        }
    }

    @Test
    void whereAllAreIdleNewcomersGetInSideBySide() throws Exception {
        home.set("countersign.max-connections", "12");
        try (RunningService service = RunningService.start(home)) {
            for (int i = 0; i < 12; i++) {
                assertThat(Client.exchange(connect(service), WHOLE).status()).isEqualTo(201);
            }
            List<Socket> begun = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                begun.add(opened(new Socket(InetAddress.getLoopbackAddress(), service.port())));
                begun.get(i).getOutputStream().write(Client.hello());
            }
            for (Socket each : begun) {
                assertThat(each.getInputStream().read()).isEqualTo(22);
            }
        }
    }

    @Test
    void idlePartnersGiveWayAndBusyOnesDoNot() throws Exception {
        home.set("countersign.max-connections", "3");
        try (RunningService service = RunningService.start(home)) {
            SSLSocket idle = connect(service);
            assertThat(Client.exchange(idle, WHOLE).status()).isEqualTo(201);
            SSLSocket busy = connect(service);
            SSLSocket busyToo = connect(service);
            begin(busy);
            begin(busyToo);
            Awaitility.await().until(() -> home.files("staging").size() == 2);
            assertThat(Client.exchange(connect(service), WHOLE).status()).isEqualTo(201);
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            SSLSocket third = connect(service);
            begin(third);
            Awaitility.await().until(() -> home.files("staging").size() == 3);
            assertThatThrownBy(() -> Client.exchange(connect(service), WHOLE)).isInstanceOf(IOException.class);
            assertThat(service.refusal().reason())
                    .isEqualTo("there is no room for another connection: 3 are open and none of them is idle");
            for (SSLSocket each : List.of(busy, busyToo, third)) {
                assertThat(Client.exchange(each, "y").status()).isEqualTo(201);
            }
            Awaitility.await()
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(
                                    Client.exchange(connect(service), WHOLE).status())
                            .isEqualTo(201));
        }
    }

    @Test
    void whereThereIsRoomForOneTheNextComesInOnceThatOneIsIdle() throws Exception {
        home.set("countersign.max-connections", "1");
        try (RunningService service = RunningService.start(home)) {
            opened(new Socket(InetAddress.getLoopbackAddress(), service.port()));
            SSLSocket idle = connect(service);
            assertThat(Client.exchange(idle, WHOLE).status()).isEqualTo(201);
            SSLSocket busy = connect(service);
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            begin(busy);
            Awaitility.await().until(() -> home.files("staging").size() == 1);
            assertThatThrownBy(() -> connect(service)).isInstanceOf(IOException.class);
            assertThat(Client.of(home.authority.certificate(), null)
                            .get(service.at("/health").resolve("/health/ready"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(Client.exchange(busy, "y").status()).isEqualTo(201);
            assertThat(home.files("inbox")).hasSize(2);
        }
    }

    @Test
    void soManyFromOneAddressWhereverAProxyTakesThem() throws Exception {
        home.set("countersign.proxies", "127.0.0.1").set("countersign.max-connections-per-address", "2");
        try (RunningService service = RunningService.start(home)) {
            SSLSocket first = from(service, acme, "198.51.100.7");
            assertThat(Client.exchange(first, WHOLE).status()).isEqualTo(201);
            assertThat(Client.exchange(from(service, acme, "198.51.100.7"), WHOLE)
                            .status())
                    .isEqualTo(201);
            assertThatThrownBy(() -> Client.exchange(from(service, acme, "198.51.100.7"), WHOLE))
                    .isInstanceOf(IOException.class);
            assertThat(service.refusal()).satisfies(refused -> {
                assertThat(refused.reason())
                        .isEqualTo("has 2 connections open already (countersign.max-connections-per-address)");
                assertThat(refused.caller().address()).isEqualTo("198.51.100.7");
            });
            for (int i = 1; i <= 5; i++) {
                assertThat(Client.exchange(from(service, acme, "198.51.100.10" + i), WHOLE)
                                .status())
                        .isEqualTo(201);
            }
            assertThat(Client.exchange(from(service, acme, "2001:db8:0:1::1"), WHOLE)
                            .status())
                    .isEqualTo(201);
            assertThat(Client.exchange(from(service, acme, "2001:db8:0:1::2"), WHOLE)
                            .status())
                    .isEqualTo(201);
            assertThatThrownBy(() -> Client.exchange(from(service, acme, "2001:db8:0:1:ffff::3"), WHOLE))
                    .isInstanceOf(IOException.class);
            first.close();
            Awaitility.await()
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(Client.exchange(from(service, acme, "198.51.100.7"), WHOLE)
                                    .status())
                            .isEqualTo(201));
        }
    }

    @Test
    void soManyHandshakesThatComeToNothingFromOneAddress() throws Exception {
        home.set("countersign.proxies", "127.0.0.1").set("countersign.max-handshakes-per-second-per-address", "1");
        Certified stranger = Issue.to("CN=stranger").selfSigned();
        try (RunningService service = RunningService.start(home)) {
            for (int i = 0; i < 20; i++) { // those that succeed do not count
                SSLSocket socket = from(service, acme, "198.51.100.7");
                assertThat(Client.exchange(socket, WHOLE).status()).isEqualTo(201);
                socket.close();
            }
            for (int i = 0; i < 60; i++) {
                fails(service, stranger, "198.51.100.66");
            }
            Awaitility.await().until(() -> service.refusals().size() == 60);
            long turnedAway = service.refusals().stream()
                    .filter(refused -> refused.reason().contains("too many handshakes come to nothing"))
                    .count();
            assertThat(turnedAway).isBetween(1L, 50L);
            assertThat(Client.exchange(from(service, acme, "198.51.100.7"), WHOLE)
                            .status())
                    .isEqualTo(201);
        }
    }

    @Test
    void whoeverHasSucceededLatelyIsNotKeptOutByStrangers() throws Exception {
        home.set("countersign.proxies", "127.0.0.1").set("countersign.max-handshakes-per-second", "1");
        Certified stranger = Issue.to("CN=stranger").selfSigned();
        try (RunningService service = RunningService.start(home)) {
            assertThat(Client.exchange(from(service, acme, "198.51.100.7"), WHOLE)
                            .status())
                    .isEqualTo(201);
            Awaitility.await().untilAsserted(() -> {
                for (int i = 0; i < 30; i++) {
                    fails(service, stranger, "203.0.113." + i);
                }
                assertThat(service.refusals())
                        .extracting(Refused::reason)
                        .anyMatch(reason -> reason.contains("too many handshakes come to nothing"));
            });
            assertThat(Client.exchange(from(service, acme, "198.51.100.7"), WHOLE)
                            .status())
                    .isEqualTo(201);
        }
    }

    private static boolean isOpen(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException open) {
            return true;
        }
    }

    private static void fails(RunningService service, Certified shown, String from) {
        try (SSLSocket socket = Client.showing(shown.certificate(), shown)
                .connect("127.0.0.1", service.port(), ProxyBytes.textFrom(from), true)) {
            int unused = socket.getInputStream().read();
        } catch (IOException refused) {
            // as it should be
        }
    }

    private SSLSocket from(RunningService service, Certified partner, String address) throws IOException {
        SSLSocket socket = Client.of(home.authority.certificate(), partner)
                .connect("127.0.0.1", service.port(), ProxyBytes.textFrom(address), true);
        open.add(socket);
        return socket;
    }

    private SSLSocket connect(RunningService service) throws IOException {
        SSLSocket socket = Client.of(home.authority.certificate(), acme).connect(service.port());
        open.add(socket);
        return socket;
    }

    private Socket opened(Socket socket) {
        open.add(socket);
        return socket;
    }

    private static void begin(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(BEGUN.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }
}
