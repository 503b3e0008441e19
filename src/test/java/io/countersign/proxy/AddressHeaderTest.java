package io.countersign.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.address.Addresses;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxies are 10.0.0.0/8 and fd00::/8; " ~ " stands between two lines of the header. */
class AddressHeaderTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            192.0.2.7                                   | 192.0.2.7
            192.0.2.7:4711                              | 192.0.2.7
            2001:db8::7                                 | 2001:db8::7
            2001:DB8:0:0::7                             | 2001:db8::7
            [2001:db8::7]                               | 2001:db8::7
            [2001:db8::7]:4711                          | 2001:db8::7
            ::ffff:192.0.2.7                            | 192.0.2.7
            [::ffff:192.0.2.7]:1                        | 192.0.2.7
            fe80::1%eth0                                | fe80::1
            192.0.2.7,10.0.0.5                          | 192.0.2.7
            192.0.2.7 , 10.0.0.5                        | 192.0.2.7
            192.0.2.7, 10.0.0.5, fd00::5                | 192.0.2.7
            192.0.2.7, ::ffff:10.0.0.5                  | 192.0.2.7
            127.0.0.1, 192.0.2.7                        | 192.0.2.7
            10.0.0.5, 192.0.2.7                         | 192.0.2.7
            10.0.0.9, 192.0.2.7, 10.0.0.5               | 192.0.2.7
            unknown, 192.0.2.7, 10.0.0.5                | 192.0.2.7
            "'<script>, 192.0.2.7                       | 192.0.2.7
            , , ,192.0.2.7                              | 192.0.2.7
            10.0.0.6, 10.0.0.5                          | 10.0.0.6
            10.0.0.5                                    | 10.0.0.5
            127.0.0.1 ~ 192.0.2.7                       | 192.0.2.7
            192.0.2.7 ~ 10.0.0.5                        | 192.0.2.7
            1.1.1.1, 192.0.2.7 ~ 10.0.0.5, 10.0.0.6     | 192.0.2.7
            """)
    void xForwardedForNamesTheLastThatIsNoProxy(String lines, String caller) throws Exception {
        assertThat(read(new XForwardedFor(), lines)).isEqualTo(caller);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "example.org",
                "localhost",
                "192.0.2.7, unknown",
                "192.0.2.7, unknown, 10.0.0.5",
                "192.0.2.7,",
                "192.0.2.7, ,10.0.0.5",
                "192.0.2.7 ~ ",
                "192.0.2.7 10.0.0.5",
                "192.0.2.7;10.0.0.5",
                "192.0.2",
                "192.0.2.256",
                "192.0.2.07",
                "3221225991",
                "0x7f.1",
                "192.0.2.7:",
                "192.0.2.7:x",
                "192.0.2.7:123456",
                "192.0.2.7:1:2",
                "[192.0.2.7]",
                "[2001:db8::7",
                "2001:db8::7]",
                "[2001:db8::7]]",
                "[2001:db8::7]4711",
                "[]",
                ":",
                "::1::",
                "12345::",
                "1:2:3:4:5:6:7:8:9",
                "\"192.0.2.7\"",
                "for=192.0.2.7",
                "\u0661.1.1.1",
                "192.0.2.7\u00a0"
            })
    void xForwardedForWithSomethingElseWhereACallerShouldBeIsRefused(String lines) {
        assertThatThrownBy(() -> read(new XForwardedFor(), lines))
                .isInstanceOf(UnclearCallerException.class)
                .hasMessageContaining("X-Forwarded-For has '")
                .hasMessageEndingWith("' where an address should be");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            for=192.0.2.7                                       | 192.0.2.7
            FOR=192.0.2.7                                       | 192.0.2.7
            for="192.0.2.7"                                     | 192.0.2.7
            for="192.0.2.7:4711"                                | 192.0.2.7
            for="192.0.2.7:_port"                               | 192.0.2.7
            for="[2001:db8::7]"                                 | 2001:db8::7
            For="[2001:db8:cafe::17]:4711"                      | 2001:db8:cafe::17
            for="[::ffff:192.0.2.7]:1"                          | 192.0.2.7
            for="\\1\\92.0.2.7"                                 | 192.0.2.7
            for=192.0.2.7;proto=http;by=203.0.113.43            | 192.0.2.7
            proto=https; for=192.0.2.7 ; host="a,b;c=\\"d\\\\"  | 192.0.2.7
            ;;for=192.0.2.7;;                                   | 192.0.2.7
            host="x, for=1.1.1.1";for=192.0.2.7                 | 192.0.2.7
            for=1.1.1.1, for=192.0.2.7                          | 192.0.2.7
            for=192.0.2.7,for=10.0.0.5                          | 192.0.2.7
            for=192.0.2.7, for="10.0.0.5:80";by=x, for="[fd00::1]" | 192.0.2.7
            for=unknown, for=192.0.2.7                          | 192.0.2.7
            for=_hidden, for=192.0.2.7                          | 192.0.2.7
            garbage ", for=192.0.2.7                            | 192.0.2.7
            for="1.1.1.1, for=192.0.2.7                         | 192.0.2.7
            for="1.1.1.1\\, for=192.0.2.7                       | 192.0.2.7
            for="1.1.1.1\\", for=192.0.2.7, for=10.0.0.5        | 192.0.2.7
            =,=;=, for=192.0.2.7                                | 192.0.2.7
            for=10.0.0.6, for=10.0.0.5                          | 10.0.0.6
            for="1.1.1.1 ~ for=192.0.2.7                        | 192.0.2.7
            for=1.1.1.1 ~ for=192.0.2.7 ~ for=10.0.0.5          | 192.0.2.7
            """)
    void forwardedNamesTheLastThatIsNoProxy(String lines, String caller) throws Exception {
        assertThat(read(new ForwardedHeader(), lines)).isEqualTo(caller);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            for=unknown                         | 'unknown' where an address should be
            for="unknown:80"                    | 'unknown:80' where an address should be
            for=_hidden                         | '_hidden' where an address should be
            for=example.org                     | 'example.org' where an address should be
            for=""                              | '' where an address should be
            for="[192.0.2.7]"                   | '[192.0.2.7]' where an address should be
            for="192.0.2.7:"                    | where an address should be
            for="[2001:db8::7]x"                | where an address should be
            for="2001:db8::7"                   | an IPv6 address without brackets
            for=192.0.2.7:4711                  | cannot be read
            for=[2001:db8::7]                   | cannot be read
            for =192.0.2.7                      | cannot be read
            for= 192.0.2.7                      | cannot be read
            for                                 | cannot be read
            192.0.2.7                           | cannot be read
            for="192.0.2.7                      | cannot be read
            for=192.0.2.7"                      | cannot be read
            for="192.0.2.7"x                    | cannot be read
            for=192.0.2.7 for=1.1.1.1           | cannot be read
            proto=https                         | without 'for'
            ;                                   | without 'for'
            for=192.0.2.7, proto=https          | without 'for'
            for=192.0.2.7,                      | without 'for'
            for=192.0.2.7, , for=10.0.0.5       | without 'for'
            for=192.0.2.7;for=1.1.1.1           | two 'for'
            for=192.0.2.7;FOR=192.0.2.7         | two 'for'
            for=192.0.2.7, for=unknown, for=10.0.0.5 | 'unknown' where an address should be
            for=192.0.2.7, "                    | cannot be read
            for=192.0.2.7 ~ for="10.0.0.5       | cannot be read
            """)
    void forwardedWithSomethingElseWhereACallerShouldBeIsRefused(String lines, String reason) {
        assertThatThrownBy(() -> read(new ForwardedHeader(), lines))
                .isInstanceOf(UnclearCallerException.class)
                .hasMessageContaining("Forwarded has")
                .hasMessageContaining(reason);
    }

    /** Whatever a caller sends before it, what a proxy adds decides. */
    @Test
    void nothingThatACallerSendsChangesWhatAProxyAdds() throws Exception {
        Random random = new Random(20261128);
        String alphabet = "for=\"\\;, 10.25[]:%\tunknownFOR";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder sent = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                sent.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(read(new ForwardedHeader(), sent + ", for=192.0.2.7;host=\"a,b\", for=10.0.0.5"))
                    .as("%s", sent)
                    .isEqualTo("192.0.2.7");
            assertThat(read(new ForwardedHeader(), sent + " ~ for=\"[2001:db8::7]:1\""))
                    .as("%s", sent)
                    .isEqualTo("2001:db8::7");
            assertThat(read(new XForwardedFor(), sent + ", 192.0.2.7, 10.0.0.5"))
                    .as("%s", sent)
                    .isEqualTo("192.0.2.7");
        }
    }

    @Test
    void ofALongHeaderOnlyTheEndIsLookedAt() throws Exception {
        String open = "for=\"" + "\\\"".repeat(30_000);
        assertThat(read(new ForwardedHeader(), open + ", for=192.0.2.7")).isEqualTo("192.0.2.7");
        assertThatThrownBy(() -> read(new ForwardedHeader(), open + "\""))
                .hasMessageContaining("cannot be read")
                .hasMessageMatching(".{100,300}");
        assertThat(read(new XForwardedFor(), "9".repeat(60_000) + ", 192.0.2.7"))
                .isEqualTo("192.0.2.7");
    }

    @Test
    void noHeaderNamesNobody() {
        assertThatThrownBy(() -> new XForwardedFor().caller(List.of(), proxy -> true))
                .hasMessage("no X-Forwarded-For");
        assertThatThrownBy(() -> new ForwardedHeader().caller(List.of(), proxy -> true))
                .hasMessage("no Forwarded");
    }

    private static String read(AddressHeader header, String lines) throws UnclearCallerException {
        return Addresses.format(header.caller(List.of(lines.split(" ~ ", -1)), AddressHeaderTest::isProxy));
    }

    private static boolean isProxy(InetAddress address) {
        return (address.getAddress()[0] & 0xff) == (address.getAddress().length == 4 ? 10 : 0xfd);
    }
}
