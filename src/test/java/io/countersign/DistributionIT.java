package io.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Command;
import io.countersign.testing.Installed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as it was built: two installations, each the other's partner, and one by itself. */
class DistributionIT {
    private static final int FILES = 1_000;
    private static final Pattern BLOCK = Pattern.compile("```(sh|yaml|properties)\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void aThousandFilesGoEachWayAtOnceAndArriveOnce() throws Exception {
        int companyPort = Installed.freePort();
        int acmePort = Installed.freePort();
        Installed company = Installed.in(folder.resolve("company"), companyPort, "company");
        company.partner("acme", acmePort);
        Installed acme = Installed.in(folder.resolve("acme"), acmePort, "acme");
        acme.partner("company", companyPort);
        Map<String, String> toAcme = new HashMap<>();
        Map<String, String> toCompany = new HashMap<>();
        drop(company.outbox("acme"), 0, FILES / 2, toAcme);
        drop(acme.outbox("company"), 0, FILES / 2, toCompany);
        try (Installed.Running one = company.run();
                Installed.Running other = acme.run()) {
            drop(company.outbox("acme"), FILES / 2, FILES, toAcme);
            drop(acme.outbox("company"), FILES / 2, FILES, toCompany);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(4))
                    .pollInterval(Duration.ofMillis(500))
                    .ignoreException(UncheckedIOException.class) // a file that goes while its folder is listed
                    .failFast(() -> assertThat(one.isAlive() && other.isAlive()).isTrue())
                    .until(() -> files(company.outbox("acme")).isEmpty()
                            && files(acme.outbox("company")).isEmpty());
            assertThat(one.output()).doesNotContain("ERROR", "versions unknown");
            assertThat(other.output()).doesNotContain("ERROR", "versions unknown");
        }
        assertThat(received(acme.data("inbox/company"))).isEqualTo(toAcme).hasSize(FILES);
        assertThat(received(company.data("inbox/acme"))).isEqualTo(toCompany).hasSize(FILES);
        for (Path sent : List.of(company.data("sent/acme"), acme.data("sent/company"))) {
            assertThat(files(sent)).hasSize(4 * FILES);
            assertThat(files(sent))
                    .filteredOn(file -> file.toString().endsWith(".receipt.json"))
                    .hasSize(FILES);
        }
        for (Installed each : List.of(company, acme)) {
            assertThat(files(each.data("failed"))).isEmpty();
            assertThat(files(each.data("staging"))).isEmpty();
            assertThat(files(each.data("sending"))).isEmpty();
        }
    }

    @Test
    void oneFileGoesByCommandAndItsReceiptIsPrinted() throws Exception {
        int port = Installed.freePort();
        Installed company = Installed.in(folder.resolve("company"), Installed.freePort(), "company");
        company.partner("acme", port);
        Installed acme = Installed.in(folder.resolve("acme"), port, "acme");
        acme.partner("company", Installed.freePort());
        Path invoice = Files.writeString(folder.resolve("invoice.xml"), "<invoice/>");
        Command refused = company.command("send", "--partner", "acme", invoice.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains("invoice.xml: not accepted (unreachable): https://localhost:" + port);
        try (Installed.Running running = acme.run()) {
            Command accepted = company.command("send", "--partner", "acme", invoice.toString());
            assertThat(accepted.exitCode()).as(accepted.output()).isZero();
            assertThat(accepted.output())
                    .contains("\"partner\":\"company\"", "\"name\":\"invoice.xml\"", "\"size\":10");
            assertThat(running.isAlive()).isTrue();
        }
        assertThat(received(acme.data("inbox/company")).keySet()).containsExactly("invoice.xml");
    }

    @Test
    void theReadmesTwoCountersignsTalkToEachOther() throws Exception {
        int companyPort = Installed.freePort();
        int acmePort = Installed.freePort();
        String readme = Files.readString(Path.of("README.md"));
        Files.writeString(folder.resolve("README.md"), readme);
        Path built = folder.resolve("target/countersign");
        Files.createDirectories(folder.resolve("target"));
        copy(Installed.DISTRIBUTION, built);
        Path acme = built.resolve("routes/partners/acme.camel.yaml");
        Files.writeString(acme, Files.readString(acme).replace("9443", Integer.toString(acmePort)));
        String section = readme.substring(readme.indexOf("## Two Countersigns"), readme.indexOf("## The exchange over"))
                .replace("8443", Integer.toString(companyPort))
                .replace("9443", Integer.toString(acmePort))
                .replace("9444", Integer.toString(Installed.freePort()));
        List<Process> services = new ArrayList<>();
        try {
            List<MatchResult> blocks = BLOCK.matcher(section).results().toList();
            assertThat(blocks).hasSize(7);
            for (MatchResult block : blocks) {
                String text = block.group(2);
                if (!block.group(1).equals("sh")) {
                    Files.writeString(folder.resolve(text.substring(2, text.indexOf('\n'))), text);
                } else if (text.contains(" run --home ")) {
                    services.add(start(text, companyPort));
                } else {
                    List<String> command = List.of("sh", "-ec", text.replace("mvn -q -DskipTests package", "true"));
                    Awaitility.await("A few seconds later: " + text)
                            .atMost(Duration.ofSeconds(30))
                            .until(() -> Command.run(folder, command).exitCode() == 0);
                }
            }
            Path orders = folder.resolve("target/acme/data/inbox/company");
            Path invoices = folder.resolve("target/company/data/inbox/acme");
            awaitFiles(orders, 1);
            awaitFiles(invoices, 1);
            assertThat(received(orders)).containsOnlyKeys("order.md");
            assertThat(received(invoices)).containsOnlyKeys("invoice.md");
            awaitFiles(folder.resolve("target/company/data/sent/acme"), 4);

            services.get(1).destroy();
            services.get(1).onExit().join();
            Path unfinished = Files.writeString(folder.resolve("target/company/data/outbox/acme/.late"), "late");
            Files.move(unfinished, unfinished.resolveSibling("late.txt"));
            Path log = folder.resolve("target/company/service.log");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Files.readString(log).contains(" unreachable reason="));
            services.add(start("target/acme/bin/countersign run --home target/acme", companyPort));
            awaitFiles(orders, 2);
        } finally {
            services.forEach(Process::destroy);
            services.forEach(service -> service.onExit().join());
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void takesNativeCodeFromWhereItWasInstalled() throws Exception {
        Installed company = Installed.in(folder.resolve("company"), Installed.freePort(), "company");
        try (Installed.Running running = company.run()) {
            String maps = Files.readString(Path.of("/proc/" + running.process().pid() + "/maps"));
            assertThat(maps.lines()
                            .filter(line -> line.matches(".*(sqlitejdbc|amazonCorretto).*"))
                            .map(line -> line.replaceAll(".* ", ""))
                            .distinct())
                    .hasSize(2)
                    .allMatch(file -> file.startsWith(Installed.DISTRIBUTION + "/lib/native/"));
        }
    }

    @Test
    void startsWithSharedClassesWhereItWasInstalledAndWithoutThemElsewhere() throws Exception {
        Path installed = folder.resolve("installation");
        Path elsewhere = folder.resolve("some where else");
        copy(Installed.DISTRIBUTION, installed);
        String java = "JAVA_HOME=" + System.getProperty("java.home");
        Files.writeString(installed.resolve("routes/own.camel.yaml"), "what the samples have nothing to do with: [");
        Path link = Files.createSymbolicLink(
                folder.resolve("share-classes"), folder.relativize(installed.resolve("bin/share-classes")));
        Command shared = Command.run(
                folder,
                "",
                List.of("env", java, "COUNTERSIGN_LEDGER_URL=jdbc:sqlite:/the/one/in/use.db", link.toString()),
                Duration.ofMinutes(3));
        assertThat(shared.exitCode()).as(shared.output()).isZero();
        assertThat(shared.output()).contains("done");
        copy(installed, elsewhere);
        assertThat(load(installed, java)).contains("io.countersign.cli.Commands source: shared objects file");
        // The copies' times differ.
        assertThat(load(elsewhere, java)).contains("io.countersign.cli.Commands source: file:");
    }

    /** Says only its version, and in a file from where it has its classes. */
    private String load(Path installation, String java) throws Exception {
        Path classes = folder.resolve("classes.log");
        Command version = Command.run(
                folder,
                List.of(
                        "env",
                        java,
                        "JAVA_OPTS=-Xlog:class+load:file=" + classes,
                        installation.resolve("bin/countersign").toString(),
                        "--version"));
        assertThat(version).isEqualTo(new Command(0, "countersign 0.1.0\n"));
        return Files.readString(classes);
    }

    private void copy(Path from, Path to) throws Exception {
        Command copied = Command.run(folder, List.of("cp", "-r", from.toString(), to.toString()));
        assertThat(copied.exitCode()).as(copied.output()).isZero();
    }

    /** But for the ports of the company, which are the README's by default. */
    private Process start(String line, int companyPort) throws IOException {
        ProcessBuilder service = new ProcessBuilder("sh", "-c", "exec " + line.strip());
        service.environment().put("JAVA_HOME", System.getProperty("java.home"));
        boolean company = line.contains("company");
        if (company) {
            service.environment().put("COUNTERSIGN_PORT", Integer.toString(companyPort));
            service.environment().put("COUNTERSIGN_OPERATIONS_PORT", "0");
        }
        Path log = folder.resolve("target/" + (company ? "company" : "acme") + "/service.log");
        Process process = service.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || Files.readString(log).contains("listening on"));
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        return process;
    }

    private static void awaitFiles(Path folder, int expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreException(UncheckedIOException.class)
                .untilAsserted(() -> assertThat(files(folder)).hasSize(expected));
    }

    /** Sizes from nothing to 8 MiB, most of them small; each renamed into place, a tenth of them in sub-folders. */
    private static void drop(Path outbox, int from, int to, Map<String, String> dropped) throws Exception {
        Random random = new Random(from + outbox.toString().length());
        for (int i = from; i < to; i++) {
            int most = i % 100 == 0 ? 8 << 20 : i % 10 == 0 ? 1 << 20 : i % 3 == 0 ? 64 << 10 : 4 << 10;
            byte[] content = new byte[i % 50 == 7 ? 0 : random.nextInt(most)];
            random.nextBytes(content);
            String name = "file " + i + (i % 2 == 0 ? ".xml" : " ä.bin");
            Path target = (i % 10 == 3 ? outbox.resolve("sub " + i % 7) : outbox).resolve(name);
            Files.createDirectories(java.util.Objects.requireNonNull(target.getParent()));
            Path unfinished = Files.write(target.resolveSibling("." + name), content);
            Files.move(unfinished, target);
            dropped.put(name, sha256(content));
        }
    }

    /** By the name after time and id. */
    private static Map<String, String> received(Path inbox) throws Exception {
        Map<String, String> received = new TreeMap<>();
        for (Path file : files(inbox)) {
            String name = file.getFileName().toString().split("_", 3)[2];
            assertThat(received.put(name, sha256(Files.readAllBytes(file))))
                    .as("%s came once", name)
                    .isNull();
        }
        return received;
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
