package io.countersign.disk;

import static io.countersign.testing.SendingHome.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.disk.Sender.File;
import io.countersign.testing.RunningService;
import io.countersign.testing.SendingHome;
import io.countersign.testing.TestHome;
import io.countersign.transfer.Arrivals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a service has acknowledged, and whether exactly that is in its folders. */
final class Received {
    private final TestHome home;
    private final List<String> acknowledged = new ArrayList<>();

    Received(TestHome home) {
        this.home = home;
    }

    void acknowledged(File file) {
        acknowledged.add(file.sha256());
    }

    /** Exactly what was acknowledged is in the inbox, each once and whole. */
    void isExact() {
        assertThat(digests("inbox/acme")).containsExactlyInAnyOrderElementsOf(acknowledged);
    }

    /** Nothing is left of what was refused, and all else has its receipt, once what could not be written down is settled. */
    void isSettled(RunningService service) throws IOException {
        for (Arrivals arrivals : service.service().context().getRegistry().findByType(Arrivals.class)) {
            arrivals.recover();
        }
        assertThat(files("receipts"))
                .extracting(receipt -> SendingHome.json(receipt).getString("sha256"))
                .containsExactlyInAnyOrderElementsOf(acknowledged);
        soon().untilAsserted(() -> assertThat(files("staging")).isEmpty());
    }

    /** That files which were refused are taken now, at the first attempt. */
    void takesNow(Sender sender, List<File> refused) {
        List<HttpResponse<String>> answers = sender.send(refused);
        for (int i = 0; i < refused.size(); i++) {
            assertThat(answers.get(i).statusCode()).as(answers.get(i).body()).isEqualTo(201);
            acknowledged(refused.get(i));
        }
    }

    private List<String> digests(String folder) {
        return files(folder).stream()
                .map(file -> {
                    try {
                        return Sender.sha256(Files.readAllBytes(file));
                    } catch (IOException failed) {
                        throw new UncheckedIOException(failed);
                    }
                })
                .toList();
    }

    private List<Path> files(String folder) {
        return home.files(folder).stream()
                .filter(file -> !file.endsWith(Disk.BALLAST))
                .toList();
    }
}
