package io.countersign.limbo;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of clients, live: each is a partner whose file names what the case trusts as its authority, and whose client calls
 * the listener with the case's certificates. It comes in just where the case is judged to hold.
 */
@TestInstance(Lifecycle.PER_CLASS)
class LiveClientsTest {
    private static final String WHO = "GET /exchange HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private final List<Case> cases = Limbo.cases().stream()
            .filter(each -> !each.isServer() && each.isLive())
            .toList();
    private final Disagreements listed = Disagreements.read();
    private final Map<String, String> partners = new HashMap<>();
    private TestHome home;
    private RunningService service;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Limbo.assumeHere(cases);
        home = new TestHome(folder);
        for (Case each : cases) {
            String partner = "c" + partners.size();
            partners.put(each.id(), partner);
            Files.writeString(home.certificates().resolve(partner + ".crt"), String.join("", each.trusted()));
            home.partner(
                    partner,
                    Map.of(
                            "authority",
                            "certificates/" + partner + ".crt",
                            "subject",
                            Owner.of(each)
                                    .certificate()
                                    .getSubjectX500Principal()
                                    .getName(),
                            "addresses",
                            "any"));
        }
        service = RunningService.start(home);
    }

    @AfterAll
    void stop() {
        if (service != null) {
            service.close();
        }
    }

    List<Case> cases() {
        return cases;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void comesInJustWhereTheCaseIsJudgedToHold(Case it) throws IOException {
        Certified owner = Owner.of(it);
        String answer;
        try (SSLSocket socket =
                Client.showing(home.authority.certificate(), owner).connect(service.port())) {
            Answer read = Client.exchange(socket, WHO);
            answer = read.status() + " " + read.body();
        } catch (IOException refused) {
            answer = "refused: " + refused.getMessage();
        }

        if (listed.expected(it)) {
            assertThat(answer).startsWith("200 ").contains("\"" + Objects.requireNonNull(partners.get(it.id())) + "\"");
        } else {
            assertThat(answer).startsWith("refused: ");
            assertThat(service.refusal().reason()).contains("CN=example.com");
        }
    }
}
