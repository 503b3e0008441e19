package io.countersign.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7/32, 192.0.2.7",
        "192.0.2.7, ::ffff:192.0.2.7",
        "198.51.100.0/24, 198.51.100.0",
        "198.51.100.0/24, 198.51.100.255",
        "198.51.100.77/24, 198.51.100.1",
        "10.0.0.0/8, 10.255.255.255",
        "172.16.0.0/12, 172.31.255.255",
        "192.0.2.128/25, 192.0.2.128",
        "192.0.2.6/31, 192.0.2.7",
        "128.0.0.0/1, 255.255.255.255",
        "0.0.0.0/0, 203.0.113.9",
        "::ffff:10.0.0.0/104, 10.200.1.1",
        "::ffff:0:0/96, 203.0.113.9",
        "::ffff:192.0.2.7/128, 192.0.2.7",
        "::1, ::1",
        "2001:db8::7/128, 2001:db8::7",
        "2001:db8::/32, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8:8000::/33, 2001:db8:8000::1",
        "fe80::/10, febf::1",
        "::/0, 2001:db8::1",
    })
    void containsAnAddress(String network, String address) {
        assertThat(Network.parse(network).contains(Addresses.parse(address))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.8",
        "192.0.2.7/32, 192.0.2.6",
        "198.51.100.0/24, 198.51.101.0",
        "10.0.0.0/8, 11.0.0.0",
        "172.16.0.0/12, 172.32.0.0",
        "172.16.0.0/12, 172.15.255.255",
        "192.0.2.128/25, 192.0.2.127",
        "192.0.2.6/31, 192.0.2.8",
        "128.0.0.0/1, 127.255.255.255",
        "::ffff:10.0.0.0/104, 11.0.0.1",
        "2001:db8::7/128, 2001:db8::6",
        "2001:db8::/32, 2001:db9::",
        "2001:db8:8000::/33, 2001:db8:7fff::1",
        "fe80::/10, fec0::1",
    })
    void doesNotContainAnAddressOutside(String network, String address) {
        assertThat(Network.parse(network).contains(Addresses.parse(address))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0/0, ::1", "::/0, 192.0.2.7", "::/0, ::ffff:192.0.2.7", "127.0.0.1, ::1", "::1, 127.0.0.1"})
    void neverContainsAnAddressOfTheOtherFamily(String network, String address) {
        assertThat(Network.parse(network).contains(Addresses.parse(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.0/33",
                "192.0.2.0/-1",
                "192.0.2.0/+8",
                "192.0.2.0/",
                "192.0.2.0/ 8",
                "192.0.2.0/8 ",
                "192.0.2.0/8/8",
                "192.0.2.0/255.255.255.0",
                "192.0.2.0/eight",
                "192.0.2.0/٨",
                "192.0.2.0/99999999999",
                "2001:db8::/129",
                "2001:db8::/1000",
                "::ffff:10.0.0.0/95",
                "::ffff:10.0.0.0/8",
                "::ffff:10.0.0.0/129",
            })
    void refusesAWrongPrefixLength(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.parse(text))
                .withMessageStartingWith("'" + text + "' has no prefix length between ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/8", "acme.example", "acme.example/24", "10/8", "10.0/16", "10.0.0.0 /8", "*", "10.*.*.*"})
    void refusesWhatStartsWithNoAddress(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.parse(text))
                .withMessageEndingWith("is not an IP address");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7/32",
        "10.0.0.0/8, 10.0.0.0/8",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
        "2001:DB8:0::/32, 2001:db8::/32",
        "::1, ::1/128",
    })
    void isWrittenInCidrNotation(String text, String notation) {
        assertThat(Network.parse(text)).hasToString(notation);
    }

    @Test
    void ofAMappedAddressNamesTheAcceptedPrefixLengthsAsWritten() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Network.parse("::ffff:10.0.0.0/8"))
                .withMessageEndingWith("between 96 and 128");
    }
}
