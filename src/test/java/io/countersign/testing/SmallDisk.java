package io.countersign.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A file system of a few megabytes, mounted in a folder until it is closed. Tests are skipped where nobody may mount one. */
public final class SmallDisk implements AutoCloseable {
    private final Path folder;
    private boolean closed;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes a disk, in an empty folder.
     *
     * @param options such as {@code size=2m}
     */
    public static SmallDisk mount(Path folder, String options) throws IOException, InterruptedException {
        boolean mounted = Files.isExecutable(Path.of("/bin/mount"))
                && run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString());
        Assumptions.assumeTrue(mounted, "no mount here");
        return new SmallDisk(folder);
    }

    public Path folder() {
        return folder;
    }

    /** Leaves no room at all. */
    public void fill() throws IOException {
        byte[] page = new byte[4096];
        try (var ballast = Files.newOutputStream(folder.resolve("ballast"))) {
            while (true) {
                ballast.write(page);
            }
        } catch (IOException full) {
            if (Files.getFileStore(folder).getUsableSpace() > 0) {
                throw full;
            }
        }
    }

    /** Takes away what {@link #fill} has put there. */
    public void clear() throws IOException {
        Files.deleteIfExists(folder.resolve("ballast"));
    }

    /** Whether it may only be read from now on; not while something is open there for writing. */
    public boolean readOnly(boolean only) throws IOException, InterruptedException {
        return run("mount", "-o", "remount," + (only ? "ro" : "rw"), folder.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return Command.run(Path.of("/"), List.of(command)).exitCode() == 0;
    }

    @Override
    public void close() throws IOException {
        if (!closed) { // else what this one has hidden would go next
            closed = true;
            new ProcessBuilder("umount", "-l", folder.toString())
                    .start()
                    .onExit()
                    .join();
        }
    }
}
