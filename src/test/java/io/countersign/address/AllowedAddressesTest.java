package io.countersign.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.countersign.dns.HostName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedAddressesTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", " , ,"})
    void admitNobodyWhereNoneIsListed(String text) {
        AllowedAddresses nobody = AllowedAddresses.parse(text);

        assertThat(nobody.any()).isFalse();
        assertThat(nobody.networks()).isEmpty();
        assertThat(nobody.contains(Addresses.parse("127.0.0.1"))).isFalse();
        assertThat(nobody.contains(Addresses.parse("::1"))).isFalse();
        assertThat(nobody.contains(Addresses.parse("0.0.0.0"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"any", " Any ", "ANY", "10.0.0.0/8, any"})
    void admitEverybodyOnlyByTheWordAny(String text) {
        AllowedAddresses everybody = AllowedAddresses.parse(text);

        assertThat(everybody.contains(Addresses.parse("203.0.113.9"))).isTrue();
        assertThat(everybody.contains(Addresses.parse("2001:db8::1"))).isTrue();
        assertThat(everybody).hasToString("any");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anyone",
                "all",
                "*",
                "*.example",
                "any host",
                "a n y",
                "0/0",
                "anylocal",
                "10.1.1",
                "10.0.0.0.example.1"
            })
    void areNotAnyByAnotherWord(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AllowedAddresses.parse(text))
                .withMessageContaining("or 'any'");
    }

    @Test
    void containWhatOneOfTheNetworksContains() {
        AllowedAddresses allowed = AllowedAddresses.parse("192.0.2.7 , 198.51.100.0/24,2001:db8::/32,");

        assertThat(allowed.contains(Addresses.parse("192.0.2.7"))).isTrue();
        assertThat(allowed.contains(Addresses.parse("::ffff:198.51.100.9"))).isTrue();
        assertThat(allowed.contains(Addresses.parse("2001:db8:1::1"))).isTrue();
        assertThat(allowed.contains(Addresses.parse("192.0.2.8"))).isFalse();
        assertThat(allowed.contains(Addresses.parse("2001:db9::1"))).isFalse();
        assertThat(allowed).hasToString("192.0.2.7/32, 198.51.100.0/24, 2001:db8::/32");
    }

    @Test
    void haveHostsInOneForm() {
        AllowedAddresses allowed =
                AllowedAddresses.parse("EDI.Acme.example., 192.0.2.7, localhost, xn--bcher-kva.example");

        assertThat(allowed.hosts())
                .extracting(HostName::value)
                .containsExactly("edi.acme.example", "localhost", "xn--bcher-kva.example");
        assertThat(allowed).hasToString("192.0.2.7/32, edi.acme.example, localhost, xn--bcher-kva.example");
    }

    @Test
    void haveNoHostsWhereThoseWouldSayNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AllowedAddresses.parseNetworks("10.0.0.0/8, edi.acme.example"))
                .withMessageContaining("'edi.acme.example' is not an IP address")
                .withMessageNotContaining("names of hosts");
    }

    @Test
    void reportEveryWrongEntryTogether() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> AllowedAddresses.parse("acme, 10.0.0.0/8, 10.0.0.0/33, any, 010.1.1.1, *.acme.example"))
                .withMessageContainingAll(
                        "'acme' is not an IP address",
                        "'*.acme.example' is not an IP address",
                        "'10.0.0.0/33' has no prefix length between 0 and 32",
                        "'010.1.1.1' is not an IP address",
                        "accepted: addresses and networks such as")
                .withMessageNotContaining("'10.0.0.0/8'");
    }
}
