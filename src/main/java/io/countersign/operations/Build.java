package io.countersign.operations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What runs, and on how much room. */
final class Build {
    private Build() {}

    /** As the distribution says it; classes that were not packed have none. */
    static String version() {
        String version = Build.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static String java() {
        return Runtime.version().toString();
    }

    /** @return bytes; not a number where nobody can say */
    static double free(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException unknown) {
            return Double.NaN;
        }
    }
}
