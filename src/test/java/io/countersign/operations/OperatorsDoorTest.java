package io.countersign.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a web page from elsewhere gets on the operations port, and what browsers are told: over plain sockets. */
class OperatorsDoorTest {
    @TempDir
    private Path folder;

    private RunningService service;

    @BeforeEach
    void start() throws Exception {
        service = RunningService.start(new TestHome(folder));
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/metrics", "/nothing", "/health/x"})
    void everyAnswerKeepsBrowsersIn(String path) throws Exception {
        String answer = ask(path, "Host: localhost");
        assertThat(answer.toLowerCase(Locale.ROOT))
                .contains("content-security-policy: default-src 'none'; script-src 'self'; style-src 'self';"
                        + " connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none';"
                        + " frame-ancestors 'none'\r\n")
                .contains("x-content-type-options: nosniff\r\n")
                .contains("referrer-policy: no-referrer\r\n")
                .contains("cross-origin-resource-policy: same-origin\r\n")
                .contains("cache-control: no-store\r\n")
                .doesNotContain("access-control-");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LocalHost:8444, 200",
        "127.0.0.1, 200",
        "127.0.0.1:1, 200",
        "127.9.9.9, 200",
        "[::1], 200",
        "[::1]:8444, 200",
        "evil.example, 421",
        "evil.example:8444, 421",
        "localhost.evil.example, 421",
        "192.0.2.7, 421",
        "0.0.0.0, 421",
        "[::2], 421",
        "127.0.0.1.evil.example, 421",
    })
    void onlyItsOwnNamesAreAnswered(String host, int status) throws Exception {
        for (String path : List.of("/health", "/metrics")) {
            assertThat(ask(path, "Host: " + host)).startsWith("HTTP/1.1 " + status + " ");
        }
        if (status != 200) {
            assertThat(service.refusal().code()).isEqualTo("request-invalid");
            assertThat(service.refusal().reason())
                    .contains("as by a web page elsewhere; accepted: 127.0.0.1, localhost");
        }
    }

    @Test
    void theNameInTheRequestsOwnTargetCountsToo() throws Exception {
        assertThat(ask("http://evil.example/metrics", "Host: localhost")).doesNotStartWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({
        "none, , , 200",
        "same-origin, cors, empty, 200",
        "cross-site, no-cors, script, 421",
        "cross-site, cors, empty, 421",
        "same-site, cors, empty, 421",
        "cross-site, navigate, iframe, 421",
        "cross-site, , , 421",
        "cross-site, navigate, document, 200",
    })
    void noOtherSiteAsks(String site, String mode, String destination, int status) throws Exception {
        StringBuilder headers = new StringBuilder("Host: localhost\r\nSec-Fetch-Site: " + site);
        if (mode != null) {
            headers.append("\r\nSec-Fetch-Mode: ").append(mode);
            headers.append("\r\nSec-Fetch-Dest: ").append(destination);
        }
        assertThat(ask("/metrics", headers.toString())).startsWith("HTTP/1.1 " + status + " ");
    }

    private String ask(String target, String headers) throws IOException {
        URI there = service.at("/metrics");
        try (Socket socket = new Socket(there.getHost(), there.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET " + target + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
