package io.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Command;
import io.countersign.testing.Jvm;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what the README says, word for word, but for the ports. */
class ReadmeTest {
    private static final Pattern BLOCK = Pattern.compile("```(sh|yaml)\\n(.*?)```", Pattern.DOTALL);

    private static final Pattern HEALTH = Pattern.compile("https?://127\\.0\\.0\\.1:(\\d+)/health");

    @TempDir
    private Path home;

    @Test
    void itsLinesDoWhatItSays() throws Exception {
        Command.assumeInstalled("curl");
        String readme = Files.readString(Path.of("README.md"));
        Files.writeString(home.resolve("README.md"), readme);
        TestHome.copy(Path.of("routes"), home.resolve("routes"), "nothing");
        TestHome.copy(Path.of("certs-sample"), home.resolve("certs-sample"), "nothing");
        List<String> curls =
                blocks(readme, "sh").filter(block -> block.startsWith("curl")).toList();
        List<String> files = blocks(readme, "yaml").toList();
        assertThat(curls).hasSize(10);
        assertThat(files)
                .hasSize(7); // the fourth is BehindProxyTest's, the fifth DistributionIT's, the last AlertRoutesTest's
        Files.writeString(
                home.resolve("countersign.properties"), "countersign.port = 0\ncountersign.operations-port = 0\n");

        try (ServiceProcess service = ServiceProcess.start(home)) {
            int port = service.port();
            String printed = curls.get(0).strip().replace("8443", Integer.toString(port));
            Awaitility.await().untilAsserted(() -> assertThat(service.output()).contains(printed));
            assertThat(curl(curls.get(0), port)).contains("\"partner\":\"acme\"", "\"name\":\"README.md\"");
            assertThat(files("data/inbox/acme"))
                    .hasSize(1)
                    .allSatisfy(file -> assertThat(Files.readString(file)).isEqualTo(readme));
            assertThat(curl(curls.get(1), port))
                    .contains("urn:countersign:problem:certificate-unknown", "\"status\":403");
            assertThat(service.output())
                    .contains("refused certificate-unknown", "CN=stranger", "identifies no partner");
            assertThat(curl(curls.get(2), port)).contains("alert");
            Awaitility.await().until(() -> service.output().contains("Empty client certificate chain"));

            assertThat(curl(curls.get(4), port)).contains("\"partner\":\"acme\"", "CMS Verification successful");
            assertThat(commands(readme, "receipts", 3))
                    .contains("README.md", "2 receipts: 1 signed and good, ", "receipt.p7m: signed by us, ");
            assertThat(curl(curls.get(5).replace("8444", operationsPort(service)), port))
                    .contains("\"headline\":", "\"name\":\"acme\"", "\"code\":\"certificate-unknown\"");
            assertThat(curl(curls.get(6).replace("8444", operationsPort(service)), port))
                    .contains("{\"status\":\"up\"", "complaints", "waiting", "unsendable", "expiring", "notRenewable");
            assertThat(curl(curls.get(7).replace("8444", operationsPort(service)), port))
                    .containsPattern("(?m)^countersign_certificate_not_after_timestamp_seconds\\{.*owner=\"acme\"");

            Path acme = home.resolve("routes/partners/acme.camel.yaml");
            String asShipped = Files.readString(acme);
            assertThat(asShipped).contains("addresses: 127.0.0.0/8, ::1");
            Files.writeString(acme, asShipped.replace("addresses: 127.0.0.0/8, ::1", "addresses: 10.0.0.0/8"));
            awaitAnswer(curls.get(0), port, "address-not-allowed");
            assertThat(service.output()).contains("127.0.0.1 is not among the partner's addresses: 10.0.0.0/8");
            Files.writeString(acme, asShipped);
            awaitAnswer(curls.get(0), port, "\"partner\":\"acme\"");

            write(files.get(0));
            awaitAnswer(curls.get(1), port, "\"partner\":\"stranger\"");
            assertThat(files("data/inbox/stranger")).isNotEmpty();
            int before = files("data/inbox/stranger").size();
            write(files.get(1));
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                curl(curls.get(1), port);
                return !files("data/warehouse").isEmpty();
            });
            assertThat(service.output()).contains("README.md came from stranger");
            assertThat(files("data/inbox/stranger")).hasSizeGreaterThanOrEqualTo(before);
        }

        int second = freePort();
        write(files.get(2).replace("8445", Integer.toString(second)));
        int third = freePort();
        write(files.get(5).replace("8446", Integer.toString(third)));
        try (ServiceProcess service = ServiceProcess.start(home)) {
            assertThat(curl(curls.get(3).replace("8445", Integer.toString(second)), service.port()))
                    .contains("\"partner\":\"anyone\"");
            assertThat(files("data/suggestions")).hasSize(1);
            assertThat(curl(curls.get(9).replace("8446", Integer.toString(third)), service.port()))
                    .contains("You would be admitted, as stranger.");
            assertThat(commands(readme, "refusals list", 1)).contains("acme", "address-not-allowed");
        }

        String operator = blocks(readme, "sh")
                .filter(block -> block.startsWith("openssl req -x509"))
                .findFirst()
                .orElseThrow();
        assertThat(Command.run(home, List.of("sh", "-ec", operator)).exitCode()).isZero();
        assertThat(home.resolve("operator.p12")).isNotEmptyFile();
        Files.writeString(
                home.resolve("countersign.properties"),
                "countersign.port = 0\ncountersign.operations-port = 0\ncountersign.operators = operator.crt\n");
        try (ServiceProcess service = ServiceProcess.start(home)) {
            assertThat(curl(curls.get(8).replace("8444", operationsPort(service)), service.port()))
                    .contains("{\"status\":\"up\"");
        }
    }

    private static String operationsPort(ServiceProcess service) {
        Matcher address = HEALTH.matcher(service.output());
        assertThat(address.find()).as(service.output()).isTrue();
        return address.group(1);
    }

    @Test
    void itsCommandsDoWhatItSays() throws Exception {
        TestHome.copy(Path.of("routes"), home.resolve("routes"), "nothing");
        TestHome.copy(Path.of("certs-sample"), home.resolve("certs-sample"), "nothing");
        assertThat(commands(Files.readString(Path.of("README.md")), "(partners|certs)", 10))
                .contains("hooli is disabled", "hooli is enabled", "removed hooli")
                .contains("pinned for acme: renewed/acme.crt from 2026-11-25");
        assertThat(home.resolve("routes/partners/acme.camel.yaml"))
                .content()
                .contains("certificates: certs-sample/acme.crt, renewed/acme.crt from 2026-11-25 #");
        assertThat(home.resolve("certs/company-2027.key")).exists();
    }

    /** Runs the lines with a command to its end, and returns what all of them have printed. */
    private String commands(String readme, String command, int count) throws IOException, InterruptedException {
        List<String> lines = blocks(readme, "sh")
                .flatMap(String::lines)
                .filter(line -> line.matches("bin/countersign " + command + " .*"))
                .filter(line -> !line.contains("sample DIR"))
                .toList();
        assertThat(lines).hasSize(count);
        String java = "'" + String.join("' '", Jvm.countersign()) + "'";
        StringBuilder told = new StringBuilder();
        for (String line : lines) {
            Command ran = Command.run(home, List.of("sh", "-c", line.replace("bin/countersign", java)));
            assertThat(ran.exitCode()).as(line + "\n" + ran.output()).isZero();
            told.append(ran.output());
        }
        return told.toString();
    }

    private void awaitAnswer(String line, int port, String expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> curl(line, port).contains(expected));
    }

    private String curl(String line, int port) throws IOException, InterruptedException {
        return Command.run(home, List.of("sh", "-c", line.strip().replace("8443", Integer.toString(port))))
                .output();
    }

    /** The first line of a block names its file. */
    private void write(String block) throws IOException {
        String name = block.substring(2, block.indexOf('\n'));
        assertThat(name).startsWith("routes/");
        Files.writeString(home.resolve(name), block);
    }

    private List<Path> files(String folder) throws IOException {
        Path start = home.resolve(folder);
        if (!Files.exists(start)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(start)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static Stream<String> blocks(String readme, String language) {
        return BLOCK.matcher(readme)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map((MatchResult block) -> block.group(2));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }
}
