package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.refusal.Refusals.Refused;
import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proxies at 127.0.0.5 and 127.0.0.6 that say in a header of each request where it comes from. */
class ForwardedTest {
    private static final String PROXY = "127.0.0.5";
    private static final String OTHER = "127.0.0.9";

    @TempDir
    private Path folder;

    private TestHome home;
    private Client client;

    @BeforeEach
    void describe() {
        home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"));
        client = Client.of(home.authority.certificate(), acme);
        home.set("countersign.proxies", "127.0.0.5, 127.0.0.6");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            x-forwarded-for | X-Forwarded-For: 198.51.100.7                                         | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 198.51.100.7:4711                                    | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 2001:db8::7                                          | 2001:db8::7
            x-forwarded-for | X-Forwarded-For: [2001:db8::7]:4711                                   | 2001:db8::7
            x-forwarded-for | X-Forwarded-For: 1.1.1.1, 198.51.100.7                                | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: x y z, 198.51.100.7, 127.0.0.6                       | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 1.1.1.1 ~ X-Forwarded-For: 198.51.100.7              | 198.51.100.7
            x-forwarded-for | x-forwarded-FOR: 198.51.100.7 ~ X-Forwarded-For: 127.0.0.6            | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 127.0.0.6                                            | 127.0.0.6
            x-forwarded-for | Forwarded: for=1.1.1.1 ~ X-Forwarded-For: 198.51.100.7                | 198.51.100.7
            x-forwarded-for | X-Forwarded-For: 198.51.100.7 ~ X-Real-IP: 1.1.1.1                    | 198.51.100.7
            forwarded       | Forwarded: for=198.51.100.7                                           | 198.51.100.7
            forwarded       | Forwarded: for="[2001:db8::7]:4711";proto=https                       | 2001:db8::7
            forwarded       | Forwarded: for="1.1.1.1, for=198.51.100.7, For="127.0.0.6:80"         | 198.51.100.7
            forwarded       | Forwarded: for=1.1.1.1 ~ Forwarded: for=198.51.100.7                  | 198.51.100.7
            forwarded       | X-Forwarded-For: 1.1.1.1 ~ Forwarded: for=198.51.100.7                | 198.51.100.7
            """)
    void callersHaveTheAddressThatTheProxySays(String header, String sent, String address) throws Exception {
        home.set("countersign.proxy-header", header);
        try (RunningService service = RunningService.start(home)) {
            Answer answer = ask(service, PROXY, sent);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("\"address\":\"" + address + "\"");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            x-forwarded-for | X-Nothing: 1.1.1.1                                    | no X-Forwarded-For
            x-forwarded-for | Forwarded: for=198.51.100.7                           | no X-Forwarded-For
            x-forwarded-for | X-Forwarded-For: unknown                              | 'unknown' where an address
            x-forwarded-for | X-Forwarded-For: 198.51.100.7, unknown                | 'unknown' where an address
            x-forwarded-for | X-Forwarded-For: 198.51.100.7,                        | '' where an address
            x-forwarded-for | X-Forwarded-For: 198.51.100.7 ~ X-Forwarded-For:      | '' where an address
            x-forwarded-for | X-Forwarded-For: localhost                            | 'localhost' where an address
            forwarded       | X-Forwarded-For: 198.51.100.7                         | no Forwarded
            forwarded       | Forwarded: for=unknown                                | 'unknown' where an address
            forwarded       | Forwarded: for=198.51.100.7, for=_x                   | '_x' where an address
            forwarded       | Forwarded: for=198.51.100.7, proto=https              | without 'for'
            forwarded       | Forwarded: for=198.51.100.7:1                         | cannot be read
            """)
    void aProxyThatDoesNotSayWhoCallsIsRefused(String header, String sent, String reason) throws Exception {
        home.set("countersign.proxy-header", header);
        try (RunningService service = RunningService.start(home)) {
            Answer answer = ask(service, PROXY, sent);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body())
                    .contains("address-not-allowed", "\"detail\":\"Where you call from is not known here.\"")
                    .doesNotContain("127.0.0", "orwarded");
            Refused refused = service.refusal();
            assertThat(refused.reason())
                    .startsWith("the proxy 127.0.0.5 does not say who calls: ")
                    .contains(reason);
            assertThat(refused.caller().address()).isEqualTo(PROXY);
            assertThat(refused.caller().partner()).isEqualTo("-");
            assertThat(home.files("staging")).isEmpty();
        }
    }

    @Test
    void whoComesFromElsewhereIsADirectCallerWhateverItsHeadersSay() throws Exception {
        home.set("countersign.proxy-header", "x-forwarded-for").set("countersign.without-proxy", "direct");
        try (RunningService service = RunningService.start(home)) {
            for (String sent : new String[] {"X-Forwarded-For: 198.51.100.7", "X-Forwarded-For: ???", "Accept: */*"}) {
                assertThat(ask(service, OTHER, sent).body()).contains("\"address\":\"127.0.0.9\"");
            }
        }
    }

    @Test
    void whoComesFromElsewhereIsNotEvenHeardWhereOnlyProxiesMayCome() throws Exception {
        home.set("countersign.proxy-header", "x-forwarded-for");
        try (RunningService service = RunningService.start(home)) {
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> ask(service, OTHER, "X-Forwarded-For: 198.51.100.7"))
                    .isInstanceOf(java.io.IOException.class);
            assertThat(service.refusal().reason()).isEqualTo("127.0.0.9 is not among countersign.proxies");
        }
    }

    @Test
    void theAddressCountsAsAnyOther() throws Exception {
        home.set("countersign.proxy-header", "x-forwarded-for");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "198.51.100.0/24"));
        try (RunningService service = RunningService.start(home)) {
            assertThat(ask(service, PROXY, "X-Forwarded-For: 198.51.100.7").status())
                    .isEqualTo(200);
            Answer answer = ask(service, PROXY, "X-Forwarded-For: 198.51.100.7, 192.0.2.7");
            assertThat(answer.body()).contains("address-not-allowed");
            assertThat(service.refusal().caller().address()).isEqualTo("192.0.2.7");
            assertThat(service.refusal().caller().partner()).isEqualTo("acme");
        }
    }

    private Answer ask(RunningService service, String from, String headers) throws Exception {
        try (SSLSocket socket = client.connect(from, service.port())) {
            return Client.exchange(
                    socket,
                    "GET /exchange HTTP/1.1\r\nHost: localhost\r\n" + headers.replace(" ~ ", "\r\n") + "\r\n\r\n");
        }
    }
}
