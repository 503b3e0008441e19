package io.countersign.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.options.TimeValue;

/** That the parts can be measured; not how fast they are. */
class InsideTest {
    @TempDir
    private Path folder;

    @Test
    void eachPartIsMeasured() throws Exception {
        Path results = folder.resolve("inside.json");
        Collection<RunResult> measured = Inside.run(0, 1, TimeValue.milliseconds(20), results);
        assertThat(measured)
                .allSatisfy(one -> assertThat(one.getPrimaryResult().getScore()).isPositive())
                .extracting(one -> one.getPrimaryResult().getLabel())
                .contains("admission", "lookUp", "digestOf64KiB", "receipt");
        assertThat(Files.readString(results)).contains("AdmissionBenchmark.admission", "\"known\" : \"10000\"");
    }
}
