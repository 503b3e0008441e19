package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we show to partners' servers is renewed by nothing but new files. */
class RenewedIdentityTest {
    @TempDir
    private Path folder;

    private SendingHome to;

    @BeforeEach
    void describe() {
        to = new SendingHome(folder);
    }

    @Test
    void theCompanysNewCertificateIsShownWithoutAnyOtherChange() throws Exception {
        try (ScriptedServer server = to.server()) {
            to.receiver("acme", server.url("/exchange"));
            try (RunningService service = RunningService.start(to.home)) {
                assertThat(shown(server, "first")).isEqualTo(to.home.company.certificate());
                Certified renewed = Issue.to("CN=renewed").dns("localhost").by(to.home.authority);
                renewed.write(to.home.certificates(), "company");
                awaitShown(server, renewed);
                assertThat(service.complaints()).isEmpty();
            }
        }
    }

    @Test
    void aNewCertificateForOnePartnerAloneIsShownToThatPartner() throws Exception {
        Certified first = Issue.to("CN=company at acme").by(to.home.authority);
        first.write(to.home.certificates(), "at-acme");
        try (ScriptedServer server = to.server()) {
            to.home.pinned("acme");
            to.home.partner(
                    "acme",
                    Map.of(
                            "certificates", "certificates/acme.crt",
                            "url", server.url("/exchange").toString(),
                            "certificate", "certificates/at-acme.crt",
                            "key", "certificates/at-acme.key"));
            try (RunningService service = RunningService.start(to.home)) {
                assertThat(shown(server, "first")).isEqualTo(first.certificate());
                Certified renewed = Issue.to("CN=renewed at acme").by(to.home.authority);
                renewed.write(to.home.certificates(), "at-acme");
                awaitShown(server, renewed);
                Awaitility.await().until(() -> service.complaints().isEmpty());
            }
        }
    }

    private void awaitShown(ScriptedServer server, Certified renewed) {
        int[] files = {0};
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> renewed.certificate().equals(shown(server, "file-" + files[0]++)));
    }

    private @Nullable X509Certificate shown(ScriptedServer server, String name) {
        to.drop("acme", name, "content");
        to.answer("acme", name);
        return server.seen().stream()
                .filter(seen -> name.equals(String.valueOf(seen.receipt().get("name"))))
                .findFirst()
                .orElseThrow()
                .certificate();
    }
}
