package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a payload is called, it becomes one new, visible file in the partner's inbox, or nothing. */
@TestInstance(Lifecycle.PER_CLASS)
class NameTest {
    private TestHome home;
    private RunningService service;
    private Certified acme;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        Files.createDirectories(home.data().resolve("inbox/acme"));
        Files.createDirectories(folder.resolve("outside"));
        Files.createSymbolicLink(home.data().resolve("inbox/acme/link"), folder.resolve("outside"));
        service = RunningService.start(home);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    static Stream<String> hostile() {
        return Stream.of(
                "..",
                ".",
                "../x",
                "../../x",
                "../../../../../../etc/cron.d/x",
                "..%2fx",
                "..%2Fx",
                "%2e%2e/x",
                "%2e%2e%2fx",
                "%2E%2E%2F%2E%2E%2Fx",
                "..%252fx",
                "%252e%252e%252fx",
                "%25252e%25252e%25252fx",
                "..%5cx",
                "..%255cx",
                "..\\x",
                "a/../../x",
                "a/./x",
                "a/b",
                "a%2fb",
                "%2fetc%2fpasswd",
                "/etc/passwd",
                "//x",
                "C:%5cx",
                "C:x",
                "link/x",
                "link%2fx",
                "link%252fx",
                "..;/x",
                "..;a=b/x",
                ";/x",
                "a%00b",
                "a%00.txt",
                "%00",
                "a%0d%0ab",
                "a%0ab",
                "%0d%0aSet-Cookie:%20x",
                "a%1bb",
                "a%7fb",
                "a%c2%85b",
                "%e2%80%ae%74%78%74.exe",
                "%e2%80%8fx",
                "%e2%81%a6x",
                "%e2%80%a8x",
                "%ef%bb%bfx",
                "%ff%fe",
                "%c0%ae%c0%ae%c0%afx",
                "%c3%28",
                "%ed%a0%80",
                "%f4%90%80%80",
                ".hidden",
                "...",
                "....",
                ".ssh",
                "-rf",
                "~",
                "~root",
                "CON",
                "con",
                "nul.txt",
                "AUX",
                "COM1.txt",
                "LPT9",
                "x.",
                "x%20",
                "%20x",
                "%20",
                "%09",
                "x%3astream",
                "a*b",
                "a%3fb",
                "a%7cb",
                "a%3cb%3e",
                "%22x%22",
                "$HOME",
                "$%7bfile:name%7d",
                "$simple%7bbody%7d",
                "%7b%7bcountersign.key%7d%7d",
                "%60id%60",
                "x%3bid",
                "receipts",
                "receipts/x",
                "%",
                "%z",
                "%zz",
                "%e",
                "a".repeat(255),
                "a".repeat(256),
                "a".repeat(300),
                "a".repeat(300) + ".pdf",
                "%c3%a4".repeat(127),
                "%c3%a4".repeat(150),
                "%f0%9f%98%80".repeat(70),
                "e%cc%81");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void isSafeOrRefused(String name) throws Exception {
        Set<Path> before = everything();
        Answer answer = put(name, "");
        Set<Path> added = everything();
        added.removeAll(before);
        if (answer.status() == 201) {
            assertThat(added).hasSize(2);
            Path file = added.stream()
                    .filter(path -> !path.toString().contains("/receipts/"))
                    .findFirst()
                    .orElseThrow();
            assertThat(file.getParent()).isEqualTo(home.data().resolve("inbox/acme"));
            String onDisk = file.getFileName().toString();
            assertThat(onDisk).matches("\\d{8}T\\d{9}Z_[0-9a-f-]{36}_[^\\p{Cntrl}\\p{Cf}/\\\\:*?\"<>|$`{};]+");
            assertThat(onDisk.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(255);
        } else {
            assertThat(answer.status()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("urn:countersign:problem:name-invalid");
            assertThat(service.refusals().get(0).code()).isEqualTo("name-invalid");
            assertThat(added).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attachment; filename=\"../x\"",
                "attachment; filename=\"..\"",
                "attachment; filename=\"C:\\\\dir\\\\x\"",
                "attachment; filename*=UTF-8''..%2fx",
                "attachment; filename*=UTF-8''a%00b",
                "attachment; filename*=UTF-8''%ff",
                "attachment",
                "attachment; filename=\"\"",
                "filename",
            })
    void ofADispositionIsRefusedWhereItLeadsElsewhere(String disposition) throws Exception {
        Set<Path> before = everything();
        Answer answer = put("", "Content-Disposition: " + disposition + "\r\n");
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("name-invalid");
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void comesFromTheDispositionWhereThePathHasNone() throws Exception {
        assertThat(put("", "Content-Disposition: attachment; filename=\"order 7.xml\"\r\n")
                        .body())
                .contains("\"name\":\"order 7.xml\"");
        assertThat(put("", "Content-Disposition: attachment; filename=a.txt; filename*=UTF-8''%c3%a4.txt\r\n")
                        .body())
                .contains("\"name\":\"ä.txt\"");
        assertThat(put("path.txt", "Content-Disposition: attachment; filename=a.txt\r\n")
                        .body())
                .contains("\"name\":\"path.txt\"");
    }

    @Test
    void mayBeUsedAgainAndNothingIsOverwritten() throws Exception {
        int before = home.files("inbox").size();
        put("same.txt", "");
        put("same.txt", "");
        assertThat(home.files("inbox")).hasSize(before + 2);
    }

    private Answer put(String name, String headers) throws IOException {
        try (SSLSocket socket = Client.of(home.authority.certificate(), acme).connect(service.port())) {
            return Client.exchange(
                    socket,
                    "PUT /exchange/" + name + " HTTP/1.1\r\nHost: localhost\r\n" + headers
                            + "Content-Length: 1\r\n\r\nx");
        }
    }

    private Set<Path> everything() throws IOException {
        try (Stream<Path> files = Files.walk(home.folder)) {
            return files.filter(Files::isRegularFile)
                    // Written on its own, when it suits.
                    .filter(file -> !file.startsWith(home.data().resolve("used")))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
