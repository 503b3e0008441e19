package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.RunningService;
import io.countersign.testing.ServiceProcess;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Either everything that was written can be used, or nothing listens and all that is wrong is told at once. */
class StartTest {
    @TempDir
    private Path folder;

    @Test
    void everythingThatIsWrongIsToldAtOnceAndNothingListens() throws Exception {
        TestHome home = new TestHome(folder);
        int port = freePort();
        home.pinned("acme");
        home.partner("globex", Map.of("certificates", "certificates/acme.crt", "addresses", "10.0.0.0/33"));
        home.partner("initech", Map.of("certificates", "certificates/none.crt", "color", "red"));
        home.write("routes/partners/hooli.camel.yaml", "- beans:\n  - name: [\n");
        home.write("routes/partners/umbrella.camel.xml", "<beans><bean name=\"umbrella\"");
        Files.writeString(folder.resolve("certificates/company.key"), "garbage");
        Files.writeString(folder.resolve("file"), "");
        home.set("countersign.port", Integer.toString(port))
                .set("countersign.trust", "certificates/nowhere")
                .set("countersign.data", "file/data")
                .set("countersign.max-size", "much")
                .set("countersign.colour", "red");
        try (ServiceProcess process = ServiceProcess.launch(home)) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.output())
                    .contains("countersign.trust (countersign.properties): " + folder
                            + "/certificates/nowhere no such file")
                    .contains("countersign.key (countersign.properties): ")
                    .contains("countersign.data (countersign.properties): ")
                    .contains("countersign.max-size (countersign.properties): 'much' is not a size")
                    .contains("countersign.colour (countersign.properties): is not a setting")
                    .contains("routes/partners/globex.camel.yaml, partner globex: addresses: '10.0.0.0/33'")
                    .contains(
                            "routes/partners/initech.camel.yaml: Partner has no property color; accepted: addressCheck, addresses,")
                    .contains("routes/partners/hooli.camel.yaml: ")
                    .contains("routes/partners/umbrella.camel.xml: is not well-formed XML")
                    .doesNotContain("\tat ");
            assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aPortInUseIsToldBeforeAnythingStarts() throws Exception {
        TestHome home = new TestHome(folder);
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            home.set("countersign.port", Integer.toString(taken.getLocalPort()));
            try (ServiceProcess process = ServiceProcess.launch(home)) {
                assertThat(process.exitCode()).isEqualTo(1);
                assertThat(process.output())
                        .contains("countersign.port", "cannot listen on 127.0.0.1 port " + taken.getLocalPort());
            }
        }
    }

    @Test
    void twoPartnersWithOnePinAreAnError() {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        home.partner("globex", Map.of("certificates", "certificates/acme.crt", "addresses", "any"));
        assertThatThrownBy(() -> RunningService.start(home))
                .hasMessageContaining("partners acme and globex: both pin")
                .hasMessageContaining(acme.fingerprint());
    }

    @Test
    void aKeyOfAnotherCertificateIsAnError() {
        TestHome home = new TestHome(folder);
        Issue.to("CN=other").by(home.authority).write(home.certificates(), "other");
        home.set("countersign.key", "certificates/other.key");
        assertThatThrownBy(() -> RunningService.start(home))
                .hasMessageContaining("countersign.key")
                .hasMessageContaining("is not the key of 'CN=company'");
    }

    @Test
    void aWrongPasswordIsAnErrorAndNothingListens() throws Exception {
        TestHome home = new TestHome(folder);
        int port = freePort();
        Files.writeString(
                folder.resolve("certificates/company.key"),
                Certified.pem(new org.bouncycastle.openssl.jcajce.JcaPKCS8Generator(
                        home.company.keys().getPrivate(),
                        new org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder(
                                        org.bouncycastle.openssl.PKCS8Generator.AES_256_CBC)
                                .setProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider())
                                .setPassword("right".toCharArray())
                                .build())));
        home.set("countersign.port", Integer.toString(port)).set("countersign.key-password", "wrong");
        try (ServiceProcess process = ServiceProcess.launch(home)) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.output())
                    .contains("countersign.key", "the password does not open")
                    .doesNotContain("wrong");
            assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(IOException.class);
        }
        home.set("countersign.key-password", "right");
        ServiceProcess.start(home).close();
    }

    @ParameterizedTest
    @CsvSource({
        "'- route:\n    id: x\n    from:\n      uri: nonsense:x\n      steps:\n        - log:\n            message: x\n', nonsense",
        "'- route:\n    id: x\n    from:\n      uri: direct:x\n      steps:\n        - process:\n            ref: missingBean\n', missingBean",
        "'- route:\n    id: receive\n    from:\n      uri: direct:x\n      steps:\n        - log:\n            message: x\n', receive",
        "'- nonsense:\n    id: x\n', nonsense",
        "'beans:\n  - name: x\n    type: java.lang.Object\n', is not a list",
        "'', is not a list",
        "'just text', is not a list",
        "'- beans:\n    - name: x\n      type: no.such.Type\n', no.such.Type",
    })
    void aRouteFileThatCannotRunIsAnError(String content, String told) {
        TestHome home = new TestHome(folder);
        home.write("routes/own.camel.yaml", content);
        assertThatThrownBy(() -> RunningService.start(home)).hasMessageContaining(told);
    }

    @Test
    void aMisnamedRouteFileIsTold() {
        TestHome home = new TestHome(folder);
        home.write("routes/partners/acme.yaml", "- beans: []\n");
        assertThatThrownBy(() -> RunningService.start(home))
                .hasMessageContaining("routes/partners/acme.yaml: would not be read");
    }

    @Test
    void theSampleCertificatesAreForLoopbackOnly() throws Exception {
        TestHome home = new TestHome(folder);
        useSampleIdentity(home).set("countersign.host", "0.0.0.0");
        assertThatThrownBy(() -> RunningService.start(home)).hasMessageContaining("sample certificates");
        home.set("countersign.host", "127.0.0.1");
        RunningService.start(home).close();
    }

    @Test
    void partnersKnownBySampleCertificatesAreForLoopbackOnly() throws Exception {
        TestHome home = new TestHome(folder).set("countersign.host", "0.0.0.0");
        home.partner("acme", Map.of("certificates", absolute("acme.crt"), "addresses", "any"));
        assertThatThrownBy(() -> RunningService.start(home))
                .hasMessageContaining("partner acme: is identified by sample");
    }

    @Test
    void anotherListenerWithTheSampleCertificateIsForLoopbackOnly() throws Exception {
        TestHome home = new TestHome(folder);
        useSampleIdentity(home);
        home.write("routes/public.camel.yaml", """
                - route:
                    id: public
                    from:
                      uri: jetty:https://0.0.0.0:0/public
                      parameters:
                        sslContextParameters: "#partnersTls"
                        httpBinding: "#asSent"
                      steps:
                        - process:
                            ref: admission
                """);
        assertThatThrownBy(() -> RunningService.start(home)).hasMessageContaining("would show a sample certificate");
    }

    @Test
    void itListensOnIpv6() throws Exception {
        TestHome home = new TestHome(folder).set("countersign.host", "::1");
        Certified acme = home.pinned("acme");
        try (RunningService service = RunningService.start(home)) {
            URI target = URI.create("https://[::1]:" + service.port() + "/exchange/x");
            assertThat(service.at("/exchange").getHost()).isEqualTo("[::1]");
            assertThat(Client.of(home.authority.certificate(), acme)
                            .put(target, "x")
                            .body())
                    .contains("\"address\":\"::1\"");
        }
    }

    @Test
    void itStopsWhenAskedTo() throws Exception {
        TestHome home = new TestHome(folder);
        Certified acme = home.pinned("acme");
        try (ServiceProcess process = ServiceProcess.start(home)) {
            Client client = Client.of(home.authority.certificate(), acme);
            URI target = URI.create("https://localhost:" + process.port() + "/exchange/x");
            assertThat(client.put(target, "x").statusCode()).isEqualTo(201);
            process.terminate();
            assertThat(process.exitCode()).isZero();
        }
        assertThat(home.files("inbox/acme")).hasSize(1);
    }

    private static TestHome useSampleIdentity(TestHome home) {
        return home.set("countersign.certificate", absolute("company.crt"))
                .set("countersign.key", absolute("company.key"));
    }

    private static String absolute(String sample) {
        return Path.of("certs-sample", sample).toAbsolutePath().toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }
}
