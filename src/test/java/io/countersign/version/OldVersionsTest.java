package io.countersign.version;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.ServiceProcess;
import io.countersign.testing.TestHome;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start says what is older than something with known fixes, and goes on. */
class OldVersionsTest {
    private static final String LIST = """
            artifact: jdk
            advisory: CVE-0000-1
            affected: [17,99]
            fixed: 100
            what: handshakes never end
            source: this test

            artifact: org.eclipse.jetty:jetty-server, org.eclipse.jetty:jetty-http
            advisory: CVE-0000-2, GHSA-0
            affected: [12.1.0,99)
            fixed: 99
            what: doors stay open
            source: this test

            artifact: org.bouncycastle:bcpkix-jdk18on
            advisory: CVE-0000-3
            affected: [1.0,99)
            fixed: 99
            what: anything is a signature
            here: not affected because nobody signs
            source: this test

            artifact: org.example:unknown
            advisory: CVE-0000-4
            affected: [1.0,99)
            fixed: 99
            what: nobody knows
            source: this test
            """;

    @TempDir
    private Path folder;

    @Test
    void aStartWarnsOfEachAndGoesOn() throws Exception {
        Path list = Files.createDirectories(folder.resolve("list/io/countersign/version"));
        Files.writeString(list.resolve("advisories.txt"), LIST);
        try (ServiceProcess service = ServiceProcess.start(
                new TestHome(folder.resolve("home")), "-Xbootclasspath/a:" + folder.resolve("list"))) {
            Awaitility.await().until(() -> service.output().contains("versions unknown"));
            assertThat(service.output().lines().filter(line -> line.contains("WARN") && line.contains("known fixes")))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .contains("JDK " + Release.of(Runtime.version())
                                            + " is older than one with known fixes: CVE-0000-1 (handshakes never end); "
                                            + "fixed: 100"),
                            line -> assertThat(line)
                                    .contains("jetty-server 12.", "CVE-0000-2, GHSA-0 (doors stay open)"),
                            line -> assertThat(line).contains("jetty-http 12."));
            assertThat(service.output())
                    .contains("versions unknown, and not compared with known vulnerabilities: org.example:unknown")
                    .doesNotContain("CVE-0000-3", "CVE-0000-4");
        }
    }

    @Test
    void aListThatCannotBeReadStopsNothing() {
        Standing standing = Standing.here(() -> Advisories.read("nonsense"));
        assertThat(standing.known()).isEmpty();
        assertThat(standing.looked()).isZero();
        assertThat(standing.unknown()).containsExactly("all, since the list of advisories cannot be read");
    }

    @Test
    void anArchiveOfAnotherNameTellsItsVersionItself() throws Exception {
        Path all = folder.resolve("all.jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(all), new Manifest())) {
            jar.putNextEntry(new JarEntry("META-INF/maven/org.example/packed/pom.properties"));
            jar.write("groupId=org.example\nartifactId=packed\nversion=1.2.3\n".getBytes(StandardCharsets.UTF_8));
            jar.putNextEntry(new JarEntry("META-INF/maven/org.example/odd/pom.properties"));
            jar.write("version=${version}\n".getBytes(StandardCharsets.UTF_8));
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {all.toUri().toURL()}, null)) {
            Libraries libraries = Libraries.of(loader);
            assertThat(libraries.version("org.example:packed")).contains(Release.of("1.2.3"));
            assertThat(libraries.version("org.example:odd")).isEmpty();
            assertThat(libraries.version("org.example:none")).isEmpty();
        }
    }
}
