package io.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Command;
import io.countersign.testing.Installed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as it was built, and the README's two of it. */
class DistributionIT {
    private static final String COMMAND = "io.countersign.cli.Commands source: ";
    private static final String SIGNED = "org.bouncycastle.asn1.ASN1Object source: ";
    private static final Pattern BLOCK = Pattern.compile("```(sh|yaml|properties)\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void theReadmesTwoCountersignsTalkToEachOther() throws Exception {
        int companyPort = Installed.freePort();
        int acmePort = Installed.freePort();
        String readme = Files.readString(Path.of("README.md"));
        Files.writeString(folder.resolve("README.md"), readme);
        Path built = folder.resolve("target/countersign");
        Files.createDirectories(folder.resolve("target"));
        copy(Installed.DISTRIBUTION, built);
        Path partner = built.resolve("routes/partners/acme.camel.yaml");
        Files.writeString(partner, Files.readString(partner).replace("9443", Integer.toString(acmePort)));
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
            Installed acme = new Installed(folder.resolve("target/acme"));
            Installed company = new Installed(folder.resolve("target/company"));
            Path orders = acme.data("inbox/company");
            awaitFiles(orders, 1);
            awaitFiles(company.data("inbox/acme"), 1);
            assertThat(acme.received("company")).containsOnlyKeys("order.md");
            assertThat(company.received("acme")).containsOnlyKeys("invoice.md");
            awaitFiles(company.data("sent/acme"), 4);

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
        Path old = Files.createDirectory(installed.resolve("lib/unsigned")).resolve("bcprov-jdk18on-1.0.jar");
        Files.writeString(old, "of a version before");
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
        assertThat(load(installed, java))
                .contains(COMMAND + "shared objects file")
                .contains(SIGNED + "shared objects file");
        // The copies' times differ.
        assertThat(load(elsewhere, java)).contains(COMMAND + "file:").contains(SIGNED + "file:" + path(elsewhere));
        Path unsigned = installed.resolve("lib/unsigned");
        assertThat(Installed.files(unsigned)).hasSize(5).doesNotContain(old);
        Files.writeString(unsigned.resolve("release"), "IMPLEMENTOR=\"another\"\n");
        assertThat(load(installed, java)).contains(SIGNED + "file:" + installed + "/lib/bcprov-");
    }

    private static String path(Path installation) {
        return installation.toUri().getRawPath().replaceAll("/$", "") + "/lib/unsigned/bcprov-";
    }

    /** Has a certificate looked at, and says in a file from where it has its classes. */
    private String load(Path installation, String java) throws Exception {
        Path classes = folder.resolve("classes.log");
        Command looked = Command.run(
                folder,
                List.of(
                        "env",
                        java,
                        "JAVA_OPTS=-Xlog:class+load:file=" + classes,
                        installation.resolve("bin/countersign").toString(),
                        "partners",
                        "list",
                        "--home",
                        installation.resolve("lib/samples").toString()));
        assertThat(looked.exitCode()).as(looked.output()).isZero();
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
                .untilAsserted(() -> assertThat(Installed.files(folder)).hasSize(expected));
    }
}
