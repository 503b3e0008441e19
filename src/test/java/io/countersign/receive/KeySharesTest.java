package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The group in which keys are agreed upon is one that the caller has brought a key for, and a native one where it has. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class KeySharesTest {
    private static final int KEY_SHARE = 51;

    @ParameterizedTest
    @CsvSource({"x25519 secp256r1, 0x0017", "x25519, 0x001d", "secp256r1, 0x0017"})
    void aNativeOneWhereItIsThere(String brought, String group, @TempDir Path folder) throws Exception {
        try (RunningService service = RunningService.start(new TestHome(folder));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
            ByteBuffer hello = hello(Set.of(brought.split(" ")));
            byte[] bytes = new byte[hello.remaining()];
            hello.get(bytes);
            socket.getOutputStream().write(bytes);
            assertThat(agreed(new DataInputStream(socket.getInputStream()))).isEqualTo(Integer.decode(group));
        }
    }

    private static ByteBuffer hello(Set<String> groups) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setAlgorithmConstraints(new Only(groups));
        engine.setSSLParameters(parameters);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        assertThat(engine.wrap(ByteBuffer.allocate(0), hello).bytesProduced()).isPositive();
        return hello.flip();
    }

    /** From a ServerHello (RFC 8446, 4.1.3); one that asks for another key has none of its own in it. */
    private static int agreed(DataInputStream answer) throws Exception {
        assertThat(answer.readUnsignedByte()).as("a handshake record").isEqualTo(22);
        answer.skipNBytes(2);
        ByteBuffer hello = ByteBuffer.wrap(answer.readNBytes(answer.readUnsignedShort()));
        hello.position(4 + 2 + 32);
        hello.position(hello.position() + 1 + hello.get(hello.position()) + 2 + 1 + 2);
        while (hello.hasRemaining()) {
            int kind = hello.getShort();
            int length = hello.getShort();
            if (kind == KEY_SHARE) {
                assertThat(length).as("a group and a key in it").isGreaterThan(2);
                return hello.getShort();
            }
            hello.position(hello.position() + length);
        }
        throw new AssertionError("the answer has no key share");
    }

    private record Only(Set<String> groups) implements AlgorithmConstraints {
        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, String algorithm, AlgorithmParameters parameters) {
            return !algorithm.matches("(?i)x25519|x448|secp.*|ffdhe.*|x25519mlkem768") || groups.contains(algorithm);
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
            return true;
        }

        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, Key key, AlgorithmParameters parameters) {
            return permits(primitives, algorithm, parameters);
        }
    }
}
