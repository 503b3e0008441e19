package io.countersign.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.FaultProxy.Way;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault does what it says, either way, while the other way goes on. */
class FaultProxyTest {
    private static final byte[] BYTES = bytes(20_000);

    private ServerSocket service;
    private FaultProxy proxy;
    private Socket caller;
    private Socket served;

    @BeforeEach
    void connect() throws IOException {
        service = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        proxy = FaultProxy.before(service.getLocalPort());
        caller = new Socket("127.0.0.1", proxy.port());
        served = service.accept();
        soon().until(() -> proxy.open() == 1);
        caller.setSoTimeout(10_000);
        served.setSoTimeout(10_000);
    }

    @AfterEach
    void end() throws IOException {
        proxy.close();
        service.close();
        caller.close();
        served.close();
    }

    @ParameterizedTest
    @EnumSource
    void withoutAFaultBytesAndEndsPass(Way way) throws Exception {
        write(way, BYTES);
        assertThat(read(way, BYTES.length)).isEqualTo(BYTES);
        from(way).shutdownOutput();
        assertThat(to(way).getInputStream().read()).isEqualTo(-1);
        passes(other(way));
        assertThat(proxy.open()).isEqualTo(1);
        from(other(way)).shutdownOutput();
        soon().until(() -> proxy.open() == 0);
        assertThat(proxy.passed(way)).isEqualTo(BYTES.length);
        assertThat(proxy.taken()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void latencyKeepsEachPiece(Way way) throws Exception {
        proxy.fault(way, new Fault.Latency(Duration.ofMillis(400), Duration.ofMillis(100), 1));
        assertThat(timeOf(() -> passes(way))).isBetween(Duration.ofMillis(400), Duration.ofSeconds(3));
        assertThat(timeOf(() -> passes(other(way)))).isLessThan(Duration.ofMillis(400));
        proxy.heal();
        assertThat(timeOf(() -> passes(way))).isLessThan(Duration.ofMillis(400));
    }

    @Test
    void latencyIsTheSameForTheSameSeed() {
        Fault.Latency latency = new Fault.Latency(Duration.ofMillis(5), Duration.ofMillis(10), 3);
        Duration first = latency.before(1, new Random(3));
        assertThat(first)
                .isEqualTo(latency.before(1, new Random(3)))
                .isBetween(Duration.ofMillis(5), Duration.ofMillis(15))
                .isNotEqualTo(latency.before(1, new Random(4)));
    }

    @ParameterizedTest
    @EnumSource
    void bandwidthIsKept(Way way) throws Exception {
        proxy.fault(way, new Fault.Bandwidth(50_000));
        Duration time = timeOf(() -> {
            write(way, BYTES);
            assertThat(read(way, BYTES.length)).isEqualTo(BYTES);
        });
        assertThat(time).isBetween(Duration.ofMillis(390), Duration.ofSeconds(3));
        passes(other(way));
    }

    @ParameterizedTest
    @EnumSource
    void slicesComeOneByOne(Way way) throws Exception {
        proxy.fault(way, new Fault.Slicing(7, Duration.ofMillis(30)));
        Duration time = timeOf(() -> {
            write(way, bytes(21));
            assertThat(to(way).getInputStream().read(new byte[21])).isEqualTo(7);
            assertThat(read(way, 14)).isEqualTo(Arrays.copyOfRange(bytes(21), 7, 21));
        });
        assertThat(time).isBetween(Duration.ofMillis(90), Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @EnumSource
    void aResetIsSeenAtBothEndsAfterItsByte(Way way) throws Exception {
        proxy.fault(way, new Fault.Reset(5_000));
        write(way, BYTES);
        assertThat(read(way, 5_000)).isEqualTo(Arrays.copyOf(BYTES, 5_000));
        for (Socket end : new Socket[] {caller, served}) {
            assertThatThrownBy(() -> end.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        soon().until(() -> proxy.open() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void bytesCountFromWhenAFaultIsSwitchedOn(Way way) throws Exception {
        passes(way);
        for (int times = 0; times < 2; times++) {
            proxy.fault(way, new Fault.Silence(3));
            write(way, bytes(5));
            assertThat(read(way, 3)).hasSize(3);
            assertNothingComes(way);
            proxy.heal();
            assertThat(read(way, 2)).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void silenceKeepsBytesAndTheEndUntilItIsOver(Way way) throws Exception {
        proxy.fault(way, new Fault.Silence(5_000));
        write(way, BYTES);
        from(way).shutdownOutput();
        assertThat(read(way, 5_000)).hasSize(5_000);
        assertNothingComes(way);
        passes(other(way));
        proxy.heal();
        assertThat(to(way).getInputStream().readAllBytes()).isEqualTo(Arrays.copyOfRange(BYTES, 5_000, BYTES.length));
    }

    @ParameterizedTest
    @EnumSource
    void aHalfClosedConnectionGoesOnTheOtherWay(Way way) throws Exception {
        proxy.fault(way, new Fault.HalfClose(5_000));
        write(way, BYTES);
        assertThat(to(way).getInputStream().readAllBytes()).isEqualTo(Arrays.copyOf(BYTES, 5_000));
        passes(other(way));
        write(way, BYTES);
        passes(other(way));
        assertThat(proxy.passed(way)).isEqualTo(5_000);
    }

    @Test
    void newConnectionsAreRefusedUntilTheFaultEnds() throws Exception {
        proxy.refuse();
        assertThatThrownBy(() -> new Socket("127.0.0.1", proxy.port())).isInstanceOf(ConnectException.class);
        passes(Way.TO_SERVICE);
        proxy.heal();
        try (Socket again = new Socket("127.0.0.1", proxy.port());
                Socket accepted = service.accept()) {
            again.getOutputStream().write(1);
            assertThat(accepted.getInputStream().read()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionIsCutInTheMidstOfSilence(Way way) throws Exception {
        proxy.fault(way, new Fault.Silence(0));
        write(way, BYTES);
        proxy.cut();
        assertThatThrownBy(() -> to(way).getInputStream().read()).isInstanceOf(SocketException.class);
        soon().until(() -> proxy.open() == 0);
    }

    private interface Action {
        void run() throws Exception;
    }

    private static ConditionFactory soon() {
        return Awaitility.await().pollInterval(Duration.ofMillis(5));
    }

    private static Duration timeOf(Action action) throws Exception {
        long before = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - before);
    }

    private void passes(Way way) throws IOException {
        write(way, new byte[] {42});
        assertThat(read(way, 1)).containsExactly(42);
    }

    private void assertNothingComes(Way way) throws IOException {
        to(way).setSoTimeout(50);
        assertThatThrownBy(() -> to(way).getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        to(way).setSoTimeout(10_000);
    }

    private void write(Way way, byte[] bytes) throws IOException {
        from(way).getOutputStream().write(bytes);
    }

    private byte[] read(Way way, int bytes) throws IOException {
        return to(way).getInputStream().readNBytes(bytes);
    }

    private Socket from(Way way) {
        return way == Way.TO_SERVICE ? caller : served;
    }

    private Socket to(Way way) {
        return from(other(way));
    }

    private static Way other(Way way) {
        return way == Way.TO_SERVICE ? Way.TO_CALLER : Way.TO_SERVICE;
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
