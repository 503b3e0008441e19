package io.countersign.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, c0000207",
        "0.0.0.0, 00000000",
        "255.255.255.255, ffffffff",
        "127.0.0.1, 7f000001",
    })
    void readsIpv4(String text, String bytes) {
        assertThat(Addresses.parse(text)).isInstanceOf(Inet4Address.class);
        assertThat(Addresses.parse(text).getAddress()).isEqualTo(HexFormat.of().parseHex(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "::, 00000000000000000000000000000000",
        "::1, 00000000000000000000000000000001",
        "2001:db8::7, 20010db8000000000000000000000007",
        "2001:DB8::A, 20010db800000000000000000000000a",
        "2001:db8:1:2:3:4:5:6, 20010db8000100020003000400050006",
        "2001:db8:1:2:3:4:192.0.2.7, 20010db80001000200030004c0000207",
        "64:ff9b::192.0.2.33, 0064ff9b0000000000000000c0000221",
    })
    void readsIpv6(String text, String bytes) {
        assertThat(Addresses.parse(text)).isInstanceOf(Inet6Address.class);
        assertThat(Addresses.parse(text).getAddress()).isEqualTo(HexFormat.of().parseHex(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::ffff:192.0.2.7",
                "::FFFF:192.0.2.7",
                "::ffff:c000:207",
                "0:0:0:0:0:ffff:c000:0207",
                "[::ffff:192.0.2.7]"
            })
    void takesAnIpv4MappedAddressForTheIpv4Address(String text) {
        assertThat(Addresses.parse(text))
                .isEqualTo(Addresses.parse("192.0.2.7"))
                .isInstanceOf(Inet4Address.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fe80::1%eth0", "fe80::1%1", "fe80::1%no-such-interface", "[fe80::1%eth0]", "[fe80::1]"})
    void dropsZoneIdAndBrackets(String text) {
        assertThat(Addresses.parse(text)).isEqualTo(Addresses.parse("fe80::1"));
        assertThat(Addresses.format(Addresses.parse(text))).isEqualTo("fe80::1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "%",
                "%eth0",
                "[]",
                "[",
                ":",
                "localhost",
                "acme.example",
                "any",
                "127.1",
                "127.0.1",
                "2130706433",
                "0x7f000001",
                "0x7f.0.0.1",
                "010.0.0.1",
                "192.0.2.007",
                "192.0.2.256",
                "192.0.2.7.",
                ".192.0.2.7",
                "192.0.2.7.1",
                "192..2.7",
                " 192.0.2.7",
                "192.0.2.7 ",
                "192.0.2.7\n",
                "192.0.2.-7",
                "+192.0.2.7",
                "192.0.2.7:8443",
                "192.0.2.7/32",
                "１９２.0.2.7",
                "[192.0.2.7",
                "192.0.2.7]",
                "[::1",
                "::1]",
                "[::1]:8443",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "2001:db8::12345",
                "2001:db8::g",
                "::ffff:192.0.2",
                "::ffff:192.0.2.256",
                "::ffff:010.0.0.1",
                "::192.0.2.7:1",
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Addresses.parse(text))
                .withMessage("'" + text + "' is not an IP address");
    }

    /** A look-up would leave the resolver's exception as the cause. */
    @ParameterizedTest
    @ValueSource(strings = {".:1", ".::1", "..:", "a.b:c"})
    void neverAsksANameServerAboutWhatOnlyLooksLikeIpv6(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Addresses.parse(text))
                .withMessage("'" + text + "' is not an IP address")
                .withNoCause();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "::ffff:192.0.2.7, 192.0.2.7",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:AAAA:0:0:0:0:0, 2001:db8:aaaa::",
        "0:0:1:2:3:4:5:6, ::1:2:3:4:5:6",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "0:2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:0, 1:2:3:4:5:6:7:0",
    })
    void writesOneNotation(String text, String notation) {
        assertThat(Addresses.format(Addresses.parse(text))).isEqualTo(notation);
    }

    @Test
    void writesNoZoneIdOfASocketsAddress() throws UnknownHostException {
        byte[] linkLocal = Addresses.parse("fe80::1").getAddress();
        InetAddress scoped = Inet6Address.getByAddress(null, linkLocal, 3);

        assertThat(scoped.getHostAddress()).contains("%");
        assertThat(Addresses.format(scoped)).isEqualTo("fe80::1");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "::ffff:192.0.2.7, 192.0.2.7",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "::1, ::/64",
        "-, -"
    })
    void theirSourceIsTheAddressOrANetworkOfIpv6(String address, String source) {
        assertThat(Addresses.source(address)).isEqualTo(source);
    }
}
