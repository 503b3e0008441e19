package io.countersign.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.RunningService;
import io.countersign.testing.ScriptedServer;
import io.countersign.testing.SendingHome;
import io.countersign.testing.Step;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.spi.Registry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes to the parts of sending while the service runs. */
class PartsFollowedTest {
    @TempDir
    private Path folder;

    @Test
    void aPartThatHasChangedWorksWithThoseThatHaveNot() throws Exception {
        SendingHome home = new SendingHome(folder);
        try (ScriptedServer server = home.server();
                RunningService service = RunningService.start(home.receiver("acme", server.url("/exchange")).home)) {
            Registry parts = service.service().context().getRegistry();
            Object before = parts.lookupByName("setback");
            Object attempts = parts.lookupByName("attempts");
            String routes = home.home.read("routes/send.camel.yaml");
            home.home.write("routes/send.camel.yaml", routes.replace("firstRetry: 200ms", "firstRetry: 100ms"));
            SendingHome.soon().until(() -> parts.lookupByName("setback") != before);
            assertThat(parts.lookupByName("attempts")).isSameAs(attempts);
            server.then(Step.answer(503, Map.of(), "later"), Step.answer(503, Map.of(), "later"));
            home.drop("acme", "order.txt", "x");
            assertThat(home.answer("acme", "order.txt").getInteger("attempts"))
                    .as("as the setback has told the attempts")
                    .isEqualTo(3);
        }
    }
}
