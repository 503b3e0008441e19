package io.countersign.disk;

import io.countersign.disk.Sender.File;
import io.countersign.testing.Client;
import io.countersign.testing.RunningService;
import io.countersign.testing.TestHome;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While a folder takes nothing, no file is taken, and nothing of one appears; once it does, the same request succeeds. */
class ReadOnlyTest {
    private static final int AT_ONCE = 4;

    @TempDir
    private Path folder;

    private TestHome home;
    private Client acme;

    @BeforeEach
    void makeAHome() {
        home = new TestHome(folder);
        acme = Client.of(home.authority.certificate(), home.pinned("acme"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"staging", "inbox/acme", "receipts", "receipts/acme", ""})
    void aFileIsRefusedAndTakenOnceTheFolderTakesIt(String where) throws Exception {
        try (RunningService service = RunningService.start(home)) {
            Sender sender = new Sender(acme, service.at("/exchange"));
            Received received = new Received(home);
            Recoveries recoveries = new Recoveries();
            for (int round = 0; round < Disk.ROUNDS; round++) {
                List<File> files = sender.files(AT_ONCE, 400_000);
                Disk readOnly = Disk.readOnly(home.data().resolve(where));
                try (readOnly) {
                    for (HttpResponse<String> answer : sender.send(files)) {
                        Sender.isRefused(answer, 503, "unavailable");
                    }
                    received.isExact();
                    recoveries.begin();
                }
                received.takesNow(sender, files);
                recoveries.end();
                received.take();
            }
            received.isSettled(service);
            recoveries.areWithinASecond();
        }
    }
}
