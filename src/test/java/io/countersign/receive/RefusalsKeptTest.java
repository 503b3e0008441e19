package io.countersign.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.ledger.Ledger;
import io.countersign.ledger.Node;
import io.countersign.ledger.RefusalRow;
import io.countersign.ledger.RefusalRows;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.Issue;
import io.countersign.testing.PostgresServer.Database;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import io.countersign.testing.TestLedger;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A refusal is in the ledger afterwards, under the id that its caller was told, and no caller waits for that. */
class RefusalsKeptTest {
    @TempDir
    private Path folder;

    private TestHome home;
    private Certified stranger;

    @BeforeEach
    void prepare() {
        home = new TestHome(folder);
        home.pinned("acme");
        stranger = Issue.to("CN=stranger").by(home.authority);
    }

    @Test
    void alsoWhenTheServiceStopsRightAfterwards() throws Exception {
        String instance;
        RunningService service = RunningService.start(home);
        try (service) {
            instance = instance(put(service));
        }
        try (Ledger ledger = TestLedger.open(sqlite(), Node.of(home.data()))) {
            RefusalRow row = ledger.read(connection -> new RefusalRows(connection).find(instance))
                    .orElseThrow();
            assertThat(row.code()).isEqualTo("certificate-unknown");
            assertThat(row.address()).isEqualTo("127.0.0.1");
            assertThat(row.reason()).contains("CN=stranger");
            assertThat(row.partner()).isNull();
        }
    }

    @Test
    void andWhileTheServiceRuns() throws Exception {
        RunningService service = RunningService.start(home);
        try (service) {
            String instance = instance(put(service));
            Ledger ledger = service.service().context().getRegistry().lookupByNameAndType("ledger", Ledger.class);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> ledger.read(connection -> new RefusalRows(connection).find(instance))
                            .isPresent());
        }
    }

    @Test
    void andNobodyWaitsWhileItIsLocked() throws Exception {
        RunningService service = RunningService.start(home);
        try (service;
                Connection locking = DriverManager.getConnection(sqlite().url());
                Statement lock = locking.createStatement()) {
            lock.execute("BEGIN IMMEDIATE");
            Instant began = Instant.now();
            for (int i = 0; i < 10; i++) {
                assertThat(put(service).statusCode()).isEqualTo(403);
            }
            assertThat(Duration.between(began, Instant.now()))
                    .as("each would wait for 5 s, were it to wait")
                    .isLessThan(Duration.ofSeconds(35));
            lock.execute("ROLLBACK");
        }
    }

    private HttpResponse<String> put(RunningService service) throws Exception {
        return Client.of(home.authority.certificate(), stranger)
                .put(service.at("/exchange").resolve("/exchange/order.xml"), "content");
    }

    private static String instance(HttpResponse<String> refused) {
        assertThat(refused.statusCode()).isEqualTo(403);
        return refused.body().replaceFirst("(?s).*\"instance\":\"urn:uuid:([^\"]+)\".*", "$1");
    }

    private Database sqlite() {
        return new Database("jdbc:sqlite:" + home.data().resolve("ledger.db"), "", "");
    }
}
