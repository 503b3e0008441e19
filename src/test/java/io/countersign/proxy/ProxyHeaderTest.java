package io.countersign.proxy;

import static io.countersign.testing.ProxyBytes.bytes;
import static io.countersign.testing.ProxyBytes.bytesFrom;
import static io.countersign.testing.ProxyBytes.joined;
import static io.countersign.testing.ProxyBytes.summed;
import static io.countersign.testing.ProxyBytes.text;
import static io.countersign.testing.ProxyBytes.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.address.Addresses;
import io.countersign.proxy.ProxyHeader.Beginning;
import io.countersign.testing.ProxyBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final byte[] HELLO = {0x16, 0x03, 0x01, 0x00, 0x05};
    private static final byte[] CHECKSUM = value(3, (byte) 0, (byte) 0, (byte) 0, (byte) 0);

    static Stream<Arguments> usable() {
        return Stream.of(
                Arguments.of("v1, IPv4", ProxyBytes.textFrom("192.0.2.7"), "192.0.2.7", 51234),
                Arguments.of("v1, IPv6", ProxyBytes.textFrom("2001:db8::7"), "2001:db8::7", 51234),
                Arguments.of("v1, mapped", ProxyBytes.textFrom("::ffff:192.0.2.7"), "192.0.2.7", 51234),
                Arguments.of("v1, port 0", text("PROXY TCP4 1.2.3.4 5.6.7.8 0 65535"), "1.2.3.4", 0),
                Arguments.of(
                        "v1, the longest",
                        text(
                                "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                                        + " 65535 65535"),
                        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                        65535),
                Arguments.of("v1, unknown", text("PROXY UNKNOWN"), "", 0),
                Arguments.of("v1, unknown with more", text("PROXY UNKNOWN 1.2.3.4 5.6.7.8 1 2 anything"), "", 0),
                Arguments.of("v2, IPv4", bytesFrom("192.0.2.7"), "192.0.2.7", 51234),
                Arguments.of("v2, IPv6", bytesFrom("2001:db8::7"), "2001:db8::7", 51234),
                Arguments.of("v2, mapped", bytesFrom("::ffff:192.0.2.7"), "192.0.2.7", 51234),
                Arguments.of("v2, local", bytes(0x20, 0x00, new byte[0]), "", 0),
                Arguments.of("v2, local with addresses", bytes(0x20, 0x11, new byte[12]), "", 0),
                Arguments.of("v2, local with UNIX addresses", bytes(0x20, 0x31, new byte[216]), "", 0),
                Arguments.of("v2, local with a checksum", summed(bytes(0x20, 0x00, CHECKSUM)), "", 0),
                Arguments.of("v2, unspecified", bytes(0x21, 0x00, new byte[0]), "", 0),
                Arguments.of(
                        "v2, unknown values", bytesFrom("1.2.3.4", value(0xe0, HELLO), value(4)), "1.2.3.4", 51234),
                Arguments.of("v2, a checksum", summed(bytesFrom("1.2.3.4", CHECKSUM)), "1.2.3.4", 51234),
                Arguments.of(
                        "v2, a checksum over more",
                        summed(bytesFrom("2001:db8::7", value(5, HELLO), CHECKSUM)),
                        "2001:db8::7",
                        51234),
                Arguments.of(
                        "v2, the longest",
                        bytesFrom("1.2.3.4", value(4, new byte[4096 - 16 - 12 - 3])),
                        "1.2.3.4",
                        51234));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("usable")
    void saysWhoCalls(String name, byte[] header, String address, int port) throws Exception {
        ByteBuffer begun = ByteBuffer.wrap(joined(header, HELLO));

        ProxyHeader read = java.util.Objects.requireNonNull(ProxyHeader.read(begun), name);

        assertThat(read.length()).isEqualTo(header.length);
        assertThat(begun.remaining()).as("nothing is taken off").isEqualTo(header.length + HELLO.length);
        assertThat(caller(read)).isEqualTo(address.isEmpty() ? null : address + " " + port);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("usable")
    void waitsForTheRestWhereverItIsCut(String name, byte[] header, String address, int port) throws Exception {
        for (int length = 0; length < header.length; length++) {
            assertThat(ProxyHeader.read(ByteBuffer.wrap(header, 0, length)))
                    .as("%s, %s bytes", name, length)
                    .isNull();
        }
        assertThat(ProxyHeader.read(ByteBuffer.wrap(header))).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            PROXY                                                | something else than TCP
            PROXYTCP4 1.2.3.4 5.6.7.8 1 2                        | something else than TCP
            PROXY  TCP4 1.2.3.4 5.6.7.8 1 2                      | something else than TCP
            PROXY tcp4 1.2.3.4 5.6.7.8 1 2                       | something else than TCP
            PROXY UDP4 1.2.3.4 5.6.7.8 1 2                       | something else than TCP
            PROXY UNKNOWNX                                       | something else than TCP
            PROXY TCP4                                           | not made of six words
            PROXY TCP4 1.2.3.4 5.6.7.8 1                         | not made of six words
            PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3                     | not made of six words
            "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 "                    | not made of six words
            PROXY TCP4 1.2.3.4  5.6.7.8 1 2                      | not made of six words
            PROXY TCP4 localhost 5.6.7.8 1 2                     | 'localhost' is no IPv4 address
            PROXY TCP4 1.2.3.4 example.org 1 2                   | 'example.org' is no IPv4 address
            PROXY TCP4 2001:db8::1 ::1 1 2                       | '2001:db8::1' is no IPv4 address
            PROXY TCP4 ::ffff:1.2.3.4 5.6.7.8 1 2                | '::ffff:1.2.3.4' is no IPv4 address
            PROXY TCP6 1.2.3.4 5.6.7.8 1 2                       | '1.2.3.4' is no IPv6 address
            PROXY TCP6 ::1 1.2.3.4 1 2                           | '1.2.3.4' is no IPv6 address
            PROXY TCP6 fe80::1%eth0 ::1 1 2                      | 'fe80::1%eth0' is no IPv6 address
            PROXY TCP6 [::1] ::1 1 2                             | '[::1]' is no IPv6 address
            PROXY TCP6 1::2::3 ::1 1 2                           | '1::2::3' is no IPv6 address
            PROXY TCP6 ::12345 ::1 1 2                           | '::12345' is no IPv6 address
            PROXY TCP4 1.2.3 5.6.7.8 1 2                         | '1.2.3' is no IPv4 address
            PROXY TCP4 1.2.3.256 5.6.7.8 1 2                     | '1.2.3.256' is no IPv4 address
            PROXY TCP4 01.2.3.4 5.6.7.8 1 2                      | '01.2.3.4' is no IPv4 address
            PROXY TCP4 16909060 5.6.7.8 1 2                      | '16909060' is no IPv4 address
            PROXY TCP4 1.2.3.4 5.6.7.8 65536 2                   | '65536' is no port
            PROXY TCP4 1.2.3.4 5.6.7.8 1 99999999999             | '99999999999' is no port
            PROXY TCP4 1.2.3.4 5.6.7.8 01 2                      | '01' is no port
            PROXY TCP4 1.2.3.4 5.6.7.8 +1 2                      | '+1' is no port
            PROXY TCP4 1.2.3.4 5.6.7.8 -1 2                      | '-1' is no port
            PROXY TCP4 1.2.3.4 5.6.7.8 0x1 2                     | '0x1' is no port
            "PROXY TCP4 1.2.3.4 5.6.7.8  2"                      | '' is no port
            """)
    void aLineThatIsNotExactlySoIsRefused(String line, String reason) {
        assertThatThrownBy(() -> ProxyHeader.read(ByteBuffer.wrap(text(line))))
                .isInstanceOf(UnclearCallerException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n",
                "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rX",
                "PROXY TCP4 1.2.3.4\t5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.4\0 5.6.7.8 1 2\r\n",
                "PROXY TCP4 1.2.3.\u0664 5.6.7.8 1 2\r\n",
                "PROXY UNKNOWN \u007f\r\n"
            })
    void aLineWithOtherBytesThanTextIsRefusedAtOnce(String line) {
        assertThatThrownBy(() -> ProxyHeader.read(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(UnclearCallerException.class)
                .hasMessageContaining("has a byte of 0x");
    }

    @Test
    void aLineOfMoreThan107BytesIsRefusedBeforeItsEnd() throws Exception {
        byte[] longest = text("PROXY UNKNOWN " + "x".repeat(107 - 16));
        assertThat(ProxyHeader.read(ByteBuffer.wrap(longest))).isNotNull();
        byte[] endless = ("PROXY UNKNOWN " + "x".repeat(200)).getBytes(StandardCharsets.US_ASCII);
        assertThat(ProxyHeader.read(ByteBuffer.wrap(endless, 0, 106))).isNull();
        assertThatThrownBy(() -> ProxyHeader.read(ByteBuffer.wrap(endless, 0, 107)))
                .hasMessageContaining("without an end; accepted: at most 107 bytes");
    }

    static Stream<Arguments> wrong() {
        byte[] ipv4 = new byte[12];
        return Stream.of(
                Arguments.of("version 1", bytes(0x11, 0x11, ipv4), "of version 1 with command 1"),
                Arguments.of("version 3", bytes(0x31, 0x11, ipv4), "of version 3"),
                Arguments.of("another command", bytes(0x22, 0x11, ipv4), "with command 2"),
                Arguments.of("UDP", bytes(0x21, 0x12, ipv4), "for family 1 and transport 2"),
                Arguments.of("no transport", bytes(0x21, 0x10, ipv4), "for family 1 and transport 0"),
                Arguments.of("UDP over IPv6", bytes(0x21, 0x22, new byte[36]), "for family 2 and transport 2"),
                Arguments.of("UNIX", bytes(0x21, 0x31, new byte[216]), "for family 3 and transport 1"),
                Arguments.of("no such family", bytes(0x21, 0x41, ipv4), "for family 4"),
                Arguments.of("too short for IPv4", bytes(0x21, 0x11, new byte[11]), "11 bytes of 12"),
                Arguments.of("too short for IPv6", bytes(0x21, 0x21, new byte[35]), "35 bytes of 36"),
                Arguments.of("half a value", bytesFrom("1.2.3.4", new byte[] {4, 0}), "within one of its values"),
                Arguments.of("a value cut short", bytesFrom("1.2.3.4", new byte[] {4, 0, 2, 1}), "within one of its"),
                Arguments.of("a wrong checksum", bytesFrom("1.2.3.4", CHECKSUM), "checksum is not that of its bytes"),
                Arguments.of(
                        "a checksum of 3 bytes",
                        bytesFrom("1.2.3.4", value(3, (byte) 0, (byte) 0, (byte) 0)),
                        "not of 4 bytes"),
                Arguments.of("a wrong checksum of its own", bytes(0x20, 0x00, CHECKSUM), "checksum is not"),
                Arguments.of(
                        "garbage where values are", bytes(0x21, 0x00, new byte[] {1}), "within one of its values"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void bytesThatAreNotExactlySoAreRefused(String name, byte[] header, String reason) {
        assertThatThrownBy(() -> ProxyHeader.read(ByteBuffer.wrap(joined(header, HELLO))))
                .as(name)
                .isInstanceOf(UnclearCallerException.class)
                .hasMessageContaining("begins with a PROXY header")
                .hasMessageContaining(reason);
    }

    @Test
    void aSecondChecksumIsRefused() {
        byte[] header = summed(bytesFrom("1.2.3.4", CHECKSUM));
        byte[] twice = joined(header, CHECKSUM);
        twice[15] += (byte) CHECKSUM.length;
        assertThatThrownBy(() -> ProxyHeader.read(ByteBuffer.wrap(summed(twice))))
                .isInstanceOf(UnclearCallerException.class);
    }

    @Test
    void tooManyBytesAreRefusedBeforeTheyCome() {
        byte[] first = Arrays.copyOf(bytes(0x21, 0x11, new byte[4081]), 16);
        assertThatThrownBy(() -> ProxyHeader.read(ByteBuffer.wrap(first)))
                .hasMessageContaining("of 4097 bytes; accepted: at most 4096");
        byte[] local = Arrays.copyOf(bytes(0x20, 0x00, new byte[65535]), 16);
        assertThatThrownBy(() -> ProxyHeader.read(ByteBuffer.wrap(local))).hasMessageContaining("of 65551 bytes");
    }

    @Test
    void everyChangedBitOfASummedHeaderIsNoticedOrIsNoHeader() {
        byte[] header = summed(bytesFrom("192.0.2.7", CHECKSUM));
        for (int bit = 0; bit < header.length * 8; bit++) {
            if (bit / 8 == header.length - CHECKSUM.length) {
                continue; // then it is a value of another type, and no checksum
            }
            byte[] changed = header.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            String read;
            try {
                read = String.valueOf(ProxyHeader.read(ByteBuffer.wrap(changed)));
            } catch (UnclearCallerException noticed) {
                continue;
            }
            // A longer header is waited for; one of LOCAL has addresses that nobody looks at.
            assertThat(read).as("bit %s", bit).matches("null|ProxyHeader\\[length=\\d+, caller=null]");
        }
    }

    @Test
    void anythingElseIsReadOrRefusedAndNothingElse() {
        Random random = new Random(20261128);
        byte[][] seeds = {ProxyBytes.textFrom("192.0.2.7"), bytesFrom("2001:db8::7", value(5, HELLO), CHECKSUM)};
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] header = seeds[i % 2].clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                header[random.nextInt(header.length)] = (byte) random.nextInt(256);
            }
            try {
                var unused = ProxyHeader.read(ByteBuffer.wrap(header));
            } catch (UnclearCallerException expected) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "'', UNDECIDED",
        "P, UNDECIDED",
        "PROX, UNDECIDED",
        "PROXY, HEADER",
        "'PROXY TCP4 ', HEADER",
        "PROXI, OTHER",
        "proxy, OTHER",
        "GET /, OTHER",
    })
    void tellsByTheFirstBytesWhetherItIsOne(String begun, Beginning beginning) {
        assertThat(ProxyHeader.beginning(ByteBuffer.wrap(begun.getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(beginning);
    }

    @Test
    void tellsBytesByTheWholeSignature() {
        byte[] header = bytesFrom("1.2.3.4");
        for (int length = 0; length < 12; length++) {
            assertThat(ProxyHeader.beginning(ByteBuffer.wrap(header, 0, length)))
                    .isEqualTo(Beginning.UNDECIDED);
        }
        assertThat(ProxyHeader.beginning(ByteBuffer.wrap(header, 0, 12))).isEqualTo(Beginning.HEADER);
        assertThat(ProxyHeader.beginning(ByteBuffer.wrap("\r\n\r\nGET /".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(Beginning.OTHER);
        assertThat(ProxyHeader.beginning(ByteBuffer.wrap(HELLO))).isEqualTo(Beginning.OTHER);
    }

    @Test
    void whatBeginsOtherwiseIsNone() {
        assertThatThrownBy(() -> ProxyHeader.read(ByteBuffer.wrap(HELLO)))
                .isInstanceOf(UnclearCallerException.class)
                .hasMessage("does not begin with a PROXY header");
    }

    private static @Nullable String caller(ProxyHeader header) {
        return header.caller() == null
                ? null
                : Addresses.format(header.caller().getAddress()) + " "
                        + header.caller().getPort();
    }
}
