package io.countersign.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.disk.Sender.File;
import io.countersign.testing.Certified;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wherever room runs out while files come in, each is either taken or refused, in whole, and taken once there is room again. */
class DiskFullTest {
    private static final int AT_ONCE = 4;
    private static final int ROOM_FOR_ONE = 4_096;

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
        "data/receipts,     1", // before anything is delivered
        "data/receipts,     " + ROOM_FOR_ONE, // which several see at once
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
            Recoveries recoveries = new Recoveries();
            int everRefused = 0;
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
                everRefused += refused.size();
                received.isExact();
                recoveries.begin();
                disk.empty();
                received.takesNow(sender, refused);
                recoveries.end();
                received.take();
            }
            received.isSettled(service);
            recoveries.areWithinASecond();
            if (most != ROOM_FOR_ONE) { // there all may see the room before one takes it; the ledger then has the
                // others' receipts
                assertThat(everRefused).as("refused, since there was no room").isPositive();
            }
        }
    }

    /** They go past the page cache, and behind the back of who receives them. */
    @Test
    void largeFilesAreNoException() throws Exception {
        try (Disk disk = Disk.small(home.data(), "24m");
                RunningService service = RunningService.start(home)) {
            Sender sender = new Sender(acme, service.at("/exchange"));
            Received received = new Received(home);
            for (int round = 0; round < Disk.ROUNDS; round++) {
                File file = sender.file(3_000_000);
                disk.fill(random.nextInt(2_900_000));
                Sender.isRefused(sender.send(file), 507, "storage-full");
                received.isExact();
                disk.empty();
                received.takesNow(sender, List.of(file));
                received.take();
            }
            received.isSettled(service);
        }
    }

    /** Its endpoint is Camel's own alone, which copies onto another disk, and hides the cause in exceptions of its own. */
    @Test
    void aRouteOfThePartnersOwnIsNoException() throws Exception {
        home.partner("acme", Map.of("certificates", "certificates/acme.crt", "addresses", "any"), """
                - route:
                    id: from-acme
                    from:
                      uri: direct:from-acme
                      steps:
                        - to:
                            uri: file:{{countersign.data}}/warehouse
                """);
        try (Disk disk = Disk.small(home.data().resolve("warehouse"), "2m");
                RunningService service = RunningService.start(home)) {
            Sender sender = new Sender(acme, service.at("/exchange"));
            List<File> files = sender.files(2, 100_000);
            disk.fill(0);
            for (HttpResponse<String> answer : sender.send(files)) {
                Sender.isRefused(answer, 507, "storage-full");
            }
            disk.empty();
            assertThat(home.files("warehouse")).isEmpty();
            for (HttpResponse<String> answer : sender.send(files)) {
                assertThat(answer.statusCode()).isEqualTo(201);
            }
            assertThat(home.files("warehouse")).hasSize(2);
        }
    }
}
