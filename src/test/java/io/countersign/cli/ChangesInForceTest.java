package io.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.Ran;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands change takes effect in a service that runs. */
class ChangesInForceTest {
    @TempDir
    private Path folder;

    private TestHome home;
    private Certified acme;
    private RunningService service;

    @BeforeEach
    void start() throws Exception {
        home = new TestHome(folder);
        acme = home.pinned("acme");
        home.saveSettings();
        service = RunningService.start(home);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void aCertificateThatWasRefusedByAdmissionIsApprovedAndAdmitted() {
        approvedAfterRefusal(Issue.to("CN=acme, O=new").by(home.authority), 403);
    }

    @Test
    void aCertificateThatWasRefusedInTheHandshakeIsApprovedAndAdmitted() {
        approvedAfterRefusal(Issue.to("CN=acme, O=new").selfSigned(), 0);
    }

    @Test
    void aPartnerIsAddedDisabledEnabledAndRemoved() {
        Certified hooli = Issue.to("CN=hooli").selfSigned();
        Path file = hooli.write(folder.resolve("elsewhere"), "hooli");
        partners("add", "hooli", "--certificate", file.toString(), "--addresses", "127.0.0.1");
        awaitStatus(hooli, 200);
        partners("disable", "hooli");
        awaitStatus(hooli, 403);
        partners("enable", "hooli");
        awaitStatus(hooli, 200);
        partners("remove", "hooli", "--yes");
        awaitStatus(hooli, 0);
        assertThat(status(acme)).isEqualTo(200);
    }

    @Test
    void showTellsTheLastUseWhileTheServiceRuns() {
        assertThat(status(acme)).isEqualTo(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> Ran.command("partners", "show", "acme", "--home", folder)
                        .out()
                        .contains(" from 127.0.0.1"));
    }

    private void approvedAfterRefusal(Certified next, int refused) {
        assertThat(status(next)).isEqualTo(refused);
        Awaitility.await().until(() -> Files.exists(home.data().resolve("seen/" + next.fingerprint() + ".crt")));
        partners("approve", "acme", next.fingerprint().substring(0, 16), "--yes");
        awaitStatus(next, 200);
        assertThat(status(acme)).isEqualTo(200);
        assertThat(service.complaints()).isEmpty();
    }

    private void partners(String... arguments) {
        Object[] all = new Object[arguments.length + 3];
        all[0] = "partners";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--home";
        all[all.length - 1] = folder;
        Ran ran = Ran.command(all);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
    }

    private void awaitStatus(Certified shown, int status) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> status(shown) == status);
    }

    /** Of an answer; 0 where the handshake failed. */
    private int status(Certified shown) {
        try (SSLSocket socket = Client.of(home.authority.certificate(), shown).connect(service.port())) {
            return Client.exchange(socket, "GET /exchange HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .status();
        } catch (IOException refused) {
            return 0;
        }
    }
}
