package io.countersign.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.address.Addresses;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
    private static final InetAddress PROXY = Addresses.parse("10.0.0.5");
    private static final InetAddress OTHER = Addresses.parse("192.0.2.9");
    private static final InetAddress CALLER = Addresses.parse("198.51.100.7");

    private final Proxies proxies = new Proxies();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            10.0.0.5                        | 10.0.0.5          | true
            10.0.0.5                        | 10.0.0.6          | false
            10.0.0.5                        | ::ffff:10.0.0.5   | true
            192.0.2.1, 10.0.0.0/24          | 10.0.0.255        | true
            10.0.0.0/24,2001:db8::/64       | 2001:db8::1       | true
            10.0.0.0/24,2001:db8::/64       | 2001:db8:0:1::1   | false
            ::ffff:10.0.0.0/120             | 10.0.0.9          | true
            ''                              | 127.0.0.1         | false
            '   '                           | 127.0.0.1         | false
            """)
    void knowsWhoIsListed(String addresses, String address, boolean listed) {
        proxies.setAddresses(addresses);
        assertThat(proxies.isListed(Addresses.parse(address))).isEqualTo(listed);
        assertThat(proxies.isEmpty()).isEqualTo(addresses.isBlank());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            any                     | 'any' is not an IP address
            0.0.0.0/0               | '0.0.0.0/0' would make everybody a proxy
            10.0.0.5, ::/0          | '::/0' would make everybody a proxy
            ::ffff:0.0.0.0/96       | '::ffff:0.0.0.0/96' would make everybody a proxy
            proxy.example           | 'proxy.example' is not an IP address
            10.0.0.5,               | '' is not an IP address
            10.0.0.5,,10.0.0.6      | '' is not an IP address
            10.0.0.5 10.0.0.6       | '10.0.0.5 10.0.0.6' is not an IP address
            10.0.0.0/33             | '10.0.0.0/33' has no prefix length between 0 and 32
            x, y                    | 'x' is not an IP address; 'y' is not an IP address
            """)
    void refusesWhatWouldBeNobodyOrEverybody(String addresses, String reason) {
        assertThatThrownBy(() -> proxies.setAddresses(addresses))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(reason + "; accepted: addresses and networks of proxies such as");
        assertThat(proxies.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "both", "X-Forwarded-For", "forwarded, x-forwarded-for", "x-real-ip"})
    void refusesOtherHeaders(String header) {
        assertThatThrownBy(() -> proxies.setHeader(header))
                .hasMessage("'" + header + "' is not known; accepted: proxy-protocol, forwarded, x-forwarded-for");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "allow", "Refuse", "any"})
    void refusesOtherWords(String others) {
        assertThatThrownBy(() -> proxies.setOthers(others))
                .hasMessage("'" + others + "' is not known; accepted: refuse, direct");
    }

    @Test
    void withoutProxiesEverybodyCallsForHimself() throws Exception {
        proxies.setHeader("x-forwarded-for");
        assertThat(proxies.refuses(OTHER)).isFalse();
        assertThat(proxies.owesProxyHeader(OTHER)).isFalse();
        assertThat(who(OTHER, null, "1.1.1.1")).isEqualTo(OTHER);
        assertThatThrownBy(() -> who(PROXY, CALLER))
                .as("a connection from before they were taken out")
                .hasMessage("10.0.0.5 is not among the proxies (there are none)");
    }

    @Test
    void whoComesFromElsewhereIsRefusedUnlessDirectCallersAreWelcome() throws Exception {
        proxies.setAddresses("10.0.0.5");
        proxies.setHeader("x-forwarded-for");
        assertThat(proxies.refuses(OTHER)).isTrue();
        assertThat(proxies.refuses(PROXY)).isFalse();
        assertThatThrownBy(() -> who(OTHER, null, "1.1.1.1"))
                .hasMessage("192.0.2.9 is not among the proxies (10.0.0.5)");
        proxies.setOthers("direct");
        assertThat(proxies.refuses(OTHER)).isFalse();
        assertThat(who(OTHER, null, "1.1.1.1")).as("the header does not count").isEqualTo(OTHER);
        assertThat(who(PROXY, null, "1.1.1.1, 198.51.100.7")).isEqualTo(CALLER);
    }

    @Test
    void aProxyOfTheProxyProtocolIsNotBelievedInHeaders() throws Exception {
        proxies.setAddresses("10.0.0.5");
        assertThat(proxies.owesProxyHeader(PROXY)).isTrue();
        assertThat(proxies.owesProxyHeader(OTHER)).isFalse();
        assertThat(who(PROXY, CALLER, "1.1.1.1")).isEqualTo(CALLER);
        assertThat(who(PROXY, PROXY, "1.1.1.1")).as("a caller there").isEqualTo(PROXY);
    }

    @Test
    void aProxyThatNamesNobodyIsRefused() {
        proxies.setAddresses("10.0.0.5");
        assertThatThrownBy(() -> who(PROXY, null, "1.1.1.1"))
                .hasMessage("the proxy 10.0.0.5 does not say who calls: its PROXY header names nobody");
        proxies.setHeader("x-forwarded-for");
        assertThat(proxies.owesProxyHeader(PROXY)).isFalse();
        assertThatThrownBy(() -> who(PROXY, null))
                .hasMessage("the proxy 10.0.0.5 does not say who calls: no X-Forwarded-For");
        assertThatThrownBy(() -> who(PROXY, null, "unknown"))
                .hasMessage("the proxy 10.0.0.5 does not say who calls: X-Forwarded-For has 'unknown' where an address"
                        + " should be");
    }

    @Test
    void onlyTheHeaderThatIsSetIsAskedFor() throws Exception {
        proxies.setAddresses("10.0.0.5");
        proxies.setHeader("forwarded");
        assertThat(proxies.caller(PROXY, null, name -> {
                    assertThat(name).isEqualTo("Forwarded");
                    return List.of("for=198.51.100.7");
                }))
                .isEqualTo(CALLER);
    }

    private InetAddress who(InetAddress peer, @Nullable InetAddress named, String... lines)
            throws UnclearCallerException {
        return proxies.caller(peer, named, name -> List.of(lines));
    }
}
