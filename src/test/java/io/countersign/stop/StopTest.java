package io.countersign.stop;

import static io.countersign.testing.SendingHome.soon;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Answer;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests on SIGTERM: who is inside gets an answer, who comes is told to come again later, the process ends well. */
class StopTest {
    private static final String GET = "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String PUT = "PUT /exchange/late HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nlate";
    private static final Pattern HEALTH = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/health");

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestHome home;
    private Client acme;

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        Certified certified = home.pinned("acme");
        acme = Client.of(home.authority.certificate(), certified);
    }

    @AfterEach
    void hangUp() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void sixtyFourUploadsEndWellWhileNobodyNewGetsInAndASecondSignalChangesNothing() throws Exception {
        try (ServiceProcess service = ServiceProcess.start(home)) {
            List<SSLSocket> idle = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                idle.add(connected(service));
                assertThat(Client.exchange(idle.get(i), GET).status()).isEqualTo(200);
            }
            List<Upload> uploads = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                uploads.add(begun(service, "file" + i, 100_000 + i));
            }
            soon().until(() -> home.files("staging").size() == 64);
            service.terminate();
            soon().until(() ->
                    service.output().contains("stopping: 64 requests and 0 sendings on their way, at most 60 s"));

            for (int i = 0; i < 8; i++) {
                isTurnedAway(Client.exchange(idle.get(i), i % 2 == 0 ? PUT : GET));
                isTurnedAway(Client.exchange(connected(service), i % 2 == 0 ? GET : PUT));
            }
            Matcher health = HEALTH.matcher(service.output());
            assertThat(health.find()).isTrue();
            for (String path : List.of("", "/ready", "/live")) {
                HttpResponse<String> answer = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(health.group() + path))
                                        .build(),
                                BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).contains("\"status\":\"down\"", "\"stopping\"");
            }
            service.terminate();

            List<String> contents = new ArrayList<>();
            for (Upload upload : uploads) {
                Answer answer = upload.finish();
                assertThat(answer.status()).as(service.output()).isEqualTo(201);
                assertThat(answer.headers()).containsEntry("connection", "close");
                contents.add(upload.content());
            }
            assertThat(service.exitCode()).isZero();
            assertThat(service.output()).endsWith(" stopped\n").doesNotContain("cut off");
            assertThat(delivered()).containsExactlyInAnyOrderElementsOf(contents);
            assertThat(home.files("receipts")).hasSize(64);
            assertThat(home.files("staging")).isEmpty();
        }
    }

    @Test
    void whoDoesNotEndInTimeIsCutOffAndNothingOfItIsLeft() throws Exception {
        home.set("countersign.shutdown-timeout", "2s");
        try (ServiceProcess service = ServiceProcess.start(home)) {
            Upload upload = begun(service, "endless", 100_000);
            soon().until(() -> home.files("staging").size() == 1);
            long asked = System.nanoTime();
            service.terminate();
            assertThat(service.exitCode()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - asked))
                    .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(8));
            assertThat(service.output())
                    .contains("1 requests and 0 sendings on their way after 2 s, cut off: requests from [127.0.0.1]")
                    .endsWith(" stopped\n");
            assertThatThrownBy(() -> Client.exchange(upload.socket(), "rest")).isInstanceOf(IOException.class);
            assertThat(home.files("inbox")).isEmpty();
            assertThat(home.files("receipts")).isEmpty();
            assertThat(home.files("staging")).isEmpty();
        }
    }

    /** The last of it is in the system's buffers, here and there, when the process ends. */
    @Test
    void aSlowReaderGetsAllOfALargeAnswer() throws Exception {
        int size = 32 << 20;
        int last = 1 << 20;
        Files.writeString(folder.resolve("large"), "x".repeat(size));
        home.write("routes/large.camel.yaml", """
                - route:
                    id: large
                    routeConfigurationId: refusals
                    streamCache: "false"
                    from:
                      uri: jetty:https://{{countersign.host}}:{{countersign.port}}/large
                      parameters:
                        sslContextParameters: "#partnersTls"
                        httpBinding: "#asSent"
                        disableStreamCache: true
                        enableMultipartFilter: false
                      steps:
                        - process:
                            ref: admission
                        - setBody:
                            expression:
                              constant:
                                expression: resource:file:%s/large
                """.formatted(folder));
        try (ServiceProcess service = ServiceProcess.start(home)) {
            SSLSocket socket = connected(service);
            InputStream in = socket.getInputStream();
            socket.getOutputStream().write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(ISO_8859_1));
            long read = in.readNBytes(1_000).length;
            service.terminate();
            soon().until(() -> service.output().contains("stopping: 1 requests"));
            read += in.readNBytes(size - last).length;
            assertThat(service.exitCode()).isZero();
            read += in.readAllBytes().length;
            assertThat(read).isBetween(size + 1L, size + 1_000L);
        }
    }

    private SSLSocket connected(ServiceProcess service) throws IOException {
        SSLSocket socket = acme.connect(service.port());
        open.add(socket);
        return socket;
    }

    private Upload begun(ServiceProcess service, String name, int size) throws IOException {
        Upload upload = Upload.begin(acme, service.port(), name, size);
        open.add(upload);
        return upload;
    }

    private static void isTurnedAway(Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers())
                .containsEntry("content-type", "application/problem+json")
                .containsEntry("retry-after", "30")
                .containsEntry("connection", "close");
        assertThat(answer.body()).contains("urn:countersign:problem:unavailable", "\"status\":503");
    }

    private List<String> delivered() throws IOException {
        List<String> contents = new ArrayList<>();
        for (Path file : home.files("inbox/acme")) {
            contents.add(Files.readString(file));
        }
        return contents;
    }
}
