package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.SmallDisk;
import io.countersign.testing.TestHome;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the step before the last endpoint promises of it. */
@SuppressWarnings("try") // the disk is only to be there
class DeliveryTest {
    @TempDir
    private Path folder;

    /** As where somebody has changed the endpoint's folder and not that step's. */
    @Test
    void anEndpointThatCannotRenameDeliversNothing() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"), """
                - beans:
                    - name: toHere
                      type: io.countersign.transfer.Delivery
                      properties:
                        folder: "{{countersign.data}}/here"
                - route:
                    id: from-acme
                    from:
                      uri: direct:from-acme
                      steps:
                        - process:
                            ref: toHere
                        - to:
                            uri: file:{{countersign.data}}/there
                            parameters:
                              fileExist: Fail
                              copyAndDeleteOnRenameFail: false
                """);
        Client client = Client.of(home.authority.certificate(), acme);
        Path there = Files.createDirectories(home.data().resolve("there"));
        try (SmallDisk unused = SmallDisk.mount(there, "size=1m");
                RunningService service = RunningService.start(home)) {
            URI file = URI.create("https://localhost:" + service.port() + "/exchange/order.txt");
            assertThat(client.put(file, "hello", "Idempotency-Key", "k-1").statusCode())
                    .isGreaterThanOrEqualTo(500);
            assertThat(home.files("there")).isEmpty();
            assertThat(home.files("here")).isEmpty();
            assertThat(home.files("staging")).isEmpty();
            assertThat(home.files("receipts")).isEmpty();
        }
    }
}
