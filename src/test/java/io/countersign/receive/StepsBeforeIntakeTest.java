package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever adds steps to the route that receives gets what he asks for, or no receipt. */
class StepsBeforeIntakeTest {
    private static final String INTAKE = """
                              - process:
                                  ref: intake
            """;

    @TempDir
    private Path folder;

    private TestHome home;
    private Client client;

    @BeforeEach
    void makeAHome() throws Exception {
        home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        client = Client.of(home.authority.certificate(), acme);
    }

    /** Nothing has announced how much it would be. */
    @Test
    void whatIsLeftOfABodyThatAStepHasReadIsNotTakenForAllOfIt() throws Exception {
        before("""
                              - script:
                                  expression:
                                    simple:
                                      expression: ${bodyAs(String)}
            """);
        try (RunningService service = RunningService.start(home)) {
            assertThat(chunked(service).statusCode()).isEqualTo(503);
            assertThat(home.files("inbox")).isEmpty();
            assertThat(home.files("staging")).isEmpty();
        }
    }

    @Test
    void whatAStepMakesOfABodyIsReceived() throws Exception {
        before("""
                              - setBody:
                                  expression:
                                    simple:
                                      expression: <${bodyAs(String)}>
            """);
        try (RunningService service = RunningService.start(home)) {
            assertThat(chunked(service).statusCode()).isEqualTo(201);
            assertThat(home.files("inbox/acme"))
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasContent("<hello>"));
        }
    }

    private void before(String steps) throws IOException {
        String routes = home.read("routes/receive.camel.yaml");
        assertThat(routes).containsOnlyOnce(INTAKE);
        home.write("routes/receive.camel.yaml", routes.replace(INTAKE, steps + INTAKE));
    }

    private HttpResponse<String> chunked(RunningService service) throws Exception {
        return client.send(
                URI.create("https://localhost:" + service.port() + "/exchange/a.txt"),
                "PUT",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream("hello".getBytes(StandardCharsets.UTF_8))));
    }
}
