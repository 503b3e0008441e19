package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Command;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that people really use; each is skipped, by name, where it is not installed. */
class RealClientsTest {
    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private RunningService service;
    private byte[] content;

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        Files.write(folder.resolve("invoice.bin"), content);
        service = RunningService.start(home);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-T invoice.bin %s",
                "-T invoice.bin --tlsv1.3 %s",
                "-T invoice.bin --tls-max 1.2 %s",
                "-T invoice.bin -H Expect: %s",
                "-T invoice.bin -H Transfer-Encoding:chunked %s",
                "--data-binary @invoice.bin %sinvoice.bin",
                "-X PUT --data-binary @invoice.bin %sinvoice.bin",
            })
    void curl(String arguments) throws Exception {
        Command.assumeInstalled("curl");
        List<String> command = new java.util.ArrayList<>(List.of(
                "curl",
                "-sS",
                "--cacert",
                "certificates/ca.crt",
                "--cert",
                "certificates/acme.crt",
                "--key",
                "certificates/acme.key"));
        command.addAll(List.of(arguments.formatted(target("")).split(" ")));
        delivered(Command.run(folder, command).output());
    }

    @Test
    void javasHttpClient() throws Exception {
        delivered(Client.of(home.authority.certificate(), acme)
                .send(URI.create(target("invoice.bin")), "POST", BodyPublishers.ofFile(folder.resolve("invoice.bin")))
                .body());
    }

    @Test
    void nodesHttps() throws Exception {
        Command.assumeInstalled("node");
        String script = """
                const https = require('https'), fs = require('fs');
                const request = https.request('%s', {
                  method: 'PUT',
                  ca: fs.readFileSync('certificates/ca.crt'),
                  cert: fs.readFileSync('certificates/acme.crt'),
                  key: fs.readFileSync('certificates/acme.key'),
                }, answer => answer.pipe(process.stdout));
                request.on('error', e => { console.error(e); process.exit(1); });
                fs.createReadStream('invoice.bin').pipe(request);
                """.formatted(target("invoice.bin"));
        delivered(Command.run(folder, List.of("node", "-e", script)).output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void opensslsClient(String version) throws Exception {
        Command.assumeInstalled("openssl");
        Files.writeString(
                folder.resolve("request"),
                "PUT /exchange/invoice.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                        + content.length + "\r\n\r\n");
        String line = "cat request invoice.bin | openssl s_client -quiet -nocommands " + version
                + " -connect 127.0.0.1:" + service.port()
                + " -CAfile certificates/ca.crt -verify_return_error -cert certificates/acme.crt -key certificates/acme.key";
        delivered(Command.run(folder, List.of("sh", "-c", line)).output());
    }

    @Test
    void opensslsClientCannotSignOverSha1() throws Exception {
        Command.assumeInstalled("openssl");
        String line = "openssl s_client -tls1_2 -connect 127.0.0.1:" + service.port()
                + " -CAfile certificates/ca.crt -cert certificates/acme.crt -key certificates/acme.key"
                + " -cipher DEFAULT@SECLEVEL=0 -sigalgs ECDSA+SHA1";
        assertThat(Command.run(folder, List.of("sh", "-c", line)).exitCode()).isNotZero();
        assertThat(service.refusal().code()).isEqualTo("handshake");
    }

    private String target(String name) {
        return "https://localhost:" + service.port() + "/exchange/" + name;
    }

    private void delivered(String answer) throws Exception {
        assertThat(answer).contains("\"partner\":\"acme\"", "\"name\":\"invoice.bin\"", "\"size\":" + content.length);
        assertThat(home.files("inbox/acme")).hasSize(1);
        assertThat(Files.readAllBytes(home.files("inbox/acme").get(0))).isEqualTo(content);
    }
}
