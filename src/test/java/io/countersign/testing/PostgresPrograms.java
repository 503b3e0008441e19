package io.countersign.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.util.FileUtil;
import org.junit.jupiter.api.Assumptions;
import org.tukaani.xz.XZInputStream;

/** Where PostgreSQL's programs are: unpacked from what Maven brought, once a machine; elsewhere the machine's own. */
final class PostgresPrograms {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final Path OF_THE_MACHINE = Path.of("/usr/lib/postgresql");

    private PostgresPrograms() {}

    /** The folder {@code bin}; the test is skipped, by name, where there is none. */
    static Path folder() throws IOException, InterruptedException {
        if (System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64")) {
            return unpacked().resolve("bin");
        }
        List<Path> own = List.of();
        if (Files.isDirectory(OF_THE_MACHINE)) {
            try (Stream<Path> versions = Files.list(OF_THE_MACHINE)) {
                own = versions.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                        .sorted(Comparator.reverseOrder())
                        .toList();
            }
        }
        Assumptions.assumeFalse(own.isEmpty(), "no PostgreSQL here");
        return own.get(0);
    }

    /** Not below the project: who must not be root cannot look into every home. */
    private static Path unpacked() throws IOException, InterruptedException {
        URL archive = Objects.requireNonNull(PostgresPrograms.class.getResource(ARCHIVE), ARCHIVE);
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        String version = Integer.toHexString(archive.toString().hashCode());
        Path ready = temporary.resolve("countersign-postgres-" + System.getProperty("user.name") + "-" + version);
        if (!Files.exists(ready)) {
            Path unfinished = Files.createTempDirectory(temporary, "countersign-postgres-");
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            unpack(archive, unfinished);
            try {
                Files.move(unfinished, ready, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException another) {
                FileUtil.removeDir(unfinished.toFile());
                if (!Files.exists(ready)) {
                    throw another;
                }
            }
        }
        return ready;
    }

    private static void unpack(URL archive, Path folder) throws IOException, InterruptedException {
        Process tar = new ProcessBuilder("tar", "-x", "--no-same-owner", "-f", "-")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (XZInputStream plain = new XZInputStream(new BufferedInputStream(archive.openStream()));
                OutputStream into = tar.getOutputStream()) {
            plain.transferTo(into);
        }
        if (tar.waitFor() != 0) {
            throw new IllegalStateException("tar failed in " + folder);
        }
    }
}
