package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.cli.Commands;
import io.countersign.testing.Certified;
import io.countersign.testing.Command;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.ServerTls;
import io.countersign.testing.Step;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code countersign send}, as a process of its own. */
class SendCommandTest {
    @TempDir
    private Path folder;

    private TestHome home;
    private ScriptedServer server;
    private Path order;

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder.resolve("home"));
        Certified acme = Issue.to("CN=acme").dns("localhost").by(home.authority);
        acme.write(home.certificates(), "acme");
        server = ScriptedServer.start(ServerTls.of(acme));
        receiver("acme", server.url("/exchange").toString());
        home.saveSettings();
        order = Files.writeString(folder.resolve("order.xml"), "<order/>");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theReceiptIsAllThatIsPrintedAndACopyIsKept() throws Exception {
        Command sent = send(2, "--partner", "acme", order.toString());
        assertThat(sent.exitCode()).as(sent.output()).isZero();
        JsonObject receipt = (JsonObject) Jsoner.deserialize(sent.output());
        assertThat(receipt.getString("name")).isEqualTo("order.xml");
        assertThat(receipt.getLong("size")).isEqualTo(8);
        assertThat(order).hasContent("<order/>");
        assertThat(home.read("data/sent/acme/order.xml")).isEqualTo("<order/>");
        assertThat(home.read("data/sent/acme/order.xml.receipt.json").strip())
                .isEqualTo(sent.output().strip());
        assertThat(home.files("outbox")).isEmpty();
        assertThat(home.files("sending")).isEmpty();
    }

    @Test
    void oneOfSeveralThatIsRefusedIsNamedAndMakesTheExitCodeOne() throws Exception {
        Path other = Files.writeString(folder.resolve("other.xml"), "<other/>");
        server.otherwise(Step.onRequest(request -> {
            request.readWhole();
            if (request.headers().toString().contains("order.xml")) {
                request.answer(201, Map.of(), "");
            } else {
                request.answer(403, Map.of(), "not you");
            }
        }));
        Command sent = send(0, "--partner", "acme", order.toString(), other.toString());
        assertThat(sent.exitCode()).isEqualTo(1);
        assertThat(sent.output())
                .contains("order.xml: accepted, without a receipt; see ")
                .contains("other.xml: not accepted (refused): the partner answered 403: not you; see ");
        assertThat(home.read("data/failed/acme/other.xml.problem.json")).contains("urn:countersign:problem:refused");
    }

    @Test
    void whatCouldNotBeDeliveredHasTheSameKeyTheNextTimeAndAnotherAfterThat() throws Exception {
        server.then(Step.answer(503, Map.of("Retry-After", "3600"), "later"));
        Command first = send(0, "--partner", "acme", order.toString());
        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(first.output()).contains("order.xml: not accepted (unavailable): the partner answered 503: later");
        assertThat(home.files("outbox")).isEmpty();
        assertThat(home.files("failed")).isEmpty();
        assertThat(send(0, "--partner", "acme", order.toString()).exitCode()).isZero();
        assertThat(send(0, "--partner", "acme", order.toString()).exitCode()).isZero();
        List<String> keys = server.seen().stream()
                .map(request -> request.headers().get("idempotency-key"))
                .toList();
        assertThat(keys).hasSize(3);
        assertThat(keys.get(1)).isEqualTo(keys.get(0));
        assertThat(keys.get(2)).isNotEqualTo(keys.get(1));
    }

    @Test
    void aLargeFileShowsHowFarItIs() throws Exception {
        Path large = folder.resolve("large.bin");
        Files.write(large, new byte[32 << 20]);
        Command sent = send(1, "--partner", "acme", large.toString());
        assertThat(sent.output()).contains("large.bin", "100%", "32/32 MiB");
    }

    @Test
    void itWorksBesideTheServiceAndLeavesItsOutboxAlone() throws Exception {
        Certified globex = home.pinned("globex");
        home.partner(
                "globex",
                Map.of(
                        "certificates",
                        "certificates/globex.crt",
                        "url",
                        server.url("/globex").toString().replace("localhost", "no-such-host.invalid")));
        assertThat(globex.chain()).hasSize(1);
        try (RunningService service = RunningService.start(home)) {
            home.set("countersign.port", Integer.toString(service.port())).saveSettings();
            Path waiting = home.data().resolve("outbox/globex/waiting.txt");
            Files.writeString(waiting, "x");
            Command sent = send(0, "--partner", "acme", order.toString());
            assertThat(sent.exitCode()).as(sent.output()).isZero();
            assertThat(waiting).exists();
        }
        assertThat(server.seen()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nobody | order.xml | partner nobody: is not known; known: acme, quiet",
                "quiet  | order.xml | partner quiet: has no url",
                "acme   | none.xml  | none.xml: no such file",
                "acme   | .         | is not a file that can be read",
            })
    void whatCannotBeSentIsSaid(String partner, String file, String said) throws Exception {
        home.pinned("quiet");
        Command sent = send(0, "--partner", partner, folder.resolve(file).toString());
        assertThat(sent.exitCode()).isEqualTo(1);
        assertThat(sent.output()).contains(said);
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void usageThatIsWrongIsToldFromFailure() throws Exception {
        assertThat(Commands.execute("send")).isEqualTo(2);
        assertThat(Commands.execute("send", "--partner", "acme")).isEqualTo(2);
        assertThat(Commands.execute("send", "--nonsense")).isEqualTo(2);
    }

    @Test
    void whatFailedIsPutBackWithItsKey() throws Exception {
        server.then(Step.answer(403, Map.of(), "no"), Step.accept(receipt -> {
            receipt.put("size", 7);
            return receipt;
        }));
        Path other = Files.writeString(folder.resolve("other.xml"), "<other/>");
        assertThat(send(0, "--partner", "acme", order.toString()).exitCode()).isEqualTo(1);
        assertThat(send(0, "--partner", "acme", other.toString()).exitCode()).isEqualTo(1);
        String key = key("order.xml");
        String mismatched = key("other.xml");
        Command named = send(0, "--retry", "--partner", "acme", "order.xml");
        assertThat(named.exitCode()).as(named.output()).isZero();
        assertThat(named.output()).contains("put back: ", "outbox/acme/order.xml");
        assertThat(send(0, "--retry").exitCode()).isZero();
        assertThat(home.files("failed")).isEmpty();
        assertThat(send(0, "--retry").output()).contains("nothing is there in ");
        try (RunningService service = RunningService.start(home)) {
            org.awaitility.Awaitility.await()
                    .atMost(java.time.Duration.ofSeconds(20))
                    .until(() -> Files.exists(home.data().resolve("sent/acme/order.xml"))
                            && Files.exists(home.data().resolve("sent/acme/other.xml")));
            assertThat(service.complaints()).isEmpty();
        }
        assertThat(server.seen())
                .extracting(request -> request.headers().get("idempotency-key"))
                .contains(key)
                .filteredOn(mismatched::equals)
                .hasSize(1);
        assertThat(server.seen())
                .extracting(request -> request.headers().get("idempotency-key"))
                .filteredOn(key::equals)
                .hasSize(2);
    }

    @Test
    void whatIsInTheWayOfPuttingBackIsSaidAndNothingIsLost() throws Exception {
        server.then(Step.answer(403, Map.of(), "no"));
        assertThat(send(0, "--partner", "acme", order.toString()).exitCode()).isEqualTo(1);
        Files.createDirectories(home.data().resolve("outbox/acme"));
        Files.writeString(home.data().resolve("outbox/acme/order.xml"), "newer");
        Command put = send(0, "--retry", "--partner", "acme");
        assertThat(put.exitCode()).isEqualTo(1);
        assertThat(put.output()).contains("outbox/acme/order.xml is there already; it must go first");
        assertThat(home.read("data/failed/acme/order.xml")).isEqualTo("<order/>");
        assertThat(home.read("data/outbox/acme/order.xml")).isEqualTo("newer");
    }

    private void receiver(String name, String url) {
        home.partner(name, Map.of("certificates", "certificates/acme.crt", "url", url));
    }

    private String key(String file) throws Exception {
        JsonObject problem = (JsonObject) Jsoner.deserialize(home.read("data/failed/acme/" + file + ".problem.json"));
        return problem.getString("key");
    }

    /** @param stream 0 for both, 1 for standard error alone, 2 for standard output alone */
    private Command send(int stream, String... arguments) throws IOException, InterruptedException {
        List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.countersign.Countersign",
                "send",
                "--home",
                home.folder.toString()));
        java.addAll(List.of(arguments));
        String redirect = stream == 0 ? "" : stream == 1 ? " >/dev/null" : " 2>/dev/null";
        List<String> shell = new ArrayList<>(List.of("sh", "-c", "exec \"$@\"" + redirect, "sh"));
        shell.addAll(java);
        return Command.run(folder, shell);
    }
}
