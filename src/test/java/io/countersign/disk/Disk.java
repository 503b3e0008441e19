package io.countersign.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** A file system of its own in place of a folder; unmounted when it is closed. */
final class Disk implements AutoCloseable {
    /** Hidden, as what a service leaves unfinished is. */
    static final String BALLAST = ".ballast";

    private static final int BLOCK = 4096;

    /** How many times each fault is made. */
    static final int ROUNDS = Integer.getInteger("countersign.test.rounds", 5);

    private final Path folder;

    private Disk(Path folder) {
        this.folder = folder;
    }

    /** A small one, in memory. */
    static Disk small(Path folder, String size) throws IOException {
        Files.createDirectories(folder);
        mount("-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString());
        return new Disk(folder);
    }

    /** The folder itself, with all that is in it, for nobody to write to. What is open stays so. */
    static Disk readOnly(Path folder) throws IOException {
        Files.createDirectories(folder);
        mount("--bind", folder.toString(), folder.toString());
        mount("-o", "remount,ro,bind", folder.toString());
        return new Disk(folder);
    }

    /** Leaves so many bytes for others, or up to a block less. */
    void fill(long room) throws IOException {
        try (FileChannel ballast =
                FileChannel.open(folder.resolve(BALLAST), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            long left = (Files.getFileStore(folder).getUsableSpace() - room) / BLOCK;
            for (; left > 0; left--) {
                ballast.write(block.rewind());
            }
        } catch (IOException already) {
            assertThat(already).hasMessageContaining("No space left"); // as somebody else has written meanwhile
        }
    }

    /** Leaves room again. */
    void empty() throws IOException {
        Files.deleteIfExists(folder.resolve(BALLAST));
    }

    @Override
    public void close() throws IOException {
        // Lazily: a service that just ends, or a look at the folder, must not keep it.
        if (!isDone("umount", "-l", folder.toString())) {
            throw new IOException(folder + " stays mounted");
        }
    }

    private static void mount(String... how) {
        assumeTrue(isDone(Stream.concat(Stream.of("mount"), Stream.of(how)).toArray(String[]::new)), "no mount here");
    }

    private static boolean isDone(String... command) {
        try {
            return new ProcessBuilder(List.of(command))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .onExit()
                            .join()
                            .exitValue()
                    == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }
}
