package io.countersign;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Command;
import io.countersign.testing.Installed;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as it was built, twice: two companies, each the other's partner. */
class TwoCompaniesIT {
    private static final int FILES = 1_000;

    @TempDir
    private Path folder;

    @Test
    void aThousandFilesGoEachWayAtOnceAndArriveOnce() throws Exception {
        int companyPort = Installed.freePort();
        int acmePort = Installed.freePort();
        Installed company = Installed.in(folder.resolve("company"), companyPort, "company");
        company.partner("acme", acmePort);
        Installed acme = Installed.in(folder.resolve("acme"), acmePort, "acme");
        acme.partner("company", companyPort);
        Map<String, String> toAcme = new HashMap<>();
        Map<String, String> toCompany = new HashMap<>();
        drop(company.outbox("acme"), 0, FILES / 2, toAcme);
        drop(acme.outbox("company"), 0, FILES / 2, toCompany);
        try (Installed.Running one = company.run();
                Installed.Running other = acme.run()) {
            drop(company.outbox("acme"), FILES / 2, FILES, toAcme);
            drop(acme.outbox("company"), FILES / 2, FILES, toCompany);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(4))
                    .pollInterval(Duration.ofMillis(500))
                    .ignoreException(UncheckedIOException.class) // a file that goes while its folder is listed
                    .failFast(() -> assertThat(one.isAlive() && other.isAlive()).isTrue())
                    .until(() -> Installed.files(company.outbox("acme")).isEmpty()
                            && Installed.files(acme.outbox("company")).isEmpty());
            assertThat(one.output()).doesNotContain("ERROR", "versions unknown");
            assertThat(other.output()).doesNotContain("ERROR", "versions unknown");
        }
        assertThat(acme.received("company")).isEqualTo(toAcme).hasSize(FILES);
        assertThat(company.received("acme")).isEqualTo(toCompany).hasSize(FILES);
        for (Path sent : List.of(company.data("sent/acme"), acme.data("sent/company"))) {
            assertThat(Installed.files(sent)).hasSize(4 * FILES);
            assertThat(Installed.files(sent))
                    .filteredOn(file -> file.toString().endsWith(".receipt.json"))
                    .hasSize(FILES);
        }
        for (Installed each : List.of(company, acme)) {
            assertThat(Installed.files(each.data("failed"))).isEmpty();
            assertThat(Installed.files(each.data("staging"))).isEmpty();
            assertThat(Installed.files(each.data("sending"))).isEmpty();
        }
    }

    @Test
    void oneFileGoesByCommandAndItsReceiptIsPrinted() throws Exception {
        int port = Installed.freePort();
        Installed company = Installed.in(folder.resolve("company"), Installed.freePort(), "company");
        company.partner("acme", port);
        Installed acme = Installed.in(folder.resolve("acme"), port, "acme");
        acme.partner("company", Installed.freePort());
        Path invoice = Files.writeString(folder.resolve("invoice.xml"), "<invoice/>");
        Command refused = company.command("send", "--partner", "acme", invoice.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains("invoice.xml: not accepted (unreachable): https://localhost:" + port);
        try (Installed.Running running = acme.run()) {
            Command accepted = company.command("send", "--partner", "acme", invoice.toString());
            assertThat(accepted.exitCode()).as(accepted.output()).isZero();
            assertThat(accepted.output())
                    .contains("\"partner\":\"company\"", "\"name\":\"invoice.xml\"", "\"size\":10");
            assertThat(running.isAlive()).isTrue();
        }
        assertThat(acme.received("company").keySet()).containsExactly("invoice.xml");
    }

    /** Sizes from nothing to 8 MiB, most of them small; each renamed into place, a tenth of them in sub-folders. */
    private static void drop(Path outbox, int from, int to, Map<String, String> dropped) throws Exception {
        Random random = new Random(from + outbox.toString().length());
        for (int i = from; i < to; i++) {
            int most = i % 100 == 0 ? 8 << 20 : i % 10 == 0 ? 1 << 20 : i % 3 == 0 ? 64 << 10 : 4 << 10;
            byte[] content = new byte[i % 50 == 7 ? 0 : random.nextInt(most)];
            random.nextBytes(content);
            String name = "file " + i + (i % 2 == 0 ? ".xml" : " ä.bin");
            Path target = (i % 10 == 3 ? outbox.resolve("sub " + i % 7) : outbox).resolve(name);
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            Path unfinished = Files.write(target.resolveSibling("." + name), content);
            Files.move(unfinished, target);
            dropped.put(name, Installed.sha256(content));
        }
    }
}
