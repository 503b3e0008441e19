package io.countersign.listener;

import static io.countersign.testing.ProxyBytes.bytes;
import static io.countersign.testing.ProxyBytes.bytesFrom;
import static io.countersign.testing.ProxyBytes.joined;
import static io.countersign.testing.ProxyBytes.textFrom;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.proxy.Proxies;
import io.countersign.refusal.Refusals;
import io.countersign.settings.LimitTerms;
import io.countersign.tls.ListenerTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Byte by byte, without a socket, and with something that only listens in TLS's place. */
class FirstBytesTest {
    private static final String PROXY = "10.0.0.5";
    private static final String OTHER = "192.0.2.9";
    private static final byte[] HELLO = "\u0016\u0003\u0001hello".getBytes(StandardCharsets.ISO_8859_1);

    private final Server server = new Server();
    private final Time time = new Time();
    private final LocalConnector connector =
            new LocalConnector(server, null, time, null, 1, new HttpConnectionFactory());
    private final Refusals refusals = new Refusals();
    private final Proxies proxies = new Proxies();
    private final ListenerTls spoken = new ListenerTls();
    private final Connections connections = new Connections(
            new LimitTerms(
                    10,
                    10,
                    1_000,
                    1_000,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofDays(1),
                    Duration.ofSeconds(60),
                    0,
                    8_192,
                    10),
            10,
            proxies::isListed,
            refusals);
    private @Nullable Listening tls;

    @BeforeEach
    void start() throws Exception {
        proxies.setAddresses("10.0.0.0/24");
        spoken.setProxies(proxies);
        server.addConnector(connector);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of(textFrom("198.51.100.7"), "198.51.100.7:51234"),
                Arguments.of(textFrom("2001:db8::7"), "[2001:db8:0:0:0:0:0:7]:51234"),
                Arguments.of(bytesFrom("198.51.100.7"), "198.51.100.7:51234"),
                Arguments.of(bytesFrom("::ffff:198.51.100.7"), "198.51.100.7:51234"),
                Arguments.of(bytes(0x20, 0, new byte[0]), PROXY + ":4711"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void nothingGetsLostWhereverTheHeaderIsCut(byte[] header, String caller) {
        byte[] all = joined(header, HELLO);
        for (int cut = 1; cut < all.length; cut++) {
            End end = open(PROXY);
            end.receive(Arrays.copyOf(all, cut));
            end.receive(Arrays.copyOfRange(all, cut, all.length));
            assertThat(heard()).as("cut at %s", cut).isEqualTo(HELLO);
            assertThat(from()).isEqualTo(caller);
        }
        assertThat(refusals.events()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("headers")
    void nothingGetsLostWhenEachByteComesAlone(byte[] header, String caller) {
        End end = open(PROXY);
        for (byte each : joined(header, HELLO)) {
            end.receive(new byte[] {each});
        }
        assertThat(heard()).isEqualTo(HELLO);
        assertThat(from()).isEqualTo(caller);
    }

    @Test
    void moreThanFitsBesideAHeaderComesThroughWhole() {
        byte[] much = new byte[100_000];
        Arrays.fill(much, (byte) 0x16);
        End end = open(PROXY);
        end.receive(joined(textFrom("198.51.100.7"), much));
        assertThat(heard()).isEqualTo(much);
    }

    @Test
    void aSecondHeaderIsRefused() {
        for (byte[] second : new byte[][] {textFrom("1.2.3.4"), bytesFrom("1.2.3.4")}) {
            for (byte[] first : new byte[][] {textFrom("198.51.100.7"), bytesFrom("198.51.100.7")}) {
                End end = open(PROXY);
                end.receive(joined(first, second, HELLO));
                assertRefused(end, "198.51.100.7", "has a second PROXY header behind the first");
            }
        }
    }

    @Test
    void aProxyThatDoesNotSayWhoCallsIsRefused() {
        End end = open(PROXY);
        end.receive(HELLO);
        assertRefused(end, PROXY, "does not begin with a PROXY header");
    }

    @Test
    void aHeaderThatEndsBeforeItsEndIsRefused() {
        End end = open(PROXY);
        end.receive("PROXY TCP4 1.2".getBytes(StandardCharsets.US_ASCII));
        end.finish();
        assertRefused(end, PROXY, "ended within its PROXY header");
    }

    @Test
    void whoComesFromElsewhereIsRefusedBeforeAnythingIsRead() {
        assertRefused(open(OTHER), OTHER, "192.0.2.9 is not among the proxies");
    }

    @Test
    void whoComesFromElsewhereIsADirectCallerWhereThatIsWelcome() {
        proxies.setOthers("direct");
        End end = open(OTHER);
        end.receive(HELLO);
        assertThat(heard()).isEqualTo(HELLO);
        assertThat(from()).isEqualTo(OTHER + ":4711");
    }

    @Test
    void aHeaderFromElsewhereIsRefused() {
        proxies.setOthers("direct");
        for (byte[] header : new byte[][] {textFrom("1.2.3.4"), bytesFrom("1.2.3.4")}) {
            End end = open(OTHER);
            for (byte each : joined(header, HELLO)) {
                end.receive(new byte[] {each});
            }
            assertRefused(end, OTHER, "begins with a PROXY header, and 192.0.2.9 is not among the proxies");
        }
    }

    @Test
    void aHeaderWithoutAnyProxiesIsRefused() {
        proxies.setAddresses("");
        End end = open(OTHER);
        end.receive(joined(textFrom("1.2.3.4"), HELLO));
        assertRefused(end, OTHER, "begins with a PROXY header, and 192.0.2.9 is not among the proxies");
    }

    @Test
    void aHeaderOfAProxyThatSaysItInAnotherWayIsRefused() {
        proxies.setHeader("x-forwarded-for");
        End end = open(PROXY);
        end.receive(joined(textFrom("1.2.3.4"), HELLO));
        assertRefused(end, PROXY, "begins with a PROXY header, and the proxies say who calls by x-forwarded-for");
    }

    @Test
    void whatOnlyLooksLikeAHeaderAtFirstIsNoTlsEither() {
        proxies.setAddresses("");
        End end = open(OTHER);
        end.receive("PRO".getBytes(StandardCharsets.US_ASCII));
        assertThat(tls).isNull();
        end.receive("TOCOL".getBytes(StandardCharsets.US_ASCII));
        assertRefused(end, OTHER, "does not speak TLS; it begins with 'PROTOCOL'");
        assertThat(tls).isNull();
    }

    @Test
    void aProxyThatOnlyAsksWhetherWeAreThereIsNotRecorded() {
        for (byte[] asked : new byte[][] {{}, bytes(0x20, 0, new byte[0])}) {
            End end = open(PROXY);
            end.receive(asked);
            end.finish();
            assertThat(end.isOpen()).isFalse();
        }
        End idle = open(PROXY);
        idle.expire();
        assertThat(idle.isOpen()).isFalse();
        assertThat(refusals.events()).isEmpty();
        assertThat(tls).isNull();
    }

    @Test
    void aHeaderThatDoesNotGoOnIsRefusedWhenTheTimeIsOver() {
        End end = open(PROXY);
        end.receive("PROXY".getBytes(StandardCharsets.US_ASCII));
        end.expire();
        assertThat(end.isOpen()).isFalse();
        assertThat(refusals.events()).hasSize(1);
        assertThat(refusals.events().get(0).reason())
                .startsWith("does not come to the end of its PROXY header: nothing has come for");
    }

    @Test
    void aHeaderWhoseBytesComeOneByOneIsRefusedWhenTheTimeForAllIsOver() {
        End end = open(PROXY);
        for (byte each : "PROXY TCP4 1".getBytes(StandardCharsets.US_ASCII)) {
            end.receive(new byte[] {each});
        }
        assertThat(end.isOpen()).isTrue();
        time.passes();
        assertRefused(end, PROXY, "does not come to the end of its PROXY header: 10 s have passed");
        assertThat(refusals.events()).hasSize(1);
    }

    @Test
    void whoHasSaidWhoCallsIsNotHeldToThat() {
        for (byte[] header : new byte[][] {textFrom("198.51.100.7"), bytesFrom("198.51.100.7")}) {
            End end = open(PROXY);
            end.receive(header);
            time.passes();
            end.receive(HELLO);
            assertThat(heard()).isEqualTo(HELLO);
        }
        proxies.setAddresses("");
        End direct = open(OTHER);
        time.passes();
        direct.receive(HELLO);
        assertThat(heard()).isEqualTo(HELLO);
        assertThat(refusals.events()).isEmpty();
    }

    @Test
    void aProxyThatAsksSlowlyIsNotRecorded() {
        End end = open(PROXY);
        time.passes();
        assertThat(end.isOpen()).isFalse();
        assertThat(refusals.events()).isEmpty();
    }

    @Test
    void aDirectCallerThatSaysNothingIsRefusedWhenTheTimeIsOver() {
        proxies.setAddresses("");
        End end = open(OTHER);
        end.expire();
        assertRefused(end, OTHER, "does not begin its handshake: nothing has come for");
    }

    @Test
    void whatEndsWithTheListenerIsNotRecorded() {
        proxies.setAddresses("");
        End end = open(OTHER);
        end.close();
        assertThat(refusals.events()).isEmpty();
    }

    @Test
    void aDirectCallerThatEndsEarlyIsLeftToTls() {
        proxies.setAddresses("");
        End end = open(OTHER);
        end.finish();
        assertThat(heard()).isEmpty();
        assertThat(Objects.requireNonNull(tls).ended).isTrue();
    }

    private void assertRefused(End end, String address, String reason) {
        assertThat(end.isOpen()).isFalse();
        assertThat(tls).as("no TLS").isNull();
        assertThat(refusals.events().get(0).code()).isEqualTo("handshake");
        assertThat(refusals.events().get(0).reason()).contains(reason);
        assertThat(refusals.events().get(0).caller()).isEqualTo(Refusals.Caller.of(null, address, null));
    }

    private byte[] heard() {
        return Objects.requireNonNull(tls, "TLS has not begun").heard.toByteArray();
    }

    private String from() {
        return String.valueOf(Objects.requireNonNull(tls).getEndPoint().getRemoteSocketAddress())
                .substring(1);
    }

    private End open(String peer) {
        tls = null;
        End end = new End(peer);
        Connection first = new FirstBytes.Factory(new Listens(), () -> spoken, connections, refusals)
                .newConnection(connector, end);
        end.setConnection(first);
        end.onOpen();
        first.onOpen();
        return end;
    }

    private final class Listens extends AbstractConnectionFactory {
        Listens() {
            super("listens");
        }

        @Override
        public Connection newConnection(Connector owner, EndPoint endPoint) {
            return new Listening(endPoint);
        }
    }

    private final class Listening extends AbstractConnection implements Connection.UpgradeTo {
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
        private boolean ended;

        Listening(EndPoint endPoint) {
            super(endPoint, Runnable::run);
            tls = this;
        }

        @Override
        public void onUpgradeTo(ByteBuffer buffer) {
            heard.writeBytes(BufferUtil.toArray(buffer));
        }

        @Override
        public void onOpen() {
            super.onOpen();
            onFillable();
        }

        @Override
        public void onFillable() {
            ByteBuffer buffer = BufferUtil.allocate(10_000);
            try {
                for (int filled = getEndPoint().fill(buffer);
                        filled != 0;
                        filled = getEndPoint().fill(buffer)) {
                    if (filled < 0) {
                        ended = true;
                        return;
                    }
                    heard.writeBytes(BufferUtil.toArray(buffer));
                    BufferUtil.clear(buffer);
                }
                fillInterested();
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }

    /** In which ten seconds pass when a test says so. */
    private static final class Time extends ScheduledExecutorScheduler {
        private final List<Runnable> later = new ArrayList<>();

        @Override
        public Task schedule(Runnable what, long delay, TimeUnit unit) {
            if (unit.toSeconds(delay) != 10) {
                return super.schedule(what, delay, unit);
            }
            later.add(what);
            return () -> later.remove(what);
        }

        void passes() {
            List.copyOf(later).forEach(Runnable::run);
            later.clear();
        }
    }

    /** The other end's bytes, as they come. */
    private final class End extends ByteArrayEndPoint {
        private final SocketAddress peer;

        End(String peer) {
            super(connector.getScheduler(), 0);
            this.peer = new InetSocketAddress(peer, 4711);
        }

        void receive(byte[] bytes) {
            addInput(ByteBuffer.wrap(bytes));
        }

        void finish() {
            addInputEOF();
        }

        void expire() {
            setIdleTimeout(1);
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !isOpen());
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            return peer;
        }

        @Override
        protected void execute(Runnable task) {
            task.run();
        }
    }
}
