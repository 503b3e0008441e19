package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.SettableClock;
import io.countersign.testing.TestHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A connection and a session outlive the trust that they were made under: every request is asked about again. */
class OpenConnectionTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    private Path folder;

    static Stream<Arguments> changes() {
        BiConsumer<TestHome, SettableClock> expires = (home, clock) -> clock.advance(Duration.ofDays(2));
        BiConsumer<TestHome, SettableClock> disabled = (home, clock) -> home.partner(
                "acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any", "enabled", "false"));
        BiConsumer<TestHome, SettableClock> deleted = (home, clock) -> {
            try {
                Files.delete(home.folder.resolve("routes/partners/acme.camel.yaml"));
            } catch (java.io.IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        };
        return Stream.of("TLSv1.2", "TLSv1.3")
                .flatMap(protocol -> Stream.of(
                        Arguments.of(protocol, "expires", expires, "certificate-expired"),
                        Arguments.of(protocol, "is disabled", disabled, "partner-disabled"),
                        Arguments.of(protocol, "is deleted", deleted, "certificate-unknown")));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("changes")
    void isRefusedAtTheNextRequest(
            String protocol, String what, BiConsumer<TestHome, SettableClock> change, String code) throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        SettableClock clock = new SettableClock();
        try (RunningService service = RunningService.start(home, clock)) {
            Client client = Client.of(home.authority.certificate(), acme);
            try (SSLSocket open = client.connect(service.port(), protocol)) {
                assertThat(Client.exchange(open, WHO).status()).isEqualTo(200);
                change.accept(home, clock);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> Client.exchange(open, WHO).status() == 403);
                Answer answer = Client.exchange(open, WHO);
                assertThat(answer.body()).contains(code);
                assertThat(service.refusal().code()).isEqualTo(code);
                try (SSLSocket resumed = client.connect(service.port(), protocol)) {
                    assertThat(resumed.getSession().getCreationTime())
                            .as("the session is the first one, resumed")
                            .isLessThanOrEqualTo(open.getSession().getCreationTime());
                    assertThat(Client.exchange(resumed, WHO).body()).contains(code);
                }
            }
        }
    }
}
