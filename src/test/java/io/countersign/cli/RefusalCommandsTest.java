package io.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.Ran;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code countersign refusals}, beside a running service. */
class RefusalCommandsTest {
    @TempDir
    private Path folder;

    private TestHome home;
    private RunningService service;
    private Certified renewed;

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder);
        home.pinned("acme");
        Issue.to("CN=initech").selfSigned().write(home.certificates(), "initech");
        home.partner("initech", Map.of("certificates", "certificates/initech.crt", "addresses", "any"));
        renewed = Issue.to("CN=initech").selfSigned();
        service = RunningService.start(home);
        home.saveSettings();
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void listHasALineForEachThingAndHowOftenItHappened() throws Exception {
        failHandshake(renewed);
        failHandshake(renewed);
        failHandshake(null);

        String listed = await("CODE", "shown no certificate", "  2  ");
        assertThat(listed.lines().toList()).hasSize(3);
        assertThat(listed)
                .containsPattern("handshake +- +127.0.0.1 .*'CN=initech' is self-signed and no partner's file pins it;"
                        + " nearest: initech: same subject and issuer, new key; its pin ends in …");
    }

    @Test
    void showFindsWhatACallerAsksAbout() throws Exception {
        HttpResponse<String> refused = Client.of(
                        home.authority.certificate(), Issue.to("CN=stranger").by(home.authority))
                .get(service.at("/exchange"));
        String instance = ((JsonObject) Jsoner.deserialize(refused.body())).getString("instance");
        await(instance.substring(9, 17));

        Ran ran = refusals("show", instance);

        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("certificate-unknown", "TLSv1.3", "identifies no partner", "subject: ", "CN=stranger")
                .doesNotContain("approve");
        assertThat(refusals("show", instance.substring(9, 20)).out()).isEqualTo(ran.out());
    }

    @Test
    void showSaysWhatWouldTakeTheCertificateAndThatDoes() throws Exception {
        failHandshake(renewed);
        await("initech");
        JsonObject shown =
                (JsonObject) Jsoner.deserialize(refusals("list", "--json").out());
        String approve = shown.getString("approve");
        assertThat(approve).isEqualTo("countersign partners approve initech " + renewed.fingerprint());
        Awaitility.await().until(() -> home.files("seen").size() == 1);

        Ran approved = Ran.command(Stream.concat(
                        Arrays.stream(approve.split(" ")).skip(1), Stream.of("--home", folder.toString(), "--yes"))
                .toArray());

        assertThat(approved.exitCode()).as(approved.err()).isZero();
        Awaitility.await()
                .ignoreExceptionsInstanceOf(IOException.class) // until the handshake succeeds
                .until(() -> Client.of(home.authority.certificate(), renewed)
                                .get(service.at("/exchange"))
                                .statusCode()
                        == 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--partner initech", "--address 127.0.0.1", "--code HANDSHAKE", "--since 2026-01-01"})
    void whatIsGivenNarrowsTheList(String given) throws Exception {
        failHandshake(renewed);
        await("initech");
        assertThat(refusals(("list " + given).split(" ")).out()).contains("CN=initech");
        String[] other = ("list "
                        + given.replace("initech", "acme")
                                .replace("127.0.0.1", "192.0.2.1")
                                .replace("HANDSHAKE", "not-found")
                                .replace("2026", "2126"))
                .split(" ");
        assertThat(refusals(other).out()).doesNotContain("CN=initech").contains("LAST");
    }

    @Test
    void whatIsNoneIsTold() {
        assertThat(refusals("show", "00000000"))
                .isEqualTo(new Ran(1, "", "00000000: nothing was refused under this id\n"));
        assertThat(refusals("show", "../x").exitCode()).isEqualTo(2);
        assertThat(refusals("list", "--since", "yesterday").err()).contains("accepted: 2026-12-01");
    }

    private String await(String... words) {
        return Awaitility.await()
                .until(() -> refusals("list").out(), out -> Arrays.stream(words).allMatch(out::contains));
    }

    private Ran refusals(String... arguments) {
        return Ran.command(
                Stream.of(Stream.of("refusals"), Arrays.stream(arguments), Stream.of("--home", folder.toString()))
                        .flatMap(each -> each)
                        .toArray());
    }

    private void failHandshake(@org.jspecify.annotations.Nullable Certified shown) throws IOException {
        int before = service.refusals().size();
        try (SSLSocket socket = Client.of(home.authority.certificate(), shown).unconnected(service.port())) {
            Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n");
        } catch (javax.net.ssl.SSLException | java.net.SocketException expected) {
            Awaitility.await().until(() -> service.refusals().size() > before);
            return;
        }
        throw new AssertionError("not refused");
    }
}
