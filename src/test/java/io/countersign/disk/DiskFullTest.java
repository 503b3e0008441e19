package io.countersign.disk;

import io.countersign.disk.Sender.File;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wherever room runs out while files come in, each is either taken or refused, in whole, and taken once there is room again. */
class DiskFullTest {
    private static final int AT_ONCE = 4;

    private final Random random = new Random();

    @TempDir
    private Path folder;

    private TestHome home;
    private Client acme;

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        Certified certified = home.pinned("acme");
        acme = Client.of(home.authority.certificate(), certified);
    }

    /** @param most room that is left, in bytes */
    @ParameterizedTest
    @CsvSource({
        "data,              600_000", // in the body, or anywhere after
        "data,              20_000",
        "data/staging,      300_000",
        "data/inbox/acme,   300_000",
        "data/receipts,     4_096",
        "ledger,            40_000",
    })
    void aFileIsTakenOrRefusedAndTakenOnceThereIsRoom(String where, int most) throws Exception {
        if (where.equals("ledger")) {
            home.set("countersign.ledger-url", "jdbc:sqlite:" + folder.resolve("ledger/ledger.db"));
        }
        try (Disk disk = Disk.small(folder.resolve(where), "24m");
                RunningService service = RunningService.start(home)) {
            Sender sender = new Sender(acme, service.at("/exchange"));
            Received received = new Received(home);
            for (int round = 0; round < Disk.ROUNDS; round++) {
                disk.fill(random.nextInt(most));
                List<File> files = sender.files(AT_ONCE, 400_000);
                List<HttpResponse<String>> answers = sender.send(files);
                List<File> refused = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    if (answers.get(i).statusCode() == 201) {
                        received.acknowledged(files.get(i));
                    } else {
                        Sender.isRefused(answers.get(i), 507, "storage-full");
                        refused.add(files.get(i));
                    }
                }
                received.isExact();
                disk.empty();
                received.takesNow(sender, refused);
                received.isExact();
            }
            received.isSettled(service);
        }
    }
}
