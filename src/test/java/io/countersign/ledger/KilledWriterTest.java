package io.countersign.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.countersign.testing.Jvm;
import io.countersign.testing.LedgerKind;
import io.countersign.testing.PostgresServer.Database;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was said to be durable is there after SIGKILL. */
class KilledWriterTest {
    private static final String SAID = "durable ";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void whatWasSaidToBeDurableIsThereAfterwards(LedgerKind kind) throws Exception {
        Database database = kind.fresh(folder);
        List<String> said = new ArrayList<>();
        for (int enough : new int[] {1, 500}) {
            said.addAll(killedAfter(enough, database));
            try (Ledger ledger = Entries.opened(database)) {
                assertThat(Entries.all(ledger)).extracting(Entry::id).containsAll(said);
            }
        }
        assertThat(said).hasSizeGreaterThan(500);
    }

    private List<String> killedAfter(int enough, Database database) throws Exception {
        Process process = new ProcessBuilder(Jvm.command(
                        List.of(),
                        CommitsUntilKilled.class.getName(),
                        database.url(),
                        database.user(),
                        database.password()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> said = new ArrayList<>();
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                // The last one may have come in part.
                if (line.startsWith(SAID) && line.length() == SAID.length() + 36) {
                    said.add(line.substring(SAID.length()));
                }
                if (said.size() == enough) {
                    process.toHandle().destroyForcibly(); // unlike the process's own, it leaves the output to be read
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(process.exitValue()).isEqualTo(128 + 9);
        return said;
    }
}
