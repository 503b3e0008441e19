package io.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstTest {
    @Test
    void works(@TempDir Path folder) throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        try (RunningService service = RunningService.start(home)) {
            Client client = Client.of(home.authority.certificate(), acme);
            assertThat(client.put(URI.create("https://localhost:" + service.port() + "/exchange/x.txt"), "hello")
                            .statusCode())
                    .isEqualTo(201);
        }
    }
}
