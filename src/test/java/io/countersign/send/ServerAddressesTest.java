package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.countersign.testing.Issue;
import io.countersign.testing.NameServer;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.ServerTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** A partner's server must be in the networks that the partner's file says, whatever else is right about it. */
class ServerAddressesTest {
    private final NameServer names = NameServer.start();
    private SendingHome sending;
    private ScriptedServer server;

    @BeforeEach
    void describe(@TempDir Path folder) {
        names.host("edi.acme.example", "127.0.0.1")
                .host("two.acme.example", "127.0.0.1", "127.0.0.77")
                .host("six.acme.example", "::1")
                .host("elsewhere.example", "127.0.0.77")
                .alias("alias.acme.example", Duration.ofSeconds(1), "edi.acme.example")
                .fail("broken.example", Rcode.SERVFAIL)
                .host("empty.example")
                .host("half.example", "127.0.0.77")
                .ignore("half.example", Type.AAAA)
                .ignore("silent.example");
        sending = new SendingHome(folder);
        sending.home.set("countersign.dns-servers", names.setting());
        sending.home.pinned("acme");
        server = ScriptedServer.start(ServerTls.of(Issue.to("CN=server")
                .dns("*.acme.example")
                .dns("elsewhere.example")
                .dns("localhost")
                .ip("127.0.0.1")
                .by(sending.home.authority)));
    }

    @AfterEach
    void close() {
        server.close();
        names.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "edi.acme.example   | 127.0.0.0/8",
                "edi.acme.example   | ::1, 127.0.0.1",
                "alias.acme.example | 127.0.0.1",
                "two.acme.example   | 127.0.0.1",
                "localhost          | 127.0.0.1",
                "127.0.0.1          | 127.0.0.1",
                "localhost          | any",
            })
    void getsFilesWhereItsNameLeadsThere(String host, String addresses) throws Exception {
        acme(host, addresses);
        sending.drop("acme", "order.txt", "an order");
        try (RunningService service = RunningService.start(sending.home)) {
            assertThat(service.complaints()).isEmpty();
            assertThat(sending.answer("acme", "order.txt")).containsKey("status");
        }
        assertThat(server.seen()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "edi.acme.example  | 10.0.0.0/8 | edi.acme.example is at 127.0.0.1, and nothing of that is in the partner's"
                        + " serverAddresses: 10.0.0.0/8",
                "127.0.0.1         | 10.0.0.0/8 | 127.0.0.1 is at 127.0.0.1, and nothing of that is in",
                "elsewhere.example | 127.0.0.1  | elsewhere.example is at 127.0.0.77, and nothing of that is in",
                "six.acme.example  | 127.0.0.1  | six.acme.example is at ::1, and nothing of that is in",
            })
    void getsNothingElsewhere(String host, String addresses, String why) throws Exception {
        acme(host, addresses);
        sending.drop("acme", "order.txt", "an order");
        try (RunningService service = RunningService.start(sending.home)) {
            assertThat(service.complaints()).isEmpty();
            JsonObject problem = sending.problem("acme", "order.txt");
            assertThat(String.valueOf(problem)).contains("server-address-mismatch", why);
        }
        assertThat(server.connections()).as("nobody was connected to").isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "silent.example | 300ms | no answer about silent.example",
                "broken.example | 5s | the name server failed on broken.example (SERVFAIL)",
                "gone.example | 5s | gone.example does not exist (NXDOMAIN)",
                "empty.example | 5s | empty.example has no IPv4 address; empty.example has no IPv6 address",
                "half.example | 300ms | no answer about half.example",
            })
    void isTriedAgainWhereNobodySaysWhereItIs(String host, String wait, String why) throws Exception {
        sending.home.set("countersign.dns-wait", wait);
        acme(host, "127.0.0.1");
        sending.drop("acme", "order.txt", "an order");
        try (RunningService service = RunningService.start(sending.home)) {
            assertThat(service.complaints()).isEmpty();
            assertThat(String.valueOf(sending.setback("acme", "order.txt").get("lastFailure")))
                    .contains(why);
            names.host("edi.acme.example", "127.0.0.1");
            acme("edi.acme.example", "127.0.0.1");
            assertThat(sending.answer("acme", "order.txt")).containsKey("status");
        }
    }

    @Test
    void isLookedAtAgainForEveryCall() throws Exception {
        acme("edi.acme.example", "127.0.0.0/8");
        try (RunningService service = RunningService.start(sending.home)) {
            assertThat(service.complaints()).isEmpty();
            sending.drop("acme", "one.txt", "an order");
            sending.answer("acme", "one.txt");

            acme("edi.acme.example", "10.0.0.0/8");
            SendingHome.soon().until(() -> {
                String name = "later" + server.seen().size() + ".txt";
                sending.drop("acme", name, "an order");
                SendingHome.soon()
                        .until(() -> !sending.outbox("acme", name).toFile().exists());
                return sending.failed("acme", name).toFile().exists();
            });

            assertThat(service.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                | is empty; accepted: networks, or leaving it out for any",
                "edi.acme.example  | 'edi.acme.example' is not an IP address; accepted: addresses and networks such as",
                "10.0.0.0/33       | '10.0.0.0/33' has no prefix length between 0 and 32",
            })
    void areToldWhereTheyAreWrong(String addresses, String why) {
        acme("edi.acme.example", addresses);

        assertThat(catchThrowable(() -> RunningService.start(sending.home).close()))
                .hasMessageContaining("partner acme: serverAddresses: ")
                .hasMessageContaining(why);
    }

    private void acme(String host, String addresses) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "certificates", "certificates/acme.crt", "url", "https://" + host + ":" + server.port() + "/exchange"));
        properties.put("serverAddresses", addresses);
        sending.home.partner("acme", properties);
    }
}
