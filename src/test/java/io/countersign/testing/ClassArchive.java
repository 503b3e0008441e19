package io.countersign.testing;

import io.countersign.cli.UnsignedCopies;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * What a service loads when it starts, already parsed (class data sharing), so that the many services that tests start and
 * kill cost a third less. Made once for a build; it needs the project's classes as jars.
 */
final class ClassArchive {
    /** With jars in place of folders of classes. */
    static final String CLASS_PATH;

    private static final String GIVEN =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    private static final Path ARCHIVE;

    static {
        try {
            Path folder = Files.createDirectories(
                    Path.of("target", "test-jvm", stamp()).toAbsolutePath());
            ARCHIVE = folder.resolve("service.jsa");
            List<String> path = new ArrayList<>();
            try (FileChannel lock = FileChannel.open(
                            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock one = lock.lock()) {
                for (String each : GIVEN.split(File.pathSeparator)) {
                    path.add(Files.isDirectory(Path.of(each)) ? jar(folder, Path.of(each)) : unsigned(folder, each));
                }
                CLASS_PATH = String.join(File.pathSeparator, path);
                if (Files.notExists(ARCHIVE) && one.isValid()) {
                    make(folder);
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private ClassArchive() {}

    /** Without it, or where it does not fit, everything works, more slowly. */
    static List<String> options() {
        return Files.exists(ARCHIVE)
                ? List.of("-Xshare:auto", "-Xlog:disable", "-XX:SharedArchiveFile=" + ARCHIVE)
                : List.of();
    }

    /** Another for other classes, and for another Java. */
    private static String stamp() throws IOException {
        long newest = 0;
        for (String each : GIVEN.split(File.pathSeparator)) {
            try (Stream<Path> files = Files.walk(Path.of(each))) {
                newest = Math.max(
                        newest,
                        files.mapToLong(file -> file.toFile().lastModified())
                                .max()
                                .orElse(0));
            }
        }
        return Runtime.version().feature() + "-" + newest + "-" + Integer.toHexString(GIVEN.hashCode());
    }

    private static String jar(Path folder, Path classes) throws IOException {
        Path jar = folder.resolve(classes.getFileName() + ".jar");
        if (Files.notExists(jar)) {
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                    Stream<Path> files = Files.walk(classes)) {
                // Folders too: Flyway looks for its scripts by theirs.
                for (Path file : files.filter(file -> !file.equals(classes)).toList()) {
                    boolean isFolder = Files.isDirectory(file);
                    String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
                    out.putNextEntry(new JarEntry(isFolder ? name + "/" : name));
                    if (!isFolder) {
                        Files.copy(file, out);
                    }
                }
            }
        }
        return jar.toString();
    }

    /** What a signed jar holds is never taken from an archive, and costs a fifth of a start to be checked. */
    private static String unsigned(Path folder, String jar) throws IOException {
        Path copy = folder.resolve(Path.of(jar).getFileName());
        return Files.exists(copy) || UnsignedCopies.copy(Path.of(jar), copy) ? copy.toString() : jar;
    }

    /** By a service that starts, and is asked to stop. */
    private static void make(Path folder) throws IOException {
        TestHome home = new TestHome(Files.createTempDirectory(folder, "home"));
        home.pinned("acme");
        home.saveSettings();
        Path unfinished = folder.resolve("unfinished.jsa");
        try (ServiceProcess service = ServiceProcess.start(home, "-XX:ArchiveClassesAtExit=" + unfinished)) {
            service.terminate();
            if (service.exitCode() == 0 && Files.exists(unfinished)) {
                Files.move(unfinished, ARCHIVE);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
