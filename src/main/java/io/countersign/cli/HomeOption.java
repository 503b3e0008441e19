package io.countersign.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --home} of a command. */
final class HomeOption {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The folder with routes/ and countersign.properties (default: the working directory).")
    private Path folder = Path.of("");

    Home open() {
        return Home.open(folder);
    }
}
