package io.countersign.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What single parts cost, measured by JMH in JVMs of their own, compiled as on a machine of one core. {@code mvn -Pbench -DskipTests
 * -Dbench=Inside verify}.
 */
final class Inside {
    private Inside() {}

    /** @param arguments a folder for the results, the distribution (which it does without), how many JVMs for each */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        var unused = run(Integer.parseInt(arguments[2]), 3, TimeValue.seconds(1), folder.resolve("inside.json"));
    }

    /**
     * Measures all of them.
     *
     * @param forks how many JVMs for each; in this one where it is 0
     */
    static Collection<RunResult> run(int forks, int times, TimeValue each, Path results) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include("io\\.countersign\\..*Benchmark")
                        .forks(forks)
                        .jvmArgs("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                        .warmupIterations(times)
                        .warmupTime(each)
                        .measurementIterations(times)
                        .measurementTime(each)
                        .resultFormat(ResultFormatType.JSON)
                        .result(results.toString())
                        .build())
                .run();
    }
}
